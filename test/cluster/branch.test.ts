import { Resolver } from 'node:dns/promises';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { exportKey, generateKey } from '@understory/transparency-log/keys.ts';
import { expect } from 'chai';
import { unpack } from '../../infra/image/test/fixtures/unpacked.ts';
import { freshDatabase } from '../../packages/town/src/test-postgres.ts';
import { call } from '../e2e/api.ts';
import { readiness } from '../e2e/platform/role-process.ts';
import { type Cluster, startCluster } from './bed/node.ts';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';
import { type Container, startContainer } from './fixtures/container.ts';
import { makeHomesNamespace } from './fixtures/homes-namespace.ts';
import { IMAGE, imageArchive } from './fixtures/image.ts';

const NODE = '10.89.0.1';
const DOMAIN = 'platform.example';
const TOKEN = 'a'.repeat(64);
const LIBRARY = {
	slug: 'anytown',
	name: 'Anytown Public Library',
	region: 'OR',
	zone: 'America/Los_Angeles',
};
const BELMONT = {
	slug: 'belmont',
	name: 'Belmont',
	address: { street: '1 Main St', city: 'Anytown', region: 'OR', postcode: '97214' },
	phone: null,
};

describe('a branch on Kubernetes', function () {
	// It is one story.
	this.bail(true);
	let cluster: Cluster;
	let provisioner: Container;

	const api = (method: string, path: string, body?: object) =>
		call(8080, method, `/api/v1${path}`, {
			token: TOKEN,
			host: `console.${DOMAIN}`,
			...(body ? { body } : {}),
		});
	const done = async (made: { status: number; body: { id: string } }) => {
		expect(made.status, JSON.stringify(made.body)).to.equal(202);
		let operation = made.body as { id: string; state?: string };
		const hasEnded = async () => {
			operation = (await api('GET', `/operations/${made.body.id}`)).body;
			return operation.state === 'done' || operation.state === 'failed';
		};
		await until('The operation', hasEnded, provisioner, 110);
		expect(operation.state, JSON.stringify(operation)).to.equal('done');
	};
	const object = async (path: string) => JSON.parse((await cluster.get(path)).text);
	const podOf = async (home: string) => {
		const { items } = await object('/api/v1/namespaces/homes/pods');
		return items.find((one: { metadata: { name: string } }) => one.metadata.name.startsWith(home));
	};

	before(async function () {
		const bed = await bedOrSkip(this);
		cluster = await startCluster(bed);
		await cluster.importImage(imageArchive());
		await makeHomesNamespace(cluster, 'homes');
		const at = (name: string) => join(bed.folder, name);
		writeFileSync(at('homes.json'), JSON.stringify(values()));
		writeFileSync(at('names'), `nameserver ${NODE}\nsearch cluster.local\noptions ndots:5\n`);
		const kubeconfig = cluster.kubeconfig('admin');
		const { authority } = authorityOf(kubeconfig);
		provisioner = startContainer(unpack(imageArchive(), at('image')), {
			folder: bed.folder,
			name: 'provisioner',
			words: ['provisioner'],
			variables: {
				UNDERSTORY_DOMAIN: DOMAIN,
				UNDERSTORY_DRIVER: 'helm',
				UNDERSTORY_HOMES_NAMESPACE: 'homes',
				UNDERSTORY_HOME_VALUES: '/settings/homes.json',
				UNDERSTORY_KUBECONFIG: '/secrets/kubeconfig',
			},
			secrets: {
				'database-url': await freshDatabase('branch_provisioner'),
				'platform-key': exportKey(generateKey()),
				'console-key': Buffer.alloc(32, 7).toString('base64'),
				'admin-token': TOKEN,
				kubeconfig: readFileSync(kubeconfig, 'utf8'),
			},
			mounts: [
				{ from: at('homes.json'), to: '/settings/homes.json', readOnly: true },
				{ from: at('names'), to: '/etc/resolv.conf', readOnly: true },
				{ from: authority, to: authority, readOnly: true },
			],
		});
		await until('The provisioner', async () => (await readiness(8080))?.status === 200, provisioner);
	});
	after(async () => {
		await provisioner?.stop();
		await cluster?.close();
	});

	it('is provisioned over the API, and its home is a pod of the image that becomes ready', async () => {
		expect((await api('POST', '/libraries', LIBRARY)).status).to.be.oneOf([200, 201]);
		await done(await api('POST', '/libraries/anytown/branches', BELMONT));
		const { metadata, spec, status } = await podOf('home-1');
		expect(metadata.namespace).to.equal('homes');
		expect(spec.containers[0].image).to.equal(`${IMAGE.repository}:${IMAGE.tag}`);
		const ready = status.conditions.find(({ type }: { type: string }) => type === 'Ready');
		expect(ready.status).to.equal('True');
		expect(status.containerStatuses[0].restartCount).to.equal(0);
	});

	it('serves its own page through the Service of its home', async () => {
		const page = await visit('belmont.anytown.platform.example');
		expect(page.status).to.equal(200);
		expect(page.text).to.include('Belmont');
		expect(page.text).to.include('Anytown Public Library');
	});

	it('a name that no branch has is told so there', async () => {
		expect((await visit('nowhere.anytown.platform.example')).status).to.be.oneOf([404, 421]);
	});

	it('a second branch joins the home, and one with a home of its own has another pod', async () => {
		await done(
			await api('POST', '/libraries/anytown/branches', { ...BELMONT, slug: 'kenton', name: 'Kenton' }),
		);
		expect((await visit('kenton.anytown.platform.example')).text).to.include('Kenton');
		const own = { ...BELMONT, slug: 'bookmobile', name: 'Bookmobile', home: 'dedicated' };
		await done(await api('POST', '/libraries/anytown/branches', own));
		const { body } = await api('GET', '/libraries/anytown/branches/bookmobile');
		expect(body.home.name).to.not.equal('home-1');
		const page = await visit('bookmobile.anytown.platform.example', body.home.name);
		expect(page.text).to.include('Bookmobile');
		expect((await visit('bookmobile.anytown.platform.example')).status).to.be.oneOf([404, 421]);
	});

	it('is there again, with what it had, when its pod was deleted', async () => {
		const before = await podOf('home-1');
		await cluster.remove(`/api/v1/namespaces/homes/pods/${before.metadata.name}`);
		const isBack = async () => {
			const now = await podOf('home-1');
			return (
				now.metadata.uid !== before.metadata.uid &&
				(await visit('belmont.anytown.platform.example')).status === 200
			);
		};
		await until('The branch', isBack, cluster.node.kubelet, 110);
	});

	/** Asks the pod behind the Service of a home, as the gateway does: over HTTPS, for somebody outside. */
	async function visit(host: string, home = 'home-1'): Promise<{ status: number; text: string }> {
		const resolver = new Resolver();
		resolver.setServers([NODE]);
		const [address] = await resolver.resolve4(`${home}.homes.svc.cluster.local`);
		const headers = { host, 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };
		return new Promise((resolve, reject) => {
			const sent = request({ host: address, port: 8080, headers, timeout: 5_000 }, (response) => {
				let text = '';
				response.setEncoding('utf8').on('data', (piece: string) => {
					text += piece;
				});
				response.once('end', () => resolve({ status: response.statusCode!, text }));
			});
			sent.once('timeout', () => sent.destroy(new Error('no answer')));
			sent.once('error', reject);
			sent.end();
		});
	}
});

/** What the operator says of every home. */
function values(): object {
	return {
		image: IMAGE,
		platform: { url: `http://${NODE}:8080`, domain: DOMAIN },
		storage: { size: '1Gi' },
		memory: { request: '64Mi', limit: '512Mi' },
		cpu: '10m',
		network: { gatewayRanges: ['10.88.0.1/32'] },
	};
}

/** The file of the API server's certificate, which the kubeconfig names. */
function authorityOf(kubeconfig: string): { authority: string } {
	const { clusters } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
	return { authority: clusters[0].cluster['certificate-authority'] };
}
