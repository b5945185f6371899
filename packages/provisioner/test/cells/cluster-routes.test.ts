import { expect } from 'chai';
import { seededRandom } from '../../../../test/seeded-random.ts';
import {
	type ClusterRoute,
	domainOf,
	type NameOfHome,
	type NameOfRole,
	routesToHomes,
	routesToRoles,
} from '../../src/routes/cluster-routes.ts';

const name = (host: string, home: string, more: Partial<NameOfHome> = {}): NameOfHome => ({
	host: `${host}.example`,
	home,
	...{ kind: 'shared', cell: null, namespace: null },
	...more,
});
const homeOf = ({ to }: ClusterRoute) => ('home' in to ? to.home : null);
const written = (routes: readonly ClusterRoute[] = []) =>
	routes.map((route) => `${route.name}: ${route.hosts.join(' ')} > ${homeOf(route)}`);

/** Where a request goes: an exact name wins, else the longest with a star (Gateway API, HTTPRouteSpec.hostnames; Ingress, "Hostname wildcards"). */
function ledTo(host: string, routes: readonly ClusterRoute[]): string | null {
	const matching = routes.flatMap((route) =>
		route.hosts
			.filter((one) => one === host || (one.startsWith('*.') && host.endsWith(one.slice(1))))
			.map((one) => ({ exact: one === host, length: one.length, home: homeOf(route) })),
	);
	const [best, next] = matching.toSorted(
		(one, other) => Number(other.exact) - Number(one.exact) || other.length - one.length,
	);
	// Which of two is older nobody may depend on.
	if (next && next.exact === best!.exact && next.length === best!.length) return 'either of two';
	return best?.home ?? null;
}

/** What is in the cluster: what is written, and the name of each dedicated home by its own chart. */
function standing(names: readonly NameOfHome[], cell: string | null): ClusterRoute[] {
	const own = names.filter((one) => one.kind === 'dedicated' && one.cell === cell);
	return [
		...(routesToHomes(names).get(cell) ?? []),
		...own.map(({ host, home }) => ({ name: home, hosts: [host], to: { home } })),
	];
}

/** How many libraries of the survey of FY2019 have so many places: by their size. */
const LIBRARIES_OF_SIZE =
	'1:7517 2:616 3:293 4:193 5:134 6:100 7:70 8:68 9:42 10:32 11:27 12:15 13:16 14:13 15:18 16:9 17:7 18:7 19:12 20:4 21:7 22:6 23:2 24:4 25:3 26:6 27:5 28:2 29:3 30:3 31:1 32:4 33:2 34:1 35:1 36:1 37:1 38:1 39:1 41:2 43:1 50:1 51:1 53:2 63:1 65:1 73:1 81:1 88:1 94:1';

/** Every place of it is a branch, 1,000 in a home, in the order in which libraries happen to come. */
function survey(): { homes: NameOfHome[]; roles: NameOfRole[] } {
	const random = seededRandom(3);
	const sizes = LIBRARIES_OF_SIZE.split(' ')
		.flatMap((one) => {
			const [size, libraries] = one.split(':').map(Number);
			return Array.from({ length: libraries! }, () => ({ size: size!, at: random() }));
		})
		.toSorted((one, other) => one.at - other.at);
	const homes: NameOfHome[] = [];
	const roles: NameOfRole[] = [];
	for (const [at, { size }] of sizes.entries()) {
		const library = `l${at}`;
		for (const role of ['card', 'accountability'] as const)
			roles.push({ host: `${role}.${library}.example`, library, role });
		for (let branch = 0; branch < size; branch += 1)
			homes.push(name(`b${branch}.${library}`, `home-${Math.floor(homes.length / 1_000) + 1}`));
	}
	return { homes, roles };
}

