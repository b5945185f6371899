import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { apiChecker } from './fixtures/api-schemas.ts';
import {
	EXAMPLES,
	exampleObjects as objects,
	readExample as read,
	renderExample,
} from './fixtures/examples.ts';
import { ledBy } from './fixtures/led-by.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';

/** The bytes of a size that the charts take. */
function bytes(size: string): number {
	const [, count, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(size)!;
	return Number(count) * 2 ** { Mi: 20, Gi: 30, Ti: 40 }[unit as 'Mi' | 'Gi' | 'Ti'];
}
const millicores = (cpu: string) => (cpu.endsWith('m') ? Number.parseInt(cpu, 10) : Number(cpu) * 1_000);

/** Does a name with or without a star stand for this one? A star stands for one part, as certificates have it. */
const covers = (name: string, host: string) =>
	name === host || (name.startsWith('*.') && name.slice(1) === host.slice(host.indexOf('.')));

for (const [file, { certificates: certificatesIn, copied }] of Object.entries(EXAMPLES)) {
	describe(`the example ${file}`, () => {
		const values: Rendered = parse(read(file));
		const check = apiChecker();
		let charts: Renderer;
		before(async function () {
			charts = renderer(await toolsOrSkip(this));
		});
		const platform = () => renderExample(charts, file).platform;
		/** A home of the platform, as the provisioner starts it. */
		const home = () => renderExample(charts, file).home;
		const containers = (rendering: ReturnType<typeof platform>): Rendered[] =>
			rendering
				.of('Deployment')
				.flatMap(({ spec }) => [
					...spec.template.spec.containers,
					...(spec.template.spec.initContainers ?? []).filter(({ restartPolicy }: Rendered) => restartPolicy),
				]);

		it('is taken by the chart as it is, and so are the homes that come of it', () => {
			expect(charts.lint('platform', values)).to.deep.include({ status: 0 });
			expect(platform().of('Deployment')).to.have.length(3);
			expect(home().of('Deployment')).to.have.length(1);
		});

		it('is right to the API server, object by object', () => {
			const ours = [...platform().objects, ...home().objects].filter(
				// Prometheus' operator has its own test.
				({ apiVersion }) => apiVersion !== 'monitoring.coreos.com/v1',
			);
			expect(ours.length).to.be.greaterThan(20);
			expect(ours.flatMap(check)).to.deep.equal([]);
		});

		it('has a certificate for every name under which people come, where it is looked for', () => {
			const beside = objects(certificatesIn);
			const written: Rendered[] = ledBy(platform().one('ConfigMap', 'understory-homes').data);
			const certificates = [...beside, ...written].filter(({ kind }) => kind === 'Certificate');
			const gateway = beside.find(({ kind }) => kind === 'Gateway');
			const found = [
				...platform().objects.map((one) => ({ one, namespace: 'understory' })),
				...home().objects.map((one) => ({ one, namespace: 'understory-homes' })),
				...written.map((one) => ({ one, namespace: one.metadata.namespace })),
			];
			const routes = found.filter(({ one }) => one.kind === 'HTTPRoute');
			const ingresses = found.filter(({ one }) => one.kind === 'Ingress');
			const names = [...routes, ...ingresses].flatMap(
				({ one }) => one.spec.hostnames ?? one.spec.rules.map(({ host }: Rendered) => host),
			);
			expect(names).to.have.members([
				...['console.social.example', '*.anytown.social.example', 'pier.anytown.social.example'],
				...['card.anytown.social.example', 'accountability.anytown.social.example'],
			]);
			/** That the Secret of a certificate is where it is read, and is for a name. */
			const certified = (secretName: string, namespace: string, host: string) => {
				const of = certificates.filter(
					({ metadata, spec }) =>
						metadata.namespace === namespace &&
						spec.secretName === secretName &&
						spec.dnsNames.some((name: string) => covers(name, host)),
				);
				expect(of, `${host} in ${namespace}`).to.have.length(1);
			};
			for (const { one, namespace } of ingresses)
				for (const { hosts, secretName } of one.spec.tls)
					for (const host of hosts) certified(secretName, namespace, host);
			for (const { one, namespace } of routes)
				for (const host of one.spec.hostnames) {
					const at = [gateway, ...written.filter(({ kind }) => kind === 'ListenerSet')].filter((listening) =>
						one.spec.parentRefs.some(
							({ kind = 'Gateway', name, namespace: where }: Rendered) =>
								[kind, name, where].join() ===
								[listening.kind, listening.metadata.name, listening.metadata.namespace].join(),
						),
					);
					const [listener, ...others] = at.flatMap((listening) =>
						listening.spec.listeners
							.filter(({ hostname }: Rendered) => covers(hostname, host))
							.map((one: Rendered) => ({ ...one, in: listening.metadata.namespace })),
					);
					expect(others, host).to.deep.equal([]);
					const [{ values: allowed }] = listener.allowedRoutes.namespaces.selector.matchExpressions;
					expect(allowed, `${host} from ${namespace}`).to.include(namespace);
					certified(listener.tls.certificateRefs[0].name, listener.in, host);
					if (listener.in === gateway.metadata.namespace) continue;
					const [from] = gateway.spec.allowedListeners.namespaces.selector.matchExpressions;
					expect(from.values).to.include(listener.in);
				}
		});

		it('has room for two homes in their namespace, by its own quota', () => {
			const { hard } = platform().one('ResourceQuota').spec;
			const each = containers(home());
			const sum = (of: (container: Rendered) => number) => each.reduce((all, one) => all + of(one), 0);
			expect(2 * sum(({ resources }) => bytes(resources.limits.memory))).to.be.at.most(
				bytes(hard['limits.memory']),
			);
			expect(2 * sum(({ resources }) => millicores(resources.requests.cpu))).to.be.at.most(
				millicores(hard['requests.cpu']),
			);
			const claims = home().of('PersistentVolumeClaim');
			const room = claims.reduce((all, { spec }) => all + bytes(spec.resources.requests.storage), 0);
			expect(2 * room).to.be.at.most(bytes(hard['requests.storage']));
			expect(Number(hard.pods) * claims.length, 'each pod has its claims').to.be.at.most(
				Number(hard.persistentvolumeclaims),
			);
		});

		it('has copies of branches on another volume than the branches, of another class where these have one', () => {
			const claims = home().of('PersistentVolumeClaim');
			expect(claims).to.have.length(2);
			const [branches, copies] = claims.map(({ spec }) => spec.storageClassName);
			// The one to begin with names no class at all: it is for any cluster.
			if (file === 'platform.yaml') expect([branches, copies]).to.deep.equal([undefined, undefined]);
			else expect(copies).to.be.a('string').and.not.equal(branches);
		});

		it(`${copied ? 'has every home copied to object storage' : 'says that homes are copied nowhere yet'}, and which lines are not the same for anybody else`, () => {
			const beside = containers(home()).map(({ name }) => name);
			expect(beside.includes('litestream')).to.equal(copied);
			if (!copied) expect(read(file)).to.match(/^# .*no copies/m);
			const yours = read(file)
				.split('\n')
				.filter((line) => line.includes('# YOURS'))
				.join('\n');
			for (const key of ['domain:', 'repository:', 'ranges:', ...(copied ? ['bucket:'] : [])])
				expect(yours, key).to.contain(key);
		});
	});
}

it('every example of a platform is among those that are tested', () => {
	const folder = new URL('../../infra/kubernetes/', import.meta.url);
	const files = readdirSync(folder).filter((name) => /^provisioner:/m.test(read(name)));
	expect(files).to.have.members(Object.keys(EXAMPLES));
});

describe('the example of one node', () => {
	it('fits into 4 GiB with its database and one home, and leaves half a GiB to the node', async function () {
		const charts = renderer(await toolsOrSkip(this));
		const { platform, home } = renderExample(charts, 'single-node.yaml');
		const limits = [...platform.of('Deployment'), ...home.of('Deployment')].flatMap(({ spec }) =>
			[...spec.template.spec.containers, ...(spec.template.spec.initContainers ?? [])].map(({ resources }) =>
				bytes(resources.limits.memory),
			),
		);
		const database = objects('postgresql.yaml').find(({ kind }) => kind === 'Cluster');
		const all = limits.reduce((sum, one) => sum + one, 0) + bytes(database.spec.resources.limits.memory);
		expect(all).to.be.at.most(bytes('4Gi') - bytes('512Mi'));
		expect(limits.length).to.equal(5);
	});
});
