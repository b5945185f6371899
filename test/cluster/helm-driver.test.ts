import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PublicError } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { driverRules } from '../../packages/provisioner/src/drivers/conformance.ts';
import type { HomeDriver, HomeSpec } from '../../packages/provisioner/src/drivers/driver.ts';
import { connectCluster } from '../../packages/provisioner/src/drivers/helm/cluster.ts';
import { createHelmDriver } from '../../packages/provisioner/src/drivers/helm/helm-driver.ts';
import { createHelm, type Helm } from '../../packages/provisioner/src/drivers/helm/helm-program.ts';
import { storageVariables } from '../../packages/provisioner/src/drivers/helm/helm-storage.ts';
import { homeValues } from '../../packages/provisioner/src/drivers/helm/home-values.ts';
import { freshDatabase } from '../../packages/town/src/test-postgres.ts';
import { type Cluster, startCluster } from './bed/node.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';
import { makeHomesNamespace } from './fixtures/homes-namespace.ts';
import { writeStandIn } from './fixtures/stand-in.ts';
import { readyTools, type Tools } from './tools.ts';

const run = promisify(execFile);
const CHART = fileURLToPath(new URL('../../charts/home', import.meta.url));
const SPEC: HomeSpec = { name: 'home-1', kind: 'shared', enrolmentToken: 'one-time' };
const NAMESPACE = 'homes';

