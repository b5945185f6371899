import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LibraryNamespaces } from '@understory/config/home-driver.ts';
import type { PublicError } from '@understory/core/errors.ts';
import { type Log, silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { type Rendered, type Renderer, renderer } from '../../charts/test/fixtures/render.ts';
import { VALUES } from '../../charts/test/fixtures/values.ts';
import type { HomeBook, HomeDriver, HomeSpec } from '../../packages/provisioner/src/drivers/driver.ts';
import { connectCluster } from '../../packages/provisioner/src/drivers/helm/cluster.ts';
import { createCopiedSecrets } from '../../packages/provisioner/src/drivers/helm/copied-secrets.ts';
import { createHelmDriver } from '../../packages/provisioner/src/drivers/helm/helm-driver.ts';
import { SAYS } from '../../packages/provisioner/src/drivers/helm/helm-faults.ts';
import { createHelm, type Helm } from '../../packages/provisioner/src/drivers/helm/helm-program.ts';
import { storageVariables } from '../../packages/provisioner/src/drivers/helm/helm-storage.ts';
import { homeValues } from '../../packages/provisioner/src/drivers/helm/home-values.ts';
import {
	namespaceOfLibrary,
	secretsToCopy,
} from '../../packages/provisioner/src/drivers/helm/library-namespaces.ts';
import { createMakings } from '../../packages/provisioner/src/drivers/helm/making.ts';
import { createPlaces } from '../../packages/provisioner/src/drivers/helm/places.ts';
import { underLease } from '../../packages/provisioner/src/drivers/under-lease.ts';
import { freshDatabase } from '../../packages/town/src/test-postgres.ts';
import { type ControlPlane, startControlPlane } from './bed/control-plane.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';
import { homeLeases } from './fixtures/home-leases.ts';
import { knowRoutes } from './fixtures/know-routes.ts';
import { ledNames } from './fixtures/led-names.ts';
import { releaseBook } from './fixtures/release-book.ts';
import { readyTools, type Tools } from './tools.ts';

const run = promisify(execFile);
const CHARTS = fileURLToPath(new URL('../../charts', import.meta.url));
const ACCOUNT = 'system:serviceaccount:understory:understory-provisioner';
const ANYTOWN = 'understory-library-anytown';
/** No node is in this cluster: whatever is started gets as far as this, and no further. */
const NO_NODE = 'No node has room for this home.';
const NO_VOLUME =
	'A volume of this home is not there yet. When it stays so: does the cluster have the storage class that its claims name, and room in it?';
const HOME: HomeSpec = {
	name: 'branch-belmont',
	kind: 'dedicated',
	host: 'belmont.anytown.example',
	enrolmentToken: 'once',
};

describe('homes in the namespaces of their libraries, with the provisioner’s own account', function () {
	this.timeout(180_000);
	let plane: ControlPlane;
	let tools: Tools;
	let folder: string;
	let account: string;
	/** What the chart tells the provisioner. */
	let told: Rendered;
	let libraries: LibraryNamespaces;
	let driver: HomeDriver;
	let helm: Helm;

	const platform = {
		...VALUES.platform!.least,
		homes: { makeNamespace: false, libraries: { quota: { pods: 3 } } },
		route: {
			kind: 'gateway',
			gateway: { name: 'public', namespace: 'gateways' },
			certificates: { issuer: 'public' },
		},
	};
	const values = {
		image: { repository: 'localhost/stand-in', tag: '1', pullSecrets: ['registry'] },
		platform: { url: 'http://understory-provisioner.understory.svc:8080' },
		storage: { size: '1Gi' },
	};
	/** Which home lives in whose namespace; those that are not here live with the shared ones. */
	const book = new Map([[HOME.name, 'anytown']]);
	const namespaceOf: HomeBook['namespaceOf'] = async (home) => {
		const library = book.get(home);
		return library === undefined ? null : { namespace: namespaceOfLibrary(libraries, library), library };
	};

	const feed = async (program: string, words: readonly string[], input = '') => {
		const child = run(program, words, { env: { HOME: '/nowhere' }, maxBuffer: 1 << 26 });
		child.child.stdin?.end(input);
		return (await child).stdout;
	};
	const kubectl = (words: readonly string[], input = '', who = plane.kubeconfig('admin')) =>
		feed(tools.kubectl, ['--kubeconfig', who, ...words], input);
	const refusal = (act: Promise<unknown>) =>
		act.then(
			() => expect.fail('it was done'),
			(error: unknown) => error as PublicError & { stderr: string },
		);
	const object = async (path: string): Promise<Rendered> => JSON.parse((await plane.get(path)).text);
	const namesIn = async (namespace: string, kinds: string) =>
		(await kubectl(['get', kinds, '--namespace', namespace, '--output', 'name']))
			.trim()
			.split('\n')
			.filter(Boolean);

	const said: string[] = [];
	const listening: Log = { ...silentLog, warn: (event, { detail } = {}) => said.push(`${event}: ${detail}`) };

	async function driverWith(
		over: { kubeconfig?: string; values?: object; storage?: Record<string, string> } = {},
	) {
		const kubeconfig = over.kubeconfig ?? account;
		const given = over.values ?? values;
		const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 50));
		const settings = { program: tools.helm, kubeconfig, folder: join(folder, 'helm'), storage: over.storage };
		const releases = await releaseBook();
		const leases = await homeLeases();
		const connection = await connectCluster({ kubeconfig });
		const from = 'understory-homes';
		const copied = createCopiedSecrets({ connection, names: secretsToCopy(given), from, log: listening });
		const driver = createHelmDriver({
			placeOf: createPlaces({
				connection,
				helmIn: (namespace) => createHelm({ ...settings, namespace }),
				shared: 'understory-homes',
				libraries,
				copied,
				namespaceOf,
				leases,
				livesIn: () => undefined,
				pause,
			}),
			namespaceFor: (library) => namespaceOfLibrary(libraries, library),
			renewSecrets: copied.renew,
			homes: { specOf: async () => HOME, releases },
			makings: createMakings({ charts: CHARTS, values: given, version: 'v1', folder, releases }),
			log: silentLog,
			pause,
			looks: 600,
		});
		return underLease(driver, leases);
	}

	before(async function () {
		const bed = await bedOrSkip(this);
		folder = bed.folder;
		tools = await readyTools();
		plane = await startControlPlane(bed);
		await knowRoutes(plane, bed);
		for (const name of ['understory', 'understory-homes', 'understory-library-taken'])
			await plane.apply(`/api/v1/namespaces/${name}`, {
				apiVersion: 'v1',
				kind: 'Namespace',
				metadata: { name },
			});
		await plane.apply('/api/v1/namespaces/understory-homes/secrets/registry', {
			apiVersion: 'v1',
			kind: 'Secret',
			metadata: { name: 'registry' },
			type: 'kubernetes.io/dockerconfigjson',
			stringData: { '.dockerconfigjson': '{"auths": {}}' },
		});
		await until(
			'Routes of the Gateway API',
			async () => {
				const groups = ['gateway.networking.k8s.io', 'cert-manager.io'].map((group) => `/apis/${group}/v1`);
				const answers = await Promise.all(groups.map((path) => plane.get(path)));
				return answers.every(({ status }) => status === 200);
			},
			plane.processes.apiServer,
		);
		const chart = join(CHARTS, 'platform');
		const words = [
			'install',
			'understory',
			chart,
			'--namespace',
			'understory',
			'--values',
			'-',
			'--wait=hookOnly',
		];
		await feed(tools.helm, [...words, '--kubeconfig', plane.kubeconfig('admin')], JSON.stringify(platform));
		const token = await kubectl(['create', 'token', 'understory-provisioner', '--namespace', 'understory']);
		const config = JSON.parse(readFileSync(plane.kubeconfig('admin'), 'utf8'));
		config.users[0].user = { token: token.trim() };
		account = join(folder, 'provisioner.kubeconfig');
		writeFileSync(account, JSON.stringify(config), { mode: 0o600 });
		const charts: Renderer = renderer(tools);
		told = charts
			.render('platform', platform, 'understory', 'understory')
			.one('ConfigMap', 'understory-homes');
		libraries = JSON.parse(told.data['libraries.json']);
		helm = createHelm({
			program: tools.helm,
			kubeconfig: account,
			namespace: ANYTOWN,
			folder: join(folder, 'helm'),
		});
		driver = await driverWith();
	});
	after(() => plane?.close());

	describe('the namespace of a library', () => {
		before(async () => {
			expect(await driver.observe(HOME.name)).to.deep.equal({ state: 'Absent' });
			expect(await driver.upgrader!.versionOf(HOME.name)).to.equal(null);
			await driver.stop(HOME.name);
			expect((await refusal(driver.start(HOME))).message).to.equal(NO_NODE);
		});

		it('is made before its first home, labelled as the platform’s and the library’s, and lets in only what is restricted', async () => {
			const { metadata } = await object(`/api/v1/namespaces/${ANYTOWN}`);
			expect(metadata.labels).to.include({
				'understory/platform': 'understory',
				'understory/library': 'anytown',
				'pod-security.kubernetes.io/enforce': 'restricted',
			});
			expect(await namesIn(ANYTOWN, 'deployments')).to.deep.equal(['deployment.apps/branch-belmont']);
			expect(await namesIn('understory-homes', 'deployments')).to.deep.equal([]);
		});

		it('is closed for what does not open itself, and has the quota and the measures that the chart says', async () => {
			const closed = await object(
				`/apis/networking.k8s.io/v1/namespaces/${ANYTOWN}/networkpolicies/understory-library`,
			);
			expect(closed.spec).to.deep.equal({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
			const quota = await object(`/api/v1/namespaces/${ANYTOWN}/resourcequotas/understory-library`);
			expect(quota.spec.hard).to.include({
				pods: '3',
				'services.loadbalancers': '0',
				'services.nodeports': '0',
			});
			expect(
				(await object(`/api/v1/namespaces/${ANYTOWN}/limitranges/understory-library`)).spec.limits,
			).to.have.length(1);
		});

		it('has copies of the Secrets that homes are told to use', async () => {
			const copy = await object(`/api/v1/namespaces/${ANYTOWN}/secrets/registry`);
			expect(copy.type).to.equal('kubernetes.io/dockerconfigjson');
			expect(Buffer.from(copy.data['.dockerconfigjson'], 'base64').toString()).to.equal('{"auths": {}}');
		});

		it('has them as they are now, minutes after one was changed, and as they were when one is gone', async () => {
			const at = '/api/v1/namespaces/understory-homes/secrets/registry';
			const inCopy = async () =>
				Buffer.from(
					(await object(`/api/v1/namespaces/${ANYTOWN}/secrets/registry`)).data['.dockerconfigjson'],
					'base64',
				).toString();
			const original = (text: string) =>
				plane.apply(at, {
					apiVersion: 'v1',
					kind: 'Secret',
					metadata: { name: 'registry' },
					type: 'kubernetes.io/dockerconfigjson',
					stringData: { '.dockerconfigjson': text },
				});
			const renew = () => driver.renewSecrets!([ANYTOWN, 'understory-library-unmade']);
			const version = async () =>
				(await object(`/api/v1/namespaces/${ANYTOWN}/secrets/registry`)).metadata.resourceVersion;
			const before = await version();
			await renew();
			expect(await version(), 'nothing changed, so nothing is written').to.equal(before);
			await original('{"auths": {"renewed": {}}}');
			await renew();
			expect(await inCopy()).to.equal('{"auths": {"renewed": {}}}');
			await kubectl(['delete', 'secret', 'registry', '--namespace', 'understory-homes']);
			await renew();
			await renew();
			expect(await inCopy()).to.equal('{"auths": {"renewed": {}}}');
			expect(said.join()).to.match(
				/^secret_gone: The Secret registry is not in the namespace understory-homes/,
			);
			expect(said).to.have.length(1);
			await original('{"auths": {}}');
			await renew();
			expect(await inCopy()).to.equal('{"auths": {}}');
		});

		it('keeps its homes apart from those that were there before, which go on where they are', async () => {
			const shared = { ...HOME, name: 'home-1', kind: 'shared' } as const;
			expect((await refusal(driver.start(shared))).message).to.equal(NO_NODE);
			expect(await namesIn('understory-homes', 'deployments')).to.deep.equal(['deployment.apps/home-1']);
			await driver.stop('home-1');
			expect(await namesIn('understory-homes', 'deployments')).to.deep.equal([]);
			expect(await namesIn(ANYTOWN, 'deployments')).to.deep.equal(['deployment.apps/branch-belmont']);
		});

		it('waits for a claim of copies that its library’s namespace does not have, says which and where, and comes once it is made', async () => {
			const copies = { kind: 'claim', claim: { existingClaim: 'share' } };
			const sharing = await driverWith({ values: { ...values, copies } });
			const home = { ...HOME, name: 'branch-sharing' };
			book.set(home.name, 'anytown');
			// The scheduler looks at claims only where there is a node, of whatever kind.
			const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'closed' } };
			await kubectl(['create', '--filename', '-'], JSON.stringify(node));
			try {
				expect((await refusal(sharing.start(home))).message).to.equal(
					`The home is to have the claim share, and the namespace ${ANYTOWN} has none of this name. Make it there; the home comes by itself then.`,
				);
				const claim = {
					...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'share' } },
					spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
				};
				await kubectl(['create', '--namespace', ANYTOWN, '--filename', '-'], JSON.stringify(claim));
				const isFound = async () => !(await refusal(sharing.start(home))).message.includes('the claim share');
				await until('the claim that is there', isFound, plane.processes.apiServer, 30);
			} finally {
				await kubectl(['delete', 'node', 'closed']);
				await sharing.stop(home.name);
			}
		});

		it('is not applied again while the cluster has what is wanted and only does not get it to run', async () => {
			const before = await helm.status(HOME.name);
			// What the scheduler said last: there was a node for a moment, when it looked at claims.
			expect((await refusal(driver.start(HOME))).message).to.be.oneOf([NO_NODE, NO_VOLUME]);
			expect(await helm.status(HOME.name)).to.deep.equal(before);
		});

		it('shows what somebody changed about a home, its route and the rules of its network too, and it is changed back', async () => {
			const route = { kind: 'gateway', gateway: { name: 'public', namespace: 'gateways' } };
			const routed = await driverWith({ values: { ...values, route } });
			const home = { ...HOME, name: 'branch-drifting' };
			book.set(home.name, 'anytown');
			expect((await refusal(routed.start(home))).message).to.equal(NO_NODE);
			expect(await routed.drift!.look(home.name)).to.equal(null);
			const at = ['--namespace', ANYTOWN];
			await kubectl(['delete', 'networkpolicy', 'understory-library', ...at]);
			await kubectl(['delete', 'networkpolicy', home.name, ...at]);
			await kubectl([
				...['patch', 'httproute', home.name, ...at, '--type', 'json', '--patch'],
				'[{"op": "replace", "path": "/spec/hostnames/0", "value": "elsewhere.example"}]',
			]);
			const drift = await routed.drift!.look(home.name);
			expect(drift?.cutsOff).to.equal(true);
			expect(drift?.sentence).to.match(
				/its NetworkPolicy is not there; of its HTTPRoute: spec\.hostnames\.0\.$/,
			);
			await routed.drift!.mend(home.name);
			expect(await routed.drift!.look(home.name)).to.equal(null);
			expect(await namesIn(ANYTOWN, 'networkpolicies')).to.include(
				'networkpolicy.networking.k8s.io/understory-library',
			);
			await routed.stop(home.name);
		});

		it('that somebody else has is not taken, and a sentence says so', async () => {
			book.set('branch-taken', 'taken');
			const error = await refusal(driver.start({ ...HOME, name: 'branch-taken' }));
			expect(error.code).to.equal('namespace_taken');
			expect(error.message).to.match(
				/^There is a namespace understory-library-taken already, .* not this platform's\./,
			);
			const { metadata } = await object('/api/v1/namespaces/understory-library-taken');
			expect(metadata.labels).to.not.have.property('understory/platform');
			expect(await namesIn('understory-library-taken', 'rolebindings,secrets,deployments')).to.deep.equal([]);
		});

		it('has a name that Kubernetes takes, however long the slug is, and no two have the same', () => {
			const slugs = ['a', 'b'].map((end) => `${'long-'.repeat(11)}name${end}`);
			const names = slugs.map((slug) => namespaceOfLibrary(libraries, slug));
			for (const name of names) expect(name).to.match(/^understory-library-[a-z0-9-]{1,43}[a-z0-9]$/);
			expect(new Set(names).size).to.equal(2);
		});
	});

	ledNames(() => ({
		kubeconfig: account,
		kubectl,
		platform: JSON.parse(told.data['routes.json']),
		homes: JSON.parse(told.data['homes.json']).route,
	}));

	describe('the account', () => {
		/** Asks for all of them at once whether it may. */
		async function may(
			questions: readonly (readonly [verb: string, resource: string, namespace?: string])[],
		) {
			const reviews = questions.map(([verb, resource, namespace]) => {
				const [word, group = ''] = resource.split(/\.(.*)/);
				const [kind, subresource] = word!.split('/');
				return {
					apiVersion: 'authorization.k8s.io/v1',
					kind: 'SubjectAccessReview',
					spec: {
						user: ACCOUNT,
						groups: ['system:serviceaccounts', 'system:authenticated'],
						resourceAttributes: { verb, group, resource: kind, subresource, namespace },
					},
				};
			});
			const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: reviews });
			const words = ['create', '--filename', '-', '--output', 'jsonpath={.status.allowed}{"\\n"}'];
			const answers = (await kubectl(words, list)).trim().split('\n');
			expect(answers).to.have.length(questions.length);
			return answers.map((answer) => answer === 'true');
		}

		it('may there what its table lists, and nothing beside it', async () => {
			const charts = renderer(tools);
			const role = charts
				.render('platform', platform, 'understory', 'understory')
				.one('ClusterRole', libraries.role);
			const listed = (role.rules as Rendered[]).flatMap(({ apiGroups: [group], resources, verbs }) =>
				resources.flatMap((resource: string) =>
					verbs.map((verb: string) => [verb, group ? `${resource}.${group}` : resource, ANYTOWN] as const),
				),
			);
			expect(await may(listed)).to.not.include(false);
			const lead = ['list', 'create', 'patch', 'delete'].flatMap((verb) =>
				[
					['httproutes.gateway.networking.k8s.io', 'understory'],
					['listenersets.gateway.networking.k8s.io', 'understory-homes'],
					['certificates.cert-manager.io', 'understory-homes'],
				].map(([kind, namespace]) => [verb, kind!, namespace!] as const),
			);
			expect(await may(lead)).to.not.include(false);
			const rbac = 'rbac.authorization.k8s.io';
			const not = [
				...['pods/exec', 'pods/attach', 'pods/portforward', 'serviceaccounts/token'].map(
					(one) => ['create', one] as const,
				),
				...['create', 'delete'].map((verb) => [verb, 'pods'] as const),
				['get', 'pods/log'],
				['delete', 'persistentvolumeclaims'],
				['delete', 'resourcequotas'],
				['deletecollection', 'secrets'],
				['create', 'jobs.batch'],
				...['create', 'escalate', 'bind'].map((verb) => [verb, `roles.${rbac}`] as const),
				['delete', `rolebindings.${rbac}`],
				['impersonate', 'serviceaccounts'],
			] as const;
			expect(await may(not.map(([verb, resource]) => [verb, resource, ANYTOWN] as const))).to.not.include(
				true,
			);
			const elsewhere = [
				...['understory', 'kube-system', 'understory-library-taken'].flatMap((namespace) =>
					(['secrets', 'pods', 'configmaps', 'deployments.apps'] as const).flatMap((resource) =>
						(['get', 'list', 'create', 'patch'] as const).map((verb) => [verb, resource, namespace] as const),
					),
				),
				...[
					'listenersets.gateway.networking.k8s.io',
					'certificates.cert-manager.io',
					'ingresses.networking.k8s.io',
				].flatMap((kind) =>
					(['create', 'patch', 'delete'] as const).map((verb) => [verb, kind, 'understory'] as const),
				),
				...['listenersets.gateway.networking.k8s.io', 'certificates.cert-manager.io'].map(
					(kind) => ['create', kind, ANYTOWN] as const,
				),
				...['get', 'list', 'delete', 'update'].map((verb) => [verb, 'namespaces'] as const),
				['get', 'nodes'],
				['create', 'nodes/proxy'],
				['list', 'secrets'],
				['list', 'persistentvolumes'],
				...['list', 'watch'].map((verb) => [verb, 'deployments.apps'] as const),
				...['create', 'patch', 'escalate', 'bind'].map((verb) => [verb, `clusterroles.${rbac}`] as const),
				...['create', 'patch'].map((verb) => [verb, `clusterrolebindings.${rbac}`] as const),
				['patch', 'validatingadmissionpolicies.admissionregistration.k8s.io'],
				['delete', 'validatingadmissionpolicybindings.admissionregistration.k8s.io'],
				['create', 'mutatingwebhookconfigurations.admissionregistration.k8s.io'],
				['create', 'customresourcedefinitions.apiextensions.k8s.io'],
				['approve', 'certificatesigningrequests.certificates.k8s.io'],
			] as const;
			const answers = await may(elsewhere as never);
			expect(elsewhere.filter((_, at) => answers[at])).to.deep.equal([]);
		});

		const binding = (namespace: string, role: string, subject: object = libraries.account) => ({
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'RoleBinding',
			metadata: { name: 'mine', namespace },
			roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
			subjects: [{ kind: 'ServiceAccount', ...subject }],
		});
		const attempt = async (asked: object) =>
			(await refusal(kubectl(['apply', '--server-side', '--filename', '-'], JSON.stringify(asked), account)))
				.stderr;

		it('cannot give itself rights in a namespace that is not its own, nor others than its role, nor anybody else', async () => {
			for (const namespace of ['kube-system', 'understory', 'understory-library-taken'])
				expect(await attempt(binding(namespace, libraries.role))).to.include('is not one of this platform');
			expect(await attempt(binding(ANYTOWN, 'cluster-admin'))).to.match(
				/attempting to grant RBAC permissions not currently held/,
			);
			expect(
				await attempt(binding(ANYTOWN, libraries.role, { name: 'default', namespace: ANYTOWN })),
			).to.include('to itself and to nobody else');
		});

		it('cannot make another’s namespace its own, nor one that lets in what is not restricted', async () => {
			const namespace = (name: string, labels: object) => ({
				apiVersion: 'v1',
				kind: 'Namespace',
				metadata: { name, labels },
			});
			const ours = {
				'understory/platform': 'understory',
				'pod-security.kubernetes.io/enforce': 'restricted',
			};
			for (const name of ['kube-system', 'understory-library-taken', 'somewhere-else'])
				expect(await attempt(namespace(name, ours))).to.include(
					`The namespace ${name} is not one of this platform`,
				);
			const open = { ...ours, 'pod-security.kubernetes.io/enforce': 'privileged' };
			expect(await attempt(namespace('understory-library-open', open))).to.include(
				'only pods that are restricted',
			);
		});
	});

	describe('what is wrong is said in a sentence, and nothing half-made is left:', () => {
		const wrongly = { ...HOME, name: 'branch-wrong' };
		before(() => book.set(wrongly.name, 'anytown'));
		/** What of a home is there, but for its volume, which is never taken away. */
		const leftOf = async (name: string) =>
			(
				await namesIn(
					ANYTOWN,
					'deployments,services,serviceaccounts,networkpolicies,poddisruptionbudgets,secrets',
				)
			).filter((one) => one.includes(name));

		it('a kubeconfig that is none, or leads nowhere, or whose token nobody knows', async () => {
			const broken = join(folder, 'broken.kubeconfig');
			writeFileSync(broken, '{"apiVersion": "v1", "kind": "Config"}');
			expect((await refusal(driverWith({ kubeconfig: broken }))).message).to.equal(SAYS.kubeconfig);
			expect((await refusal(driverWith({ kubeconfig: join(folder, 'nowhere') }))).message).to.equal(
				SAYS.kubeconfig,
			);
			const config = JSON.parse(readFileSync(account, 'utf8'));
			const away = structuredClone(config);
			away.clusters[0].cluster.server = 'https://127.0.0.1:1';
			writeFileSync(broken, JSON.stringify(away));
			const lost = await driverWith({ kubeconfig: broken });
			expect((await refusal(lost.observe(HOME.name))).message).to.equal(SAYS.silent);
			expect((await refusal(lost.start(wrongly))).message).to.equal(SAYS.silent);
			config.users[0].user.token = 'nobody';
			writeFileSync(broken, JSON.stringify(config));
			const strange = await driverWith({ kubeconfig: broken });
			expect((await refusal(strange.observe(HOME.name))).message).to.equal(SAYS.unknown);
		});

		it('an account that may not make namespaces', async () => {
			const powerless = await driverWith({ kubeconfig: plane.kubeconfig('proxy') });
			expect((await refusal(powerless.start(wrongly))).message).to.equal(SAYS.noRight);
		});

		it('values that the chart does not take', async () => {
			const wrong = await driverWith({ values: { ...values, colour: 'green' } });
			expect((await refusal(wrong.start(wrongly))).code).to.equal('chart_refused');
			expect(await helm.status(wrongly.name)).to.equal(null);
			expect(await leftOf(wrongly.name)).to.deep.equal([]);
		});

		it('a name that is too long for a release', async () => {
			const name = `branch-${'a'.repeat(50)}`;
			book.set(name, 'anytown');
			const error = await refusal(driver.start({ ...HOME, name }));
			expect(error.message, error.detail).to.match(/^The name of this home is not one that Helm takes/);
			expect(await leftOf(name)).to.deep.equal([]);
		});

		it('a Secret that homes are told to use and nobody made', async () => {
			const image = { ...values.image, pullSecrets: ['forgotten'] };
			const error = await refusal((await driverWith({ values: { ...values, image } })).start(wrongly));
			expect(error.message).to.match(
				/^Homes are told to use the Secret forgotten, and the namespace understory-homes/,
			);
			expect(await leftOf(wrongly.name)).to.deep.equal([]);
		});

		it('a namespace that is full', async () => {
			const quota = { ...libraries.quota!, pods: 0 };
			const full = { ...libraries, prefix: 'understory-library-', quota };
			const before = libraries;
			libraries = full;
			try {
				book.set('branch-full', 'full');
				const error = await refusal((await driverWith()).start({ ...HOME, name: 'branch-full' }));
				expect(error.message).to.equal(SAYS.noRoom);
			} finally {
				libraries = before;
			}
		});

		it('two operators at once: each is told, or waits, and one release comes of it', async () => {
			const twice = { ...HOME, name: 'branch-twice' };
			book.set(twice.name, 'anytown');
			const both = await Promise.all([driverWith(), driverWith()]);
			const said = await Promise.all(both.map(async (one) => (await refusal(one.start(twice))).message));
			for (const message of said)
				expect([
					NO_NODE,
					'Somebody else is changing this home just now. It is tried again.',
					'Helm could not do this. Its reason is in the log of the platform.',
				]).to.include(message);
			expect((await refusal(both[0]!.start(twice))).message).to.equal(NO_NODE);
			expect((await helm.status(twice.name))?.status).to.equal('deployed');
			await driver.stop(twice.name);
			expect(await leftOf(twice.name)).to.deep.equal([]);
		});
	});

	describe('with what Helm knows kept in PostgreSQL', () => {
		let url: string;
		let inSql: Helm;
		let stored: HomeDriver;
		let storage: Record<string, string>;
		const kept = { ...HOME, name: 'branch-kept' };

		before(async () => {
			url = `${await freshDatabase('helm')}?sslmode=disable`;
			storage = storageVariables(url, join(folder, 'helm'));
			inSql = createHelm({
				program: tools.helm,
				kubeconfig: account,
				namespace: ANYTOWN,
				folder: join(folder, 'helm'),
				storage,
			});
			stored = await driverWith({ storage });
			book.set(kept.name, 'anytown');
		});

		it('a home is installed, and no Secret of Helm’s is in the cluster', async () => {
			expect((await refusal(stored.start(kept))).message).to.equal(NO_NODE);
			expect((await inSql.status(kept.name))?.status).to.equal('deployed');
			expect(await helm.status(kept.name)).to.equal(null);
			const secrets = await namesIn(ANYTOWN, 'secrets');
			expect(secrets.filter((name) => name.includes('sh.helm.release.v1.branch-kept'))).to.deep.equal([]);
		});

		it('the password of the database is in no variable and no word of the program', () => {
			const { password } = new URL(url);
			expect(password.length).to.be.greaterThan(3);
			expect(JSON.stringify(storage)).to.not.include(password);
			expect(readFileSync(storage.PGPASSFILE!, 'utf8')).to.include(password);
		});

		it('a database that is away is said as that, and nothing is done', async () => {
			const away = new URL(url);
			away.port = '1';
			const gone = await driverWith({ storage: storageVariables(away.href, join(folder, 'gone')) });
			const error = await refusal(gone.start({ ...kept, name: 'branch-wrong' }));
			expect(error.message).to.equal(SAYS.noDatabase);
			expect(error.detail ?? '').to.not.include(away.password);
		});

		for (const [where, of] of [
			['PostgreSQL', () => ({ driver: stored, helm: inSql, name: kept.name, storage })],
			['Secrets', () => ({ driver, helm, name: HOME.name, storage: {} })],
		] as const)
			it(`a release that was left locked by a helm that was killed is gone on with: ${where}`, async () => {
				const { name, driver: one, helm: its, storage: variables } = of();
				let locked = false;
				for (let wait = 60; wait <= 1_500 && !locked; wait += 60) {
					const killed = execFile(
						tools.helm,
						[
							...[
								'upgrade',
								name,
								join(CHARTS, 'branch'),
								'--install',
								'--namespace',
								ANYTOWN,
								'--values',
								'-',
							],
							...['--wait=legacy', '--timeout', '60s', '--kubeconfig', account],
						],
						{ env: { HOME: folder, ...variables } },
					);
					killed.stdin!.end(JSON.stringify(homeValues(values, { ...HOME, name }, 'v1')));
					await new Promise((resolve) => setTimeout(resolve, wait));
					killed.kill('SIGKILL');
					await new Promise((resolve) =>
						killed.exitCode === null ? killed.once('exit', resolve) : resolve(0),
					);
					locked = (await its.status(name))?.status.startsWith('pending-') ?? false;
				}
				expect(locked, 'a helm that was killed in the middle').to.equal(true);
				expect((await one.observe(name)).state).to.not.equal('Running');
				expect((await refusal(one.start({ ...HOME, name }))).message).to.equal(NO_NODE);
				expect((await its.status(name))?.status).to.equal('deployed');
				await one.stop(name);
				expect(await its.status(name)).to.equal(null);
			});
	});
});
