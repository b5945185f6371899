import { routeSettings } from '@understory/config/route-settings.ts';
import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { type RouteObject, type RoutePlaces, routeObjects } from '../../src/drivers/helm/route-objects.ts';
import type { RouteKind, RouteShelf } from '../../src/drivers/helm/route-shelf.ts';
import { createRouteWriter } from '../../src/drivers/helm/route-writer.ts';
import type { NameOfHome, Names } from '../../src/routes/cluster-routes.ts';

const platform = {
	namespace: 'understory',
	services: { card: 'bridge', accountability: 'site' },
	byHand: ['quay'],
};
const gateway = { name: 'public', namespace: 'gateways' };
const certificates = { issuer: 'public' };
const AT: RoutePlaces = {
	cell: null,
	namespace: 'homes',
	homes: routeSettings({ kind: 'gateway', gateway, certificates }),
	platform: { ...platform, route: routeSettings({ kind: 'gateway', gateway, certificates }) },
};
const said = { kind: 'ingress', certificates, ingress: { annotations: { 'example.org/a': 'b' } } } as const;
const INGRESS: RoutePlaces = {
	...AT,
	homes: routeSettings(said),
	platform: { ...platform, route: routeSettings(said) },
};

/** Who lives where, as `a.port home-1`. */
const names = (...lines: string[]): Names => ({
	homes: lines.map((line): NameOfHome => {
		const [host, home] = line.split(' ');
		return {
			...{ host: `${host}.example`, home: home!, cell: null, namespace: null },
			kind: home!.startsWith('home-') ? 'shared' : 'dedicated',
		};
	}),
	roles: ['port', 'quay'].flatMap((library) =>
		(['card', 'accountability'] as const).map((role) => ({
			...{ host: `${role}.${library}.example`, library, role },
		})),
	),
});
const BEFORE = names('a.port home-1', 'b.port home-1', 'c.port home-2');
const AFTER = names('a.port home-1', 'b.port home-2', 'c.port home-2');

const hostsOf = ({ spec }: RouteObject): string[] => {
	const { hostnames, rules = [] } = spec as { hostnames?: string[]; rules?: { host?: string }[] };
	return hostnames ?? rules.flatMap(({ host }) => host ?? []);
};

/** A cluster. `picky`: as a controller of Ingresses that takes no name twice. */
function testShelf({ picky = false } = {}) {
	const objects = new Map<string, RouteObject>();
	const acts: string[] = [];
	/** Told before each change; what it throws is what the cluster says. */
	let before = (_act: string, _object: { kind?: string; metadata: { name: string } }): void => undefined;
	const keyOf = (kind: RouteKind, { namespace, name }: RouteObject['metadata']) =>
		`${kind.kind} ${namespace}/${name}`;
	const shelf: RouteShelf = {
		list: async (kind, namespace) =>
			[...objects.values()].filter((one) => one.kind === kind.kind && one.metadata.namespace === namespace),
		async write(kind, object) {
			before('write', object);
			const key = keyOf(kind, object.metadata);
			const others = [...objects].filter(([other]) => other !== key).flatMap(([, one]) => hostsOf(one));
			if (picky && hostsOf(object).some((host) => others.includes(host)))
				throw new PublicError(502, 'cluster_refused', 'This name is another’s.');
			objects.set(key, structuredClone(object));
			acts.push(`write ${key}`);
			return object;
		},
		async remove(kind, at) {
			before('remove', { metadata: at });
			objects.delete(keyOf(kind, at));
			acts.push(`remove ${keyOf(kind, at)}`);
		},
	};
	return {
		objects,
		acts,
		shelf,
		refuse: (when: typeof before) => {
			before = when;
		},
		writer: () =>
			createRouteWriter({ shelf, namespaces: ['homes', 'understory'], mayChange: async () => undefined }),
		/** Where a name leads. */
		led(host: string): string | null {
			const routes = [...objects.values()].filter(({ kind }) => ['HTTPRoute', 'Ingress'].includes(kind));
			const route =
				routes.find((one) => hostsOf(one).includes(host)) ??
				routes.find((one) => hostsOf(one).includes(host.replace(/^[^.]+/, '*')));
			return /"name":"((?:home|branch)[^"]*)"/.exec(JSON.stringify(route?.spec ?? {}))?.[1] ?? null;
		},
	};
}

