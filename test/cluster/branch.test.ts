import { expect } from 'chai';
import { until } from './bed/processes.ts';
import { bedOrSkip } from './bed/skip.ts';
import { IMAGE } from './fixtures/image.ts';
import {
	BELMONT,
	LIBRARY,
	type ProvisionedCluster,
	startProvisionedCluster,
} from './fixtures/provisioned.ts';

describe('a branch on Kubernetes', function () {
	// It is one story.
	this.bail(true);
	let platform: ProvisionedCluster;

	const object = async (path: string) => JSON.parse((await platform.cluster.get(path)).text);
	const podOf = async (home: string) => {
		const { items } = await object('/api/v1/namespaces/homes/pods');
		return items.find((one: { metadata: { name: string } }) => one.metadata.name.startsWith(home));
	};
	const visit = (branch: string, home = 'home-1') => platform.visit(branch, home);
	const make = async (branch: object) =>
		platform.done(await platform.api('POST', '/libraries/anytown/branches', branch));

	before(async function () {
		platform = await startProvisionedCluster(await bedOrSkip(this));
	});
	after(() => platform?.close());

	it('is provisioned over the API, and its home is a pod of the image that becomes ready', async () => {
		expect((await platform.api('POST', '/libraries', LIBRARY)).status).to.be.oneOf([200, 201]);
		await make(BELMONT);
		const { metadata, spec, status } = await podOf('home-1');
		expect(metadata.namespace).to.equal('homes');
		expect(spec.containers[0].image).to.equal(`${IMAGE.repository}:${IMAGE.tag}`);
		const ready = status.conditions.find(({ type }: { type: string }) => type === 'Ready');
		expect(ready.status).to.equal('True');
		expect(status.containerStatuses[0].restartCount).to.equal(0);
	});

	it('serves its own page through the Service of its home', async () => {
		const page = await visit('belmont');
		expect(page.status).to.equal(200);
		expect(page.text).to.include('Belmont');
		expect(page.text).to.include('Anytown Public Library');
	});

	it('a name that no branch has is told so there', async () => {
		expect((await visit('nowhere')).status).to.be.oneOf([404, 421]);
	});

	it('a second branch joins the home, and one with a home of its own has another pod', async () => {
		await make({ ...BELMONT, slug: 'kenton', name: 'Kenton' });
		expect((await visit('kenton')).text).to.include('Kenton');
		await make({ ...BELMONT, slug: 'bookmobile', name: 'Bookmobile', home: 'dedicated' });
		const { body } = await platform.api('GET', '/libraries/anytown/branches/bookmobile');
		expect(body.home.name).to.not.equal('home-1');
		const page = await visit('bookmobile', body.home.name);
		expect(page.text).to.include('Bookmobile');
		expect((await visit('bookmobile')).status).to.be.oneOf([404, 421]);
	});

	it('is there again, with what it had, when its pod was deleted', async () => {
		const before = await podOf('home-1');
		await platform.cluster.remove(`/api/v1/namespaces/homes/pods/${before.metadata.name}`);
		const isBack = async () => {
			const now = await podOf('home-1');
			return now.metadata.uid !== before.metadata.uid && (await visit('belmont')).status === 200;
		};
		await until('The branch', isBack, platform.cluster.node.kubelet, 110);
	});
});