describe('the driver for Kubernetes', () => {
	let cluster: Cluster;
	let tools: Tools;
	let folder: string;
	let driver: HomeDriver;
	let helm: Helm;

	const values = {
		image: { repository: 'localhost/stand-in', tag: '1', pullPolicy: 'Never' },
		platform: { url: 'http://understory-provisioner:8080' },
		storage: { size: '1Gi' },
		memory: { request: '32Mi', limit: '256Mi' },
		cpu: '10m',
	};

	async function driverWith(
		over: {
			values?: object;
			kubeconfig?: string;
			program?: string;
			version?: string;
			storage?: Readonly<Record<string, string>>;
		} = {},
	) {
		const kubeconfig = over.kubeconfig ?? cluster.kubeconfig('admin');
		const connection = await connectCluster({ kubeconfig });
		const place = {
			helm: createHelm({
				...{ program: over.program ?? tools.helm, kubeconfig, namespace: NAMESPACE },
				...{ folder: join(folder, 'helm'), storage: over.storage },
			}),
			cluster: connection.in(NAMESPACE),
			prepare: async () => undefined,
			ifMade: <T>(look: () => Promise<T>) => look(),
		};
		return createHelmDriver({
			placeOf: async () => place,
			charts: { shared: CHART, dedicated: CHART },
			valuesOf: (spec) => homeValues(over.values ?? values, spec, over.version),
			...(over.version && { version: over.version }),
			log: silentLog,
			pause: () => new Promise((resolve) => setTimeout(resolve, 100)),
			looks: 600,
		});
	}

	const kubectl = async (...words: string[]) => {
		const always = ['--kubeconfig', cluster.kubeconfig('admin'), '--namespace', NAMESPACE];
		return (await run(tools.kubectl, [...always, ...words])).stdout;
	};
	const refusal = (act: Promise<unknown>) =>
		act.then(
			() => expect.fail('it was done'),
			(error: unknown) => error as PublicError,
		);

	before(async function () {
		const bed = await bedOrSkip(this);
		folder = bed.folder;
		tools = await readyTools();
		cluster = await startCluster(bed);
		await cluster.importImage(writeStandIn(folder, 'localhost/stand-in:1'));
		await makeHomesNamespace(cluster, NAMESPACE);
		helm = createHelm({
			program: tools.helm,
			kubeconfig: cluster.kubeconfig('admin'),
			namespace: NAMESPACE,
			folder: join(folder, 'helm'),
		});
		driver = await driverWith();
	});
	after(() => cluster?.close());
	afterEach(() => driver?.stop(SPEC.name));

	describe('keeps the rules of every driver:', () => {
		// One after the other they tell one story, so that nothing is stopped between them.
		for (const { rule, check } of driverRules(SPEC)) it(rule, () => check(driver));
	});

	describe('keeps them as well where Helm keeps releases in PostgreSQL:', () => {
		let stored: HomeDriver;
		before(async () => {
			const url = `${await freshDatabase('releases')}?sslmode=disable`;
			stored = await driverWith({ storage: storageVariables(url, join(folder, 'releases')) });
		});
		for (const { rule, check } of driverRules({ ...SPEC, name: 'home-2' })) it(rule, () => check(stored));
	});

	it('a started home has the token it enrols with, and nobody finds it in what Helm keeps', async () => {
		await driver.start({ ...SPEC, enrolmentToken: 'sentinel-of-the-token' });
		expect(await kubectl('get', 'secret', 'home-1-enrolment', '-o', 'jsonpath={.data}')).to.include(
			Buffer.from('sentinel-of-the-token').toString('base64'),
		);
		const { stdout } = await run(tools.helm, [
			...['get', 'all', SPEC.name, '--namespace', NAMESPACE],
			...['--kubeconfig', cluster.kubeconfig('admin')],
		]);
		expect(stdout).to.not.include('sentinel-of-the-token');
	});

	it('a home that runs is not changed by being started again', async () => {
		await driver.start(SPEC);
		const before = await helm.status(SPEC.name);
		await driver.start({ ...SPEC, enrolmentToken: 'another' });
		expect(await helm.status(SPEC.name)).to.deep.equal(before);
	});

	it('a home that is stopped keeps its branches, and has them when it is started again', async () => {
		await driver.start(SPEC);
		const claim = await kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}');
		expect(claim).to.not.equal('');
		await driver.stop(SPEC.name);
		await driver.start(SPEC);
		expect(await kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}')).to.equal(claim);
	});

	it('a home that somebody scaled to nothing by hand is absent, and is started again', async () => {
		await driver.start(SPEC);
		await kubectl('scale', 'deployment', SPEC.name, '--replicas=0');
		expect((await driver.observe(SPEC.name)).state).to.equal('Absent');
		await driver.start(SPEC);
		expect((await driver.observe(SPEC.name)).state).to.equal('Running');
	});

	it('goes on where a helm that was killed left off', async () => {
		for (const wait of [100, 200, 300, 400, 600]) {
			const killed = execFile(tools.helm, [
				...['upgrade', SPEC.name, CHART, '--install', '--namespace', NAMESPACE, '--values', '-'],
				...['--wait=legacy', '--kubeconfig', cluster.kubeconfig('admin')],
			]);
			killed.stdin!.end(JSON.stringify(homeValues(values, SPEC)));
			await new Promise((resolve) => setTimeout(resolve, wait));
			killed.kill('SIGKILL');
			await new Promise((resolve) => (killed.exitCode === null ? killed.once('exit', resolve) : resolve(0)));
			expect((await driver.observe(SPEC.name)).state, `killed after ${wait} ms`).to.not.equal('Running');
			await driver.start(SPEC);
			expect((await driver.observe(SPEC.name)).state).to.equal('Running');
			expect((await helm.status(SPEC.name))?.status).to.equal('deployed');
			await driver.stop(SPEC.name);
		}
	});

	it('an image that is not there is said in a sentence, and the right one is taken when the setting is mended', async () => {
		const wrong = await driverWith({ values: { ...values, image: { ...values.image, tag: 'missing' } } });
		const error = await refusal(wrong.start(SPEC));
		expect(error).to.be.instanceOf(PublicError);
		expect(error.message).to.equal('The image is not on the node, and may not be fetched.');
		expect((await wrong.observe(SPEC.name)).state).to.equal('Absent');
		await driver.start(SPEC);
		expect((await driver.observe(SPEC.name)).state).to.equal('Running');
	});

	it('a home is brought to another version and says which it has; a poisoned one is gone back from, and what ran before runs', async () => {
		const first = await driverWith({ version: 'v1' });
		await first.start(SPEC);
		expect(await first.upgrader!.versionOf(SPEC.name)).to.equal('v1');
		const second = await driverWith({ version: 'v2', values: { ...values, logLevel: 'debug' } });
		await second.upgrader!.upgrade(SPEC);
		expect(await second.upgrader!.versionOf(SPEC.name)).to.equal('v2');
		const good = await second.upgrader!.revisionOf(SPEC.name);
		// Once more after a crash is no act: Helm keeps few revisions, and the one to go back to must be among them.
		await second.upgrader!.upgrade(SPEC);
		expect(await second.upgrader!.revisionOf(SPEC.name)).to.equal(good);
		const poisoned = await driverWith({
			version: 'v3',
			values: { ...values, image: { ...values.image, tag: 'missing' } },
		});
		const error = await refusal(poisoned.upgrader!.upgrade(SPEC));
		expect(error.message).to.equal('The image is not on the node, and may not be fetched.');
		await poisoned.upgrader!.rollBack(SPEC.name, good);
		expect((await poisoned.observe(SPEC.name)).state).to.equal('Running');
		expect(await poisoned.upgrader!.versionOf(SPEC.name)).to.equal('v2');
		expect(await first.upgrader!.versionOf('home-none')).to.equal(null);
		expect((await refusal(first.upgrader!.revisionOf('home-none'))).code).to.equal('home_not_whole');
	});

	describe('what somebody changes behind its back', function () {
		// It is one story.
		this.bail(true);
		const drifting = { ...SPEC, name: 'home-3' };
		let first: HomeDriver;
		const look = async () => (await first.drift!.look('home-3'))?.sentence ?? null;
		const the = (kind: string, path: string) => kubectl('get', kind, 'home-3', '-o', `jsonpath={${path}}`);
		before(async () => {
			first = await driverWith({ version: 'v1' });
			await first.start(drifting);
		});
		after(() => first.stop('home-3'));

		it('is nothing while nobody does: what Kubernetes and Helm write by themselves differs from nothing', async () => {
			expect(await look()).to.equal(null);
			expect(await first.drift!.look('home-none')).to.equal(null);
		});

		it('is named without its values, and brought back to what the home was, without a new revision', async () => {
			const before = await helm.status('home-3');
			await kubectl('set', 'env', 'deployment/home-3', 'UNDERSTORY_LOG_LEVEL=sentinel');
			await kubectl('delete', 'service,poddisruptionbudget', 'home-3');
			const drift = await first.drift!.look('home-3');
			expect(drift).to.deep.equal({
				sentence:
					'Somebody changed what this home is made of: its PodDisruptionBudget is not there; its Service is not there; of its Deployment: the variable UNDERSTORY_LOG_LEVEL.',
				cutsOff: true,
			});
			await first.drift!.mend('home-3');
			expect(await look()).to.equal(null);
			expect(await the('service', '.spec.clusterIP')).to.equal('None');
			expect(await the('poddisruptionbudget', '.spec.maxUnavailable')).to.equal('1');
			expect(await the('deployment', '.spec.template.spec.containers[0].env')).to.not.include('sentinel');
			expect(await helm.status('home-3')).to.deep.equal(before);
			await first.start(drifting);
			expect((await first.observe('home-3')).state).to.equal('Running');
		});

		it('is theirs where the chart says nothing: an annotation, a label, a restart, a variable of another name', async () => {
			await kubectl('annotate', 'service', 'home-3', 'example.org/owner=circulation');
			await kubectl('label', 'deployment', 'home-3', 'cost-center=42');
			await kubectl('rollout', 'restart', 'deployment/home-3');
			await kubectl('set', 'env', 'deployment/home-3', 'TZ=America/Los_Angeles');
			expect(await look()).to.equal(null);
		});

		it('a home that is scaled to nothing comes back as it was, and not as another version that waits for its wave', async () => {
			const next = await driverWith({ version: 'v2', values: { ...values, logLevel: 'debug' } });
			await kubectl('scale', 'deployment', 'home-3', '--replicas=0');
			expect(await next.observe('home-3')).to.deep.equal({
				state: 'Absent',
				changed: 'Somebody told the Deployment of this home to have no pod.',
			});
			expect(await look()).to.include('of its Deployment: the number of pods');
			await next.start(drifting);
			expect((await next.observe('home-3')).state).to.equal('Running');
			expect(await next.upgrader!.versionOf('home-3')).to.equal('v1');
			// And an upgrade is no drift, nor is going back from it, to whoever looked before.
			const revision = await next.upgrader!.revisionOf('home-3');
			await next.upgrader!.upgrade(drifting);
			expect(await look()).to.equal(null);
			await next.upgrader!.rollBack('home-3', revision);
			expect(await look()).to.equal(null);
		});

		it('is said and left where it is the volume: a new one would be empty', async () => {
			await kubectl('delete', 'pvc', 'home-3', '--wait=false');
			expect(await look()).to.include('its PersistentVolumeClaim is about to be deleted');
			const error = await refusal(first.drift!.mend('home-3'));
			expect(error.message).to.match(/^The volume of this home is gone or about to be deleted\./);
		});
	});

	it('values that the chart does not take are said in a sentence, and nothing is made', async () => {
		const wrong = await driverWith({ values: { ...values, colour: 'green' } });
		const error = await refusal(wrong.start(SPEC));
		expect(error.message).to.include('The chart does not take these values.');
		expect(error.detail).to.include('colour');
		expect(await helm.status(SPEC.name)).to.equal(null);
	});

	it('a namespace that is full is said in a sentence', async () => {
		await cluster.apply(`/api/v1/namespaces/${NAMESPACE}/resourcequotas/full`, {
			apiVersion: 'v1',
			kind: 'ResourceQuota',
			metadata: { name: 'full' },
			spec: { hard: { pods: '0' } },
		});
		const error = await refusal(driver.start(SPEC));
		await cluster.remove(`/api/v1/namespaces/${NAMESPACE}/resourcequotas/full`);
		expect(error.message).to.include('The namespace has no room left.');
	});

	it('a cluster that does not answer is not taken for one that is empty', async () => {
		await cluster.processes.apiServer.kill();
		const error = await refusal(driver.observe(SPEC.name));
		expect(error.message).to.equal('The cluster does not answer. Nothing was lost; it is tried again.');
		const again = cluster.restartApiServer();
		await until('The API server', async () => (await cluster.get('/readyz')).status === 200, again);
	});

	it('a helm that is not there, or an account without rights, is said in a sentence', async () => {
		const missing = await driverWith({ program: join(folder, 'nowhere') });
		expect((await refusal(missing.start(SPEC))).message).to.include('The program helm is not where');
		const powerless = await driverWith({ kubeconfig: cluster.kubeconfig('proxy') });
		expect((await refusal(powerless.start(SPEC))).message).to.include('does not let the platform do this');
	});
});
