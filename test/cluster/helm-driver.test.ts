import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import { connectCluster } from '../../packages/provisioner/src/drivers/helm/cluster.ts';
import { createHomeWatcher } from '../../packages/provisioner/src/drivers/helm/home-watch.ts';
import { type Cluster, startCluster } from './bed/node.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';
import { filesIn, layTaken, VOLUMES, writeCopyingImage } from './fixtures/carried.ts';
import { type DriverBed, driverOn, driverSuite, refusal, SPEC } from './fixtures/driver-suite.ts';
import { makeHomesNamespace } from './fixtures/homes-namespace.ts';
import { asWritten, commandsBelow } from './fixtures/page-commands.ts';
import { writeStandIn } from './fixtures/stand-in.ts';
import { readyTools } from './tools.ts';

const run = promisify(execFile);
const PAGE = new URL('../../docs/library-it/to-a-cluster.md', import.meta.url);
const RUN = fileURLToPath(new URL('run.ts', import.meta.url));
const STAND_IN = { repository: 'localhost/stand-in', tag: '1', pullPolicy: 'Never' };

describe('the driver for Kubernetes', () => {
	let cluster: Cluster;
	let bed: DriverBed;
	after(() => cluster?.close());

	const byHand = (words: string) =>
		run(bed.tools.kubectl, ['--kubeconfig', bed.kubeconfig, '--namespace', 'homes', ...words.split(' ')]);
	/** Listens to homes as the platform does; resolves when whatever changes from then on is heard. */
	async function listen() {
		const { homesIn } = await connectCluster({ kubeconfig: bed.kubeconfig });
		const { promise: listed, resolve } = Promise.withResolvers<void>();
		const heard: string[] = [];
		const watcher = createHomeWatcher({
			homesIn(namespace) {
				const homes = homesIn(namespace);
				const list = () => homes.list().finally(resolve);
				return { ...homes, list };
			},
			log: silentLog,
			pause: (milliseconds, signal) => pause(milliseconds / 10, undefined, { signal }),
			random: Math.random,
		});
		const watch = watcher.begin((home) => heard.push(home));
		watcher.livesIn('homes');
		await listed;
		return { heard, close: () => watch.close() };
	}

	driverSuite(async (suite) => {
		const { programs, folder } = await bedOrSkip(suite);
		cluster = await startCluster({ programs, folder });
		await cluster.importImage(writeStandIn(folder, `${STAND_IN.repository}:${STAND_IN.tag}`));
		await makeHomesNamespace(cluster, 'homes');
		const kubeconfig = cluster.kubeconfig('admin');
		bed = { tools: await readyTools(), folder, kubeconfig, namespace: 'homes', image: STAND_IN };
		return bed;
	});

	it('keeps its rules in a cluster of somebody’s own, that KUBECONFIG leads to, and leaves nothing there', async () => {
		const words = [RUN, '--own', '--grep', 'keeps the rules of every driver'];
		const image = `${STAND_IN.repository}:${STAND_IN.tag}`;
		const variables = { KUBECONFIG: bed.kubeconfig, UNDERSTORY_TEST_IMAGE: image };
		const env = { ...process.env, UNDERSTORY_NO_CLUSTER: undefined, ...variables };
		const { stdout } = await run(process.execPath, words, { env });
		expect(stdout).to.match(/^ +7 passing/m);
		expect((await cluster.get('/api/v1/namespaces')).text).to.not.include('understory-test-');
		const without = await run(process.execPath, words, { env: { ...env, UNDERSTORY_TEST_IMAGE: '' } }).then(
			() => expect.fail('it ran without an image'),
			(error: { stderr: string }) => error.stderr,
		);
		expect(without).to.include('UNDERSTORY_TEST_IMAGE');
	});

	it('a home takes up the volume that was made and filled for it before it came, by the commands of the page about the way from one machine', async () => {
		const image = 'localhost/copying:1';
		await cluster.importImage(writeCopyingImage(bed.folder, image));
		const folder = join(bed.folder, 'carried');
		layTaken(folder, image);
		const PATH = `${dirname(bed.tools.kubectl)}:${process.env.PATH}`;
		const variables = { PATH, KUBECONFIG: bed.kubeconfig };
		await asWritten(commandsBelow(PAGE, '4. '), { folder, variables });

		const kubectl = async (words: string) =>
			(await run(bed.tools.kubectl, ['--kubeconfig', bed.kubeconfig, ...words.split(' ')])).stdout;
		expect(await kubectl('get pods --all-namespaces -l app.kubernetes.io/component=carry -o name')).to.equal(
			'',
		);
		const namespace = 'understory-homes';
		const volumeOf = async (claim: string) => {
			const where = claim === 'home-1' ? namespace : 'understory';
			const name = await kubectl(`get pvc ${claim} --namespace ${where} -o jsonpath={.spec.volumeName}`);
			return join(cluster.volumes, name);
		};
		for (const [path, claim] of Object.entries(VOLUMES)) {
			const volume = await volumeOf(claim);
			expect(filesIn(volume), claim).to.deep.equal(filesIn(join(folder, 'taken/volumes', path)));
			expect(statSync(join(volume, 'role.key')).uid).to.equal(10001);
		}

		const claim = () => kubectl(`get pvc home-1 --namespace ${namespace} -o jsonpath={.metadata.uid}`);
		const before = await claim();
		const driver = await driverOn({ ...bed, namespace });
		await driver.start(SPEC);
		expect(await claim()).to.equal(before);
		// What stands for the home writes it into its folder.
		expect(Object.keys(filesIn(await volumeOf('home-1')))).to.include.members(['role.key', 'started']);
		expect(await driver.drift!.look('home-1')).to.equal(null);
		await driver.stop('home-1');
		expect(await claim()).to.equal(before);
	});

	describe('what is heard of homes', () => {
		before(async () => (await driverOn(bed)).start({ ...SPEC, name: 'home-2' }));
		after(async () => (await driverOn(bed)).stop('home-2'));

		it('is of the one that somebody changed by hand and of no other, and nothing once nobody listens', async () => {
			await (await driverOn(bed)).start(SPEC);
			const { apiServer } = cluster.processes;
			const first = await listen();
			const second = await listen();
			const both = async () => first.heard.length > 0 && second.heard.length > 0;
			await byHand('annotate deployment home-1 example.org/owner=circulation');
			await until('what was changed', both, apiServer);
			expect([...first.heard, ...second.heard]).to.not.include('home-2');
			await first.close();
			first.heard.length = 0;
			await byHand('scale deployment home-2 --replicas=0');
			await until('what was scaled', async () => second.heard.includes('home-2'), apiServer);
			expect(first.heard).to.deep.equal([]);
			await second.close();
		});

		it('goes on after the cluster was lost; one that does not answer is not taken for one that is empty', async () => {
			const { heard, close } = await listen();
			await cluster.processes.apiServer.kill();
			const error = await refusal((await driverOn(bed)).observe(SPEC.name));
			expect(error.message).to.equal('The cluster does not answer. Nothing was lost; it is tried again.');
			const again = cluster.restartApiServer();
			await until('The API server', async () => (await cluster.get('/readyz')).status === 200, again);
			expect(heard).to.deep.equal([]);
			await byHand('annotate deployment home-2 example.org/owner=reference');
			await until('what was changed', async () => heard.length > 0, again);
			expect(new Set(heard)).to.deep.equal(new Set(['home-2']));
			await close();
		});
	});

	it('a helm that is not there, or an account without rights, is said in a sentence', async () => {
		const missing = await driverOn(bed, { program: join(bed.folder, 'nowhere') });
		expect((await refusal(missing.start(SPEC))).message).to.include('The program helm is not where');
		const powerless = await driverOn(bed, { kubeconfig: cluster.kubeconfig('proxy') });
		expect((await refusal(powerless.start(SPEC))).message).to.include('does not let the platform do this');
	});
});