describe('what leads people to homes', () => {
	it('is one object for a library whose branches live in one shared home, however many they are', () => {
		const names = Array.from({ length: 900 }, (_, at) => name(`b${at}.port`, 'home-1'));
		expect(written(routesToHomes(names).get(null))).to.deep.equal(['port.example: *.port.example > home-1']);
	});

	it('is a star to the home with most branches of the library, of equals to the first, and exact names for the others', () => {
		const names = [
			...[name('a.port', 'home-10'), name('b.port', 'home-10'), name('c.port', 'home-2')],
			...[name('a.quay', 'home-10'), name('b.quay', 'home-2')],
		];
		expect(written(routesToHomes(names).get(null))).to.deep.equal([
			'home-2.port.example: c.port.example > home-2',
			'home-10.quay.example: a.quay.example > home-10',
			'port.example: *.port.example > home-10',
			'quay.example: *.quay.example > home-2',
		]);
	});

	it('is in the cell where the branch lives: a star in one of them, exact names in the others', () => {
		const east = { cell: 'east' };
		const names = [
			...[name('a.port', 'home-1'), name('b.port', 'home-2', east), name('c.port', 'home-2', east)],
			name('d.port', 'branch-d', { kind: 'dedicated' }),
		];
		const routes = routesToHomes(names);
		expect(written(routes.get(null))).to.deep.equal(['home-1.port.example: a.port.example > home-1']);
		expect(written(routes.get('east'))).to.deep.equal(['port.example: *.port.example > home-2']);
		expect(routes.get('west')).to.equal(undefined);
	});

	it('leads every name of every table to its own home, also while branches come, move and go', () => {
		const random = seededRandom(7);
		const pick = (below: number) => Math.floor(random() * below);
		const cells = [null, 'east'];
		const homes = Array.from({ length: 7 }, (_, at) => ({
			home: `home-${at + 1}`,
			cell: cells[at % 2]!,
			kind: 'shared' as const,
		}));
		let names: NameOfHome[] = [];
		for (let step = 0; step < 120; step += 1) {
			for (let many = pick(12); many >= 0; many -= 1) {
				const host = `b${pick(60)}.l${pick(3)}`;
				names = names.filter((one) => one.host !== `${host}.example`);
				if (pick(5) === 0) continue;
				const own = {
					home: `branch-${host.replace('.', '-')}`,
					cell: cells[pick(2)]!,
					kind: 'dedicated' as const,
				};
				names.push(name(host, '', pick(8) === 0 ? own : homes[pick(homes.length)]));
			}
			for (const cell of cells) {
				const there = standing(names, cell);
				expect(new Set(there.map((one) => one.name)).size, 'names of objects').to.equal(there.length);
				for (const { hosts } of there) expect(hosts.length).to.be.within(1, 16);
				for (const one of names.filter((one) => one.cell === cell))
					expect(ledTo(one.host, there), one.host).to.equal(one.home);
			}
		}
	});

	it('changes one object, or makes two of it, for one branch more', () => {
		const names = [name('z.port', 'home-1'), name('y.port', 'home-1')].concat(
			Array.from({ length: 300 }, (_, at) => name(`s${at}.port`, 'home-1')),
		);
		let before = new Map<string, string>();
		for (let at = 0; at < 120; at += 1) {
			names.push(name(`b${at}.port`, 'home-2'));
			const now = new Map(
				routesToHomes(names)
					.get(null)!
					.map((route) => [route.name, route.hosts.join(' ')]),
			);
			const changed = [...now].filter(([one, hosts]) => before.get(one) !== hosts);
			const gone = [...before.keys()].filter((one) => !now.has(one));
			if (at > 0 && changed.length > 1) {
				expect(gone, 'what was split').to.have.length(1);
				// Now and then all of one part fall into the same half, which is then split once more.
				expect(changed.length).to.be.at.most(4);
			}
			before = now;
		}
		expect(before.size).to.be.within(9, 24);
	});

	it('is an object for each library of the whole survey, and a few for those that lie across two homes', () => {
		const { homes, roles } = survey();
		expect(homes).to.have.length(17_496);
		const routes = routesToHomes(homes).get(null)!;
		const stars = routes.filter(({ hosts }) => hosts[0]!.startsWith('*.'));
		expect(stars).to.have.length(9_260);
		expect(routes.length - stars.length).to.be.within(1, 17);
		// Full to about two thirds each.
		expect(routesToRoles(roles).length).to.be.within(1_400, 2_000);
	});
});

describe('what leads people to the roles of the platform', () => {
	const names = Array.from({ length: 100 }, (_, at): NameOfRole[] => [
		{ host: `card.l${at}.example`, library: `l${at}`, role: 'card' },
		{ host: `accountability.l${at}.example`, library: `l${at}`, role: 'accountability' },
	]).flat();

	it('has every name once, with its role, sixteen at most in one object', () => {
		const routes = routesToRoles(names);
		expect(routes.flatMap(({ hosts }) => hosts)).to.have.members(names.map(({ host }) => host));
		for (const { hosts, to } of routes) {
			expect(hosts.length).to.be.within(1, 16);
			for (const host of hosts) expect(host.split('.')[0]).to.equal('role' in to && to.role);
		}
		expect(new Set(routes.map((route) => route.name)).size).to.equal(routes.length);
	});

	it('is an object for each name where certificates go by objects', () => {
		const routes = routesToRoles(names, null);
		expect(routes).to.have.length(names.length);
		expect(domainOf(routes[0]!.name)).to.equal('l0.example');
	});
});