const refusal = (act: Promise<unknown>) =>
	act.then(
		() => expect.fail('it was done'),
		(error: unknown) => error as PublicError,
	);

describe('what leads people in a cluster', () => {
	it('is written once; then nothing is touched, also not by a process that knows nothing of it', async () => {
		for (const at of [AT, INGRESS]) {
			const cluster = testShelf();
			await cluster.writer()(routeObjects(at, BEFORE));
			const acts = cluster.acts.length;
			expect(acts).to.be.greaterThan(5);
			await cluster.writer()(routeObjects(at, BEFORE));
			expect(cluster.acts).to.have.length(acts);
		}
	});

	it('leads everybody who stays to their home at every step of a change, wherever that is ended, and is gone on with', async () => {
		const steps = await changed(Number.POSITIVE_INFINITY);
		expect(steps).to.be.greaterThan(1);
		for (let end = 0; end < steps; end += 1) await changed(end);

		async function changed(end: number): Promise<number> {
			const cluster = testShelf();
			await cluster.writer()(routeObjects(AT, BEFORE));
			cluster.acts.length = 0;
			cluster.refuse(() => {
				expect(cluster.led('a.port.example')).to.equal('home-1');
				expect(cluster.led('c.port.example')).to.equal('home-2');
				if (cluster.acts.length === end) throw new PublicError(502, 'cluster_silent', 'It does not answer.');
			});
			const act = cluster.writer()(routeObjects(AT, AFTER));
			if (end === Number.POSITIVE_INFINITY) await act;
			else expect((await refusal(act)).code).to.equal('cluster_silent');
			const steps = cluster.acts.length;
			cluster.refuse(() => undefined);
			await cluster.writer()(routeObjects(AT, AFTER));
			expect([...cluster.objects.values()]).to.have.deep.members(routeObjects(AT, AFTER));
			return steps;
		}
	});

	it('moves no star while an exact name is refused, and says so; what is about others is written', async () => {
		const cluster = testShelf();
		await cluster.writer()(routeObjects(AT, BEFORE));
		cluster.refuse((act, { metadata }) => {
			if (act === 'write' && metadata.name === 'home-1.port.example')
				throw new PublicError(502, 'cluster_refused', 'No.');
		});
		const more = names('a.port home-1', 'b.port home-2', 'c.port home-2', 'a.pier home-2');
		expect((await refusal(cluster.writer()(routeObjects(AT, more)))).code).to.equal('cluster_refused');
		expect(cluster.led('a.port.example')).to.equal('home-1');
		expect(cluster.led('a.pier.example')).to.equal('home-2');
	});

	it('changes names over with a controller that takes none twice', async () => {
		const cluster = testShelf({ picky: true });
		const three = (b: string, c: string) =>
			names('a.port home-1', 'd.port home-1', 'e.port home-1', `b.port ${b}`, `c.port ${c}`);
		for (const [b, c] of [
			['home-2', 'home-3'],
			['home-3', 'home-2'],
			['home-3', 'home-3'],
			['home-2', 'home-2'],
		] as const) {
			await cluster.writer()(routeObjects(INGRESS, three(b, c)));
			expect([cluster.led('b.port.example'), cluster.led('c.port.example')]).to.deep.equal([b, c]);
		}
	});

	it('is left to whoever leads people otherwise: nothing is written for a kind of none, and what the chart leads is the chart’s', () => {
		const none = { ...AT, homes: routeSettings({}), platform: null };
		expect(routeObjects(none, BEFORE)).to.deep.equal([]);
		const hosts = routeObjects(AT, BEFORE).flatMap(hostsOf);
		expect(hosts).to.include('card.port.example').and.not.include('card.quay.example');
	});

	it('has a listener for a library of which only a dedicated home is here, and lets that one’s namespace come to it', () => {
		const own = names('a.port branch-a');
		const homes = own.homes.map((one) => ({ ...one, namespace: 'library-port' }));
		const objects = routeObjects(AT, { homes, roles: [] });
		expect(objects.map(({ kind }) => kind)).to.deep.equal(['Certificate', 'ListenerSet']);
		expect(JSON.stringify(objects[1]!.spec)).to.include('"values":["homes","library-port","understory"]');
		const elsewhere = { ...AT, cell: 'east', platform: null };
		expect(routeObjects(elsewhere, { homes, roles: own.roles })).to.deep.equal([]);
	});
});
