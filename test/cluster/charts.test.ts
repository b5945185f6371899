import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { parse, stringify } from 'yaml';
import { API_SCHEMAS } from '../../charts/test/fixtures/api-schemas.ts';
import { type Rendered, type Renderer, renderer } from '../../charts/test/fixtures/render.ts';
import { VALUES, WITH_PODS } from '../../charts/test/fixtures/values.ts';
import { toHelmFault } from '../../packages/provisioner/src/drivers/helm/helm-faults.ts';
import { type ControlPlane, startControlPlane } from './bed/control-plane.ts';
import { until } from './bed/processes.ts';
import type { Programs } from './bed/program-cache.ts';
import { bedOrSkip } from './bed/skip.ts';
import { examplesSuite } from './fixtures/examples-suite.ts';
import { exportSchemas } from './fixtures/exported-schemas.ts';
import { readyTools, type Tools } from './tools.ts';

const run = promisify(execFile);
const CHARTS = fileURLToPath(new URL('../../charts', import.meta.url));
const PROVISIONER = 'system:serviceaccount:understory:understory-provisioner';

describe('the charts before a real API server', () => {
	let plane: ControlPlane;
	let tools: Tools;
	let charts: Renderer;
	let folder: string;
	let programs: Programs;

	const kubectl = async (words: readonly string[], input = '', kubeconfig = plane.kubeconfig('admin')) =>
		feed(tools.kubectl, ['--kubeconfig', kubeconfig, ...words], input);
	const helm = async (words: readonly string[], values: object, kubeconfig = plane.kubeconfig('admin')) =>
		feed(tools.helm, [...words, '--kubeconfig', kubeconfig], JSON.stringify(values));
	/** What it would do with these objects, did it do it. Rejects with its words when it refuses one, a field that it does not know included. */
	const tried = (objects: readonly Rendered[], namespace: string) =>
		kubectl(
			[
				...['apply', '--server-side', '--dry-run=server', '--validate=strict', '--force-conflicts'],
				...['--filename', '-', '--output', 'name'],
			],
			objects.map((object) => stringify(placed(object, namespace))).join('---\n'),
		);

	before(async function () {
		const bed = await bedOrSkip(this);
		({ folder, programs } = bed);
		tools = await readyTools();
		charts = renderer(tools);
		plane = await startControlPlane(bed);
		for (const file of ['httproutes.yaml', 'podmonitors.yaml', 'prometheusrules.yaml']) {
			const definition = parse(readFileSync(bed.programs(file), 'utf8')) as Rendered;
			await plane.apply(
				`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`,
				definition,
			);
		}
		for (const name of ['somewhere', 'branches', 'understory-homes', 'understory'])
			await plane.apply(`/api/v1/namespaces/${name}`, {
				apiVersion: 'v1',
				kind: 'Namespace',
				metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
			});
		for (const group of ['gateway.networking.k8s.io', 'monitoring.coreos.com'])
			await until(
				`What is described of ${group}`,
				// The description follows the definitions by some moments.
				async () => (await plane.get(`/openapi/v3/apis/${group}/v1`)).text.includes('"schemas"'),
				plane.processes.apiServer,
			);
		await until(
			'The account of pods',
			async () => (await plane.get('/api/v1/namespaces/somewhere/serviceaccounts/default')).status === 200,
			plane.processes.controllers,
		);
	});
	after(() => plane?.close());

	for (const [chart, { least, all, switches, release }] of Object.entries(VALUES)) {
		const matrix = {
			'the least': least,
			'everything on': all,
			...Object.fromEntries(Object.entries(switches).map(([name, part]) => [name, { ...least, ...part }])),
		};
		for (const [what, values] of Object.entries(matrix)) {
			it(`takes every object of the chart ${chart}: ${what}`, async () => {
				const { objects } = charts.render(chart, values, release, 'somewhere');
				const names = (await tried(objects, 'somewhere')).trim().split('\n');
				expect(names).to.have.length(objects.length);
			});
		}

		if (!(chart in WITH_PODS)) continue;
		it(`lets every pod of the chart ${chart} into a namespace that is restricted`, async () => {
			for (const values of [least, all]) {
				const pods = charts
					.render(chart, values, release, 'somewhere')
					.of('Deployment')
					.map(({ metadata, spec: { template } }) => ({
						apiVersion: 'v1',
						kind: 'Pod',
						metadata: { name: metadata.name },
						// Accounts and classes of importance are not there where nothing is installed.
						spec: { ...template.spec, serviceAccountName: 'default', priorityClassName: undefined },
					}));
				expect((await tried(pods, 'somewhere')).trim().split('\n')).to.have.length(pods.length);
			}
		});
	}

	it('publishes the schemas that the charts are checked with where there is no cluster', async () => {
		const exported = `${JSON.stringify(await exportSchemas(plane))}\n`;
		// Written anew for another version of Kubernetes: UNDERSTORY_EXPORT=yes npm run test:cluster -- charts.test.ts
		if (process.env.UNDERSTORY_EXPORT === 'yes') writeFileSync(API_SCHEMAS, exported);
		expect(
			exported === readFileSync(API_SCHEMAS, 'utf8'),
			'another API server than the one exported',
		).to.equal(true);
	});

	describe('the examples beside them', () =>
		examplesSuite(() => ({
			...{ programs, tools, charts, folder, kubectl, tried, refusal },
			kubeconfig: plane.kubeconfig('admin'),
		})));

	it('refuses what no chart may say, so that what it takes means something', async () => {
		const { objects } = charts.render('home', VALUES.home!.least, 'home-1', 'somewhere');
		const deployment = structuredClone(objects.find(({ kind }) => kind === 'Deployment'));
		deployment.spec.template.spec.containers[0].livenessProb = {};
		expect(await refusal(tried([deployment], 'somewhere'))).to.include('livenessProb');
		const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
		const spec = { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] };
		expect(await refusal(tried([{ ...pod, spec }], 'somewhere'))).to.include('violates PodSecurity');
	});

	// Where they have, its rights are asked for in library-namespaces.test.ts.
	describe('the account of the provisioner, where libraries have no namespaces of their own', () => {
		const homes = { makeNamespace: false, libraries: { enabled: false } };
		const values = { ...VALUES.platform!.least, homes };
		let account: string;
		const mayDo = async (verb: string, resource: string, ...where: string[]) => {
			const words = ['auth', 'can-i', verb, resource, '--as', PROVISIONER, ...where];
			return (await kubectl(words).catch((error: { stdout: string }) => error.stdout)).trim() === 'yes';
		};

		before(async () => {
			await helm(
				[
					'install',
					'understory',
					join(CHARTS, 'platform'),
					'--namespace',
					'understory',
					'--values',
					'-',
					'--wait=hookOnly',
				],
				values,
			);
			const token = await kubectl(['create', 'token', 'understory-provisioner', '--namespace', 'understory']);
			const config = JSON.parse(readFileSync(plane.kubeconfig('admin'), 'utf8'));
			config.users[0].user = { token: token.trim() };
			account = join(folder, 'provisioner.kubeconfig');
			writeFileSync(account, JSON.stringify(config), { mode: 0o600 });
		});

		it('may do each thing that its table lists', async () => {
			const { rules } = charts.render('platform', values, 'understory', 'understory').one('Role');
			for (const {
				apiGroups: [group],
				resources,
				verbs,
			} of rules as Rendered[])
				for (const resource of resources)
					for (const verb of verbs) {
						const name = group ? `${resource}.${group}` : resource;
						expect(await mayDo(verb, name, '--namespace', 'understory-homes'), `${verb} ${name}`).to.equal(
							true,
						);
					}
		}).timeout(300_000);

		it('may do nothing beside it', async () => {
			const there = ['--namespace', 'understory-homes'];
			const not: [verb: string, resource: string, where: string[]][] = [
				['delete', 'persistentvolumeclaims', there],
				['create', 'pods', there],
				['delete', 'pods', there],
				['create', 'pods', ['--subresource', 'exec', ...there]],
				['create', 'pods', ['--subresource', 'attach', ...there]],
				['create', 'pods', ['--subresource', 'portforward', ...there]],
				['get', 'pods', ['--subresource', 'log', ...there]],
				['create', 'serviceaccounts', ['--subresource', 'token', ...there]],
				['create', 'jobs.batch', there],
				['create', 'daemonsets.apps', there],
				['deletecollection', 'secrets', there],
				['create', 'roles.rbac.authorization.k8s.io', there],
				['create', 'rolebindings.rbac.authorization.k8s.io', there],
				['escalate', 'roles.rbac.authorization.k8s.io', there],
				['bind', 'roles.rbac.authorization.k8s.io', there],
				['patch', 'resourcequotas', there],
				['delete', 'limitranges', there],
				['impersonate', 'serviceaccounts', there],
				['get', 'secrets', ['--namespace', 'understory']],
				['get', 'configmaps', ['--namespace', 'understory']],
				['patch', 'deployments.apps', ['--namespace', 'understory']],
				['list', 'secrets', ['--all-namespaces']],
				['list', 'pods', ['--all-namespaces']],
				['watch', 'deployments.apps', ['--all-namespaces']],
				['create', 'namespaces', []],
				['delete', 'namespaces', []],
				['get', 'nodes', []],
				['list', 'persistentvolumes', []],
				['create', 'clusterroles.rbac.authorization.k8s.io', []],
				['create', 'clusterrolebindings.rbac.authorization.k8s.io', []],
				['create', 'customresourcedefinitions.apiextensions.k8s.io', []],
				['create', 'mutatingwebhookconfigurations.admissionregistration.k8s.io', []],
				['approve', 'certificatesigningrequests.certificates.k8s.io', []],
			];
			for (const [verb, resource, where] of not)
				expect(await mayDo(verb, resource, ...where), `${verb} ${resource} ${where.join(' ')}`).to.equal(
					false,
				);
		}).timeout(300_000);

		it('is enough for Helm to install a home with everything on, to change it, to roll it back and to take it away', async () => {
			const { all } = VALUES.home!;
			const home = { ...all, quota: { enabled: false } };
			const at = ['--namespace', 'understory-homes'];
			const apply = (given: object) =>
				helm(
					[
						...['upgrade', 'home-1', join(CHARTS, 'home'), '--install', '--values', '-', ...at],
						...['--server-side=true', '--force-conflicts', '--wait=hookOnly', '--history-max', '6'],
					],
					given,
					account,
				);
			await apply(home);
			await apply({ ...home, route: { ...(home as Rendered).route, kind: 'ingress' } });
			await helm(['rollback', 'home-1', ...at, '--force-conflicts', '--wait=hookOnly'], {}, account);
			const claim = (
				await kubectl(['get', 'pvc', 'home-1', ...at, '--output', 'jsonpath={.metadata.uid}'])
			).trim();
			expect(claim).to.not.equal('');
			await helm(['uninstall', 'home-1', ...at, '--wait', '--timeout', '60s'], {}, account);
			const left = await kubectl([
				...[
					'get',
					'deployments,services,configmaps,networkpolicies,httproutes,ingresses,pdb,serviceaccounts',
					...at,
				],
				...['--selector', 'app.kubernetes.io/instance=home-1', '--output', 'name'],
			]);
			expect(left.trim()).to.equal('');
			expect(
				(await kubectl(['get', 'pvc', 'home-1', ...at, '--output', 'jsonpath={.metadata.uid}'])).trim(),
				'the volume with people’s posts',
			).to.equal(claim);
		}).timeout(300_000);

		it('may make the volume of a home larger and not smaller, and not of another class; what it may not is said in a sentence', async () => {
			await plane.apply('/apis/storage.k8s.io/v1/storageclasses/growing', {
				...{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'growing' } },
				...{ provisioner: 'example.org/none', allowVolumeExpansion: true },
			});
			const at = ['--namespace', 'understory-homes'];
			const upgrade = (storage: object) =>
				helm(
					[
						...['upgrade', 'home-sized', join(CHARTS, 'home'), '--install', '--values', '-', ...at],
						...['--server-side=true', '--force-conflicts', '--wait=hookOnly'],
					],
					{ ...VALUES.home!.least, storage },
					account,
				);
			const fault = async (storage: object) => toHelmFault(await refusal(upgrade(storage))).code;
			await upgrade({ size: '20Gi', className: 'growing' });
			for (const size of ['10Gi', '30Gi'])
				expect(await fault({ size, className: 'growing' }), 'nobody used it yet').to.equal('volume_fixed');
			const bound = { status: { phase: 'Bound', capacity: { storage: '20Gi' } } };
			await kubectl([
				...['patch', 'pvc', 'home-sized', ...at, '--subresource', 'status', '--type', 'merge'],
				...['--patch', JSON.stringify(bound)],
			]);
			await upgrade({ size: '30Gi', className: 'growing' });
			expect(await fault({ size: '10Gi', className: 'growing' })).to.equal('volume_smaller');
			expect(await fault({ size: '30Gi', className: 'other' })).to.equal('volume_fixed');
			await helm(['uninstall', 'home-sized', ...at, '--wait', '--timeout', '60s'], {}, account);
			await kubectl(['delete', 'pvc', 'home-sized', '--wait=false', ...at]);
		}).timeout(300_000);

		it('leaves the volumes and the namespace of the homes when the platform is uninstalled', async () => {
			await helm(['uninstall', 'understory', '--namespace', 'understory', '--wait', '--timeout', '60s'], {});
			const kept = await kubectl(['get', 'pvc', '--namespace', 'understory', '--output', 'name']);
			expect(kept.trim().split('\n')).to.have.members([
				'persistentvolumeclaim/understory-sso-bridge',
				'persistentvolumeclaim/understory-accountability',
			]);
			expect((await plane.get('/api/v1/namespaces/understory-homes')).status).to.equal(200);
		});
	});
});

/** As Helm would write it: into the release's namespace, unless it says another or has none. */
function placed(object: Rendered, namespace: string): Rendered {
	return object.kind === 'Namespace' ? object : { ...object, metadata: { namespace, ...object.metadata } };
}

async function feed(program: string, words: readonly string[], input: string): Promise<string> {
	const child = run(program, words, { env: { HOME: '/nowhere' }, maxBuffer: 1 << 26 });
	child.child.stdin?.end(input);
	return (await child).stdout;
}

async function refusal(act: Promise<unknown>): Promise<string> {
	return act.then(
		() => expect.fail('it was done'),
		(error: { stderr?: string }) => error.stderr ?? '',
	);
}
