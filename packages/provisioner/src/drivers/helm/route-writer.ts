import { setImmediate as afterOthers } from 'node:timers/promises';
import { PublicError } from '@understory/core/errors.ts';
import { domainOf } from '../../routes/cluster-routes.ts';
import type { RouteObject } from './route-objects.ts';
import type { RouteKind, RouteShelf } from './route-shelf.ts';

const KINDS: readonly RouteKind[] = [
	{ kind: 'Certificate', group: 'cert-manager.io', plural: 'certificates' },
	{ kind: 'ListenerSet', group: 'gateway.networking.k8s.io', plural: 'listenersets' },
	{ kind: 'HTTPRoute', group: 'gateway.networking.k8s.io', plural: 'httproutes' },
	{ kind: 'Ingress', group: 'networking.k8s.io', plural: 'ingresses' },
];

/** So many objects are compared before others have their turn. */
const AT_ONCE = 500;

export interface RouteWriterParts {
	readonly shelf: RouteShelf;
	/** In which there may be objects of ours. */
	readonly namespaces: readonly string[];
	/** Asked before each change; rejects when somebody else is at it by now. */
	mayChange(): Promise<void>;
}

/**
 * Brings what leads people in a cluster to what is wanted: writes what is not there or was changed by hand, takes away what nobody wants any more, and leaves
 * the rest untouched. May be ended at any step and done again. What is refused keeps nothing else from being written but the star of the same library; the
 * first fault is thrown at the end.
 */
export function createRouteWriter(
	parts: RouteWriterParts,
): (wanted: readonly RouteObject[]) => Promise<void> {
	const { shelf, mayChange } = parts;
	/** What stood after we wrote something, where that is not what we wrote: the API server may know fields that we do not. */
	const stood = new Map<string, { readonly wrote: object; readonly stands: object }>();

	async function standing(wanted: readonly RouteObject[]): Promise<Map<string, RouteObject>> {
		const found = new Map<string, RouteObject>();
		for (const namespace of parts.namespaces)
			for (const kind of KINDS) {
				const isWanted = wanted.some((one) => one.kind === kind.kind && one.metadata.namespace === namespace);
				const objects = await shelf.list(kind, namespace).catch((error: unknown) => {
					// What the account was never let do there, it never did.
					if (!isWanted && error instanceof PublicError && error.code === 'cluster_refused') return [];
					throw error;
				});
				for (const one of objects) found.set(keyOf({ ...one, kind: kind.kind }), { ...one, kind: kind.kind });
			}
		return found;
	}

	function isRight(live: RouteObject | undefined, wanted: RouteObject): boolean {
		if (!live || !hasAll(live.metadata.labels, wanted.metadata.labels)) return false;
		if (!hasAll(live.metadata.annotations, wanted.metadata.annotations)) return false;
		if (isSame(live.spec, wanted.spec)) return true;
		const known = stood.get(keyOf(wanted));
		return isSame(known?.wrote, wanted.spec) && isSame(known?.stands, live.spec);
	}

	async function write(object: RouteObject): Promise<void> {
		await mayChange();
		const { spec } = await shelf.write(kindOf(object), object);
		stood.set(keyOf(object), { wrote: object.spec, stands: spec });
	}

	/** Writes them one after the other; resolves with those that were not written, and why. */
	async function writeAll(
		objects: readonly RouteObject[],
	): Promise<{ left: RouteObject[]; faults: unknown[] }> {
		const left: RouteObject[] = [];
		const faults: unknown[] = [];
		/** Libraries of which an exact name was refused: without it, a star that leads elsewhere would take people from where they belong. */
		const held = new Set<string>();
		for (const object of objects) {
			if (isStar(object) && held.has(object.metadata.name)) {
				left.push(object);
				continue;
			}
			await write(object).catch((error: unknown) => {
				if (isOver(error)) throw error;
				for (const domain of domainsOf(object)) held.add(domain);
				left.push(object);
				faults.push(error);
			});
		}
		return { left, faults };
	}

	/** A controller of Ingresses may refuse a name as long as another object has it: takes from one that was refused the names that are no longer its own. */
	async function letGo(stands: RouteObject | undefined, wanted: RouteObject): Promise<void> {
		if (wanted.kind !== 'Ingress' || !stands) return;
		const has = hostsOf(stands);
		const keeps = hostsOf(wanted).filter((host) => has.includes(host));
		if (keeps.length === has.length) return;
		await mayChange();
		if (keeps.length === 0) await shelf.remove(kindOf(wanted), wanted.metadata);
		else await write({ ...wanted, spec: withNames(wanted.spec, keeps) });
	}

	return async (wanted) => {
		const found = await standing(wanted);
		const toWrite: RouteObject[] = [];
		for (const [at, one] of wanted.entries()) {
			// There may be tens of thousands, and others have something to do as well.
			if (at % AT_ONCE === 0) await afterOthers();
			if (!isRight(found.get(keyOf(one)), one)) toWrite.push(one);
		}
		const { left } = await writeAll(toWrite);
		const kept = new Set(wanted.map(keyOf));
		for (const [key, object] of found) {
			if (kept.has(key)) continue;
			await mayChange();
			await shelf.remove(kindOf(object), object.metadata);
			stood.delete(key);
		}
		for (const one of left) await letGo(found.get(keyOf(one)), one);
		const { faults } = await writeAll(left);
		if (faults.length > 0) throw faults[0];
	};
}

/** Whether nothing else can be done just now. */
function isOver(error: unknown): boolean {
	return !(error instanceof PublicError) || ['cluster_silent', 'lease_lost'].includes(error.code);
}

function kindOf({ kind }: RouteObject): RouteKind {
	return KINDS.find((one) => one.kind === kind)!;
}

function keyOf({ kind, metadata }: RouteObject): string {
	return `${kind} ${metadata.namespace}/${metadata.name}`;
}

/** The names that a route is for; none of what is no route. */
function hostsOf({ spec }: RouteObject): string[] {
	const { hostnames, rules } = spec as { hostnames?: string[]; rules?: { host?: string }[] };
	return hostnames ?? rules?.flatMap(({ host }) => host ?? []) ?? [];
}

/** What is wanted of an Ingress, for some of its names. */
function withNames(spec: RouteObject['spec'], hosts: readonly string[]): object {
	const { rules, tls } = spec as { rules: { host: string }[]; tls?: object[] };
	return {
		...spec,
		rules: rules.filter(({ host }) => hosts.includes(host)),
		...(tls && { tls: tls.map((one) => ({ ...one, hosts })) }),
	};
}

const isStar = (object: RouteObject) => hostsOf(object).some((host) => host.startsWith('*.'));
const domainsOf = (object: RouteObject) => [...new Set(hostsOf(object).map(domainOf))];

/** Whether two values of JSON are the same, whatever the order of their fields. */
function isSame(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
	if (Array.isArray(one) !== Array.isArray(other)) return false;
	const [its, theirs] = [Object.entries(one), new Map(Object.entries(other))];
	return (
		its.length === theirs.size &&
		its.every(([name, value]) => theirs.has(name) && isSame(value, theirs.get(name)))
	);
}

function hasAll(
	live: Readonly<Record<string, string>> = {},
	wanted: Readonly<Record<string, string>> = {},
): boolean {
	return Object.entries(wanted).every(([name, value]) => live[name] === value);
}
