import { createHash } from 'node:crypto';

/** A name of the routing table, and the home that it leads to. */
export interface NameOfHome {
	/** Of a branch: one part, and the domain of its library. */
	readonly host: string;
	readonly home: string;
	readonly kind: 'shared' | 'dedicated';
	/** The name of the cell's kubeconfig; null for the first. */
	readonly cell: string | null;
	/** Of the library, where the home lives in that; null for one that lives with the shared ones. */
	readonly namespace: string | null;
}

/** The roles of the platform that each library has a name for. */
export type PublicRole = 'card' | 'accountability';

export interface NameOfRole {
	readonly host: string;
	/** The slug of the library. */
	readonly library: string;
	readonly role: PublicRole;
}

/** Everything that people come by. */
export interface Names {
	readonly homes: readonly NameOfHome[];
	readonly roles: readonly NameOfRole[];
}

/** What leads these names to one place. */
export interface ClusterRoute {
	/** Of the object; no other of its namespace has it. */
	readonly name: string;
	/** Exact, or one with a star for the first part. */
	readonly hosts: readonly string[];
	readonly to: { readonly home: string } | { readonly role: PublicRole };
}

/** The domain of the library that a name, also one with a star, belongs to. */
export function domainOf(host: string): string {
	return host.slice(host.indexOf('.') + 1);
}

/** So many names an HTTPRoute takes. */
const NAMES_IN_ROUTE = 16;
/** Names of homes end with a number. */
const inOrder = new Intl.Collator('en', { numeric: true }).compare;

/**
 * What leads to the shared homes of each cell. The names of a library lead, all by one with a star, to the shared home that has most of its branches (of
 * equals the first); those in other shared homes have their exact names, which win over a star in Gateway API and in Ingress (docs/adr/0145). A dedicated
 * home has its name by its own chart. In the order in which they are written: whoever is to be taken off a star has a name of their own before. `limit`: so
 * many names in one object; null for all of a library and a home.
 */
export function routesToHomes(
	names: readonly NameOfHome[],
	limit: number | null = NAMES_IN_ROUTE,
): Map<string | null, ClusterRoute[]> {
	const exact: [string | null, ClusterRoute][] = [];
	const stars: [string | null, ClusterRoute][] = [];
	const shared = names.filter(({ kind }) => kind === 'shared');
	for (const [domain, theirs] of Map.groupBy(shared, ({ host }) => domainOf(host))) {
		const byHome = [...Map.groupBy(theirs, ({ home }) => home)].toSorted(
			([one, its], [other, others]) => others.length - its.length || inOrder(one, other),
		);
		for (const [at, [home, its]] of byHome.entries()) {
			const { cell } = its[0]!;
			const to = { home };
			if (at === 0) stars.push([cell, { name: domain, hosts: [`*.${domain}`], to }]);
			else
				for (const { bits, hosts } of parted(its, limit))
					exact.push([cell, { name: [home, ...bits, domain].join('.'), hosts, to }]);
		}
	}
	const byCell = Map.groupBy([...exact, ...stars], ([cell]) => cell);
	return new Map([...byCell].map(([cell, theirs]) => [cell, theirs.map(([, route]) => route)]));
}

/** What leads to the roles of the platform, which have an exact name of each library. `limit` as above; null for an object for each name. */
export function routesToRoles(
	names: readonly NameOfRole[],
	limit: number | null = NAMES_IN_ROUTE,
): ClusterRoute[] {
	if (limit === null) return names.map(({ host, role }) => ({ name: host, hosts: [host], to: { role } }));
	return [...Map.groupBy(names, ({ role }) => role)].flatMap(([role, theirs]) =>
		[...parted(theirs, limit)].map(({ bits, hosts }) => ({
			name: [role, ...bits].join('.'),
			hosts,
			to: { role },
		})),
	);
}

interface Part {
	/** What its object is told from others by; nothing when it is the only part. */
	readonly bits: readonly string[];
	readonly hosts: readonly string[];
}

/**
 * Parts of at most `limit` names. Which part a name is in hangs on its own digest: one name more changes the part that it comes to, or makes two of that, and
 * no other.
 */
function parted(names: readonly { readonly host: string }[], limit: number | null): Part[] {
	const isOne = limit === null || names.length <= limit;
	const all = names.map(({ host }) => ({ host, digits: isOne ? '' : digitsOf(host) }));
	return [...split(all, limit ?? names.length, '')];
}

function* split(
	names: readonly { readonly host: string; readonly digits: string }[],
	limit: number,
	bits: string,
): Generator<Part> {
	if (names.length <= limit)
		return yield { bits: bits ? [bits] : [], hosts: names.map(({ host }) => host).toSorted() };
	for (const bit of ['0', '1']) {
		const some = names.filter(({ digits }) => digits.startsWith(bits + bit));
		if (some.length > 0) yield* split(some, limit, bits + bit);
	}
}

/** 64 binary digits of a name's digest: nobody finds seventeen names that have all of them in common. */
function digitsOf(host: string): string {
	const digest = createHash('sha256').update(host).digest();
	return [0, 4].map((at) => digest.readUInt32BE(at).toString(2).padStart(32, '0')).join('');
}
