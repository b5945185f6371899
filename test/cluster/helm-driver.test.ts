import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { claimsFor } from '../../infra/one-machine/carry/claims.ts';
import { type Cluster, startCluster } from './bed/node.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';
import { type DriverBed, driverOn, driverSuite, refusal, SPEC } from './fixtures/driver-suite.ts';
import { makeHomesNamespace } from './fixtures/homes-namespace.ts';
import { writeStandIn } from './fixtures/stand-in.ts';
import { readyTools } from './tools.ts';

const run = promisify(execFile);
const RUN = fileURLToPath(new URL('run.ts', import.meta.url));
const STAND_IN = { repository: 'localhost/stand-in', tag: '1', pullPolicy: 'Never' };

describe('the driver for Kubernetes', () => {
	let cluster: Cluster;
	let bed: DriverBed;
	after(() => cluster?.close());

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
		expect(stdout).to.match(/^ +5 passing/m);
		expect((await cluster.get('/api/v1/namespaces')).text).to.not.include('understory-test-');
		const without = await run(process.execPath, words, { env: { ...env, UNDERSTORY_TEST_IMAGE: '' } }).then(
			() => expect.fail('it ran without an image'),
			(error: { stderr: string }) => error.stderr,
		);
		expect(without).to.include('UNDERSTORY_TEST_IMAGE');
	});

	it('a home takes up the volume that was made for it before it came, as when its platform is carried from a machine', async () => {
		const homes = [{ name: 'home-9', kind: 'shared' as const }];
		const sizes = { shared: '1Gi', dedicated: '1Gi', bridge: '1Gi', site: '1Gi' };
		const places = {
			namespace: 'default',
			homesNamespace: bed.namespace,
			sizes,
			storageClass: '',
			image: 'none',
		};
		const file = join(bed.folder, 'volumes.json');
		writeFileSync(file, claimsFor(homes, places));
		const kubectl = async (words: string) =>
			(await run(bed.tools.kubectl, ['--kubeconfig', bed.kubeconfig, ...words.split(' ')])).stdout;
		await kubectl(`create -f ${file}`);
		const claim = () => kubectl(`get pvc home-9 --namespace ${bed.namespace} -o jsonpath={.metadata.uid}`);
		const before = await claim();
		// Files were copied through the pods, which go.
		await kubectl(`delete -f ${file} --selector app.kubernetes.io/component=carry --wait`);
		expect(await kubectl(`get pods --namespace ${bed.namespace} -o name`)).to.equal('');
		const driver = await driverOn(bed);
		await driver.start({ ...SPEC, name: 'home-9' });
		expect(await claim()).to.equal(before);
		const mounted = '-o jsonpath={.spec.template.spec.volumes[*].persistentVolumeClaim.claimName}';
		expect(await kubectl(`get deployment home-9 --namespace ${bed.namespace} ${mounted}`)).to.equal('home-9');
		expect(await driver.drift!.look('home-9')).to.equal(null);
		await driver.stop('home-9');
		expect(await claim()).to.equal(before);
	});

	it('a cluster that does not answer is not taken for one that is empty', async () => {
		await cluster.processes.apiServer.kill();
		const error = await refusal((await driverOn(bed)).observe(SPEC.name));
		expect(error.message).to.equal('The cluster does not answer. Nothing was lost; it is tried again.');
		const again = cluster.restartApiServer();
		await until('The API server', async () => (await cluster.get('/readyz')).status === 200, again);
	});

	it('a helm that is not there, or an account without rights, is said in a sentence', async () => {
		const missing = await driverOn(bed, { program: join(bed.folder, 'nowhere') });
		expect((await refusal(missing.start(SPEC))).message).to.include('The program helm is not where');
		const powerless = await driverOn(bed, { kubeconfig: cluster.kubeconfig('proxy') });
		expect((await refusal(powerless.start(SPEC))).message).to.include('does not let the platform do this');
	});
});
