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
			const certificates = objects(certificatesIn).filter(({ kind }) => kind === 'Certificate');
			const gateway = objects(certificatesIn).find(({ kind }) => kind === 'Gateway');
			const [routes, ingresses] = (['HTTPRoute', 'Ingress'] as const).map((kind) => [
				...platform()
					.of(kind)
					.map((one) => ({ one, namespace: 'understory' })),
				...home()
					.of(kind)
					.map((one) => ({ one, namespace: 'understory-homes' })),
			]) as [{ one: Rendered; namespace: string }[], { one: Rendered; namespace: string }[]];
			expect(routes.length + ingresses.length).to.be.greaterThan(3);
			for (const { one, namespace } of ingresses)
				for (const { hosts, secretName } of one.spec.tls)
					for (const host of hosts) {
						const found = certificates.filter(
							({ metadata, spec }) =>
								metadata.namespace === namespace &&
								spec.secretName === secretName &&
								spec.dnsNames.some((name: string) => covers(name, host)),
						);
						expect(found, `${host} in ${namespace}`).to.have.length(1);
					}
			for (const { one, namespace } of routes) {
				expect(one.spec.parentRefs).to.deep.include({
					name: gateway.metadata.name,
					namespace: gateway.metadata.namespace,
				});
				for (const host of one.spec.hostnames) {
					const listener = gateway.spec.listeners.find(({ hostname }: Rendered) => covers(hostname, host));
					expect(listener, host).to.not.equal(undefined);
					const [{ values: allowed }] = listener.allowedRoutes.namespaces.selector.matchExpressions;
					expect(allowed, `${host} from ${namespace}`).to.include(namespace);
					const [{ name }] = listener.tls.certificateRefs;
					const certificate = certificates.find(({ spec }) => spec.secretName === name);
					expect(certificate.metadata.namespace).to.equal(gateway.metadata.namespace);
					expect(
						certificate.spec.dnsNames.some((one: string) => covers(one, host)),
						host,
					).to.equal(true);
				}
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
