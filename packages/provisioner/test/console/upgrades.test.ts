import { expect } from 'chai';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { readStream } from '../fixtures/stream-reader.ts';
import { testUpgrader } from '../fixtures/test-upgrader.ts';

describe('upgrades at the console', () => {
	const { upgrader, poisoned } = testUpgrader();
	let platform: Platform;
	let admin: ConsoleVisitor;
	let branches: string[];
	before(async () => {
		platform = await startPlatform({
			...{ branchesInHome: 1, upgrader },
			streams: { every: 20, heartbeat: 60_000, longest: 60_000, most: 9, mostOfOne: 9 },
		});
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['north', 'south', 'west'])
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: { ...BRANCH, slug } });
		await platform.settle();
		const { body } = await platform.api<{ items: { id: string }[] }>(
			...(['GET', '/api/v1/libraries/multnomah/branches'] as const),
		);
		branches = body.items.map(({ id }) => id);
		admin = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());
	beforeEach(() => platform.clock.advance(1_000));

	/** Looks round as a platform does all the time, until nothing more happens. */
	async function lookRound(): Promise<void> {
		const { services } = platform.provisioner();
		for (let times = 0; times < 4; times++) {
			await services.look(branches);
			await platform.settle();
			services.goOnUpgrading();
			await platform.settle();
		}
	}
	const begin = async (form: Record<string, string> = {}) => {
		await admin.get('/upgrades');
		return admin.post('/upgrades', { soak_minutes: '0', from: '', to: '', ...form });
	};

	it('show what would be done, wave by wave, before anything is', async () => {
		expect((await admin.get('/')).body).to.contain('href="/upgrades"');
		const { status, body } = await admin.get('/upgrades');
		expect(status).to.equal(200);
		expect(body).to.contain('<b>v2</b>').and.to.contain('0 homes have it already');
		expect(body).to.contain('1 home:').and.to.contain('2 homes:');
		expect(body).to.contain('Begin, with 3 homes').and.not.to.contain('Upgrades there were');
	});

	it('keep to the hours of a library that it wrote on its page, until it has none again', async () => {
		const page = '/libraries/multnomah/upgrade-hours';
		const kept = async () =>
			(await platform.api<{ upgrade_hours: object | null }>('GET', '/api/v1/libraries/multnomah')).body
				.upgrade_hours;
		expect((await admin.get('/libraries/multnomah')).body).to.contain(page);
		expect((await admin.get(page)).body).to.contain('No hours of its own');
		const bad = await admin.post(page, { from: '1', to: '25' });
		expect(bad.status).to.equal(422);
		expect(bad.body).to.contain('href="#hours"').and.to.contain('value="25"');
		expect(await kept()).to.equal(null);
		expect((await admin.post(page, { from: '22', to: '5' })).location).to.equal(page);
		expect(await kept()).to.deep.equal({ from: 22, to: 5 });
		expect((await admin.get(page)).body).to.contain('Only from 22 to 5 o’clock');
		const { body: auditor } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'auditor', role: 'auditor', library: 'multnomah' },
		});
		const reader = await atConsole(platform, auditor.token, 'es');
		const { body } = await reader.get(page);
		expect(body).to.contain('Solo de las 22 a las 5').and.to.not.contain('<input id="from"');
		expect((await reader.post(page, { from: '', to: '' })).status).to.equal(403);
		await admin.get(page);
		await admin.post(page, { from: '', to: '' });
		expect(await kept()).to.equal(null);
	});

	it('are refused beside the field when minutes or hours are none, with what was typed, and nothing is begun', async () => {
		const bad = await begin({ soak_minutes: 'soon', from: '25', to: '' });
		expect(bad.status).to.equal(422);
		expect(bad.body).to.contain('href="#soak_minutes"').and.to.contain('href="#hours"');
		expect(bad.body).to.contain('value="soon"').and.to.contain('value="25"');
		expect(bad.body).to.contain('Write minutes, from 0 to 10080.');
		expect((await admin.get('/upgrades')).body).to.not.contain('Upgrades there were');
	});

	it('pause after the home they are at, go on, and say home by home how far they are, with a stream that ends with them', async () => {
		const begun = await begin({ from: '3', to: '4' });
		expect(begun.status).to.equal(303);
		const page = begun.location!;
		const { body } = await admin.get(page);
		expect(body).to.contain('Wave 1').and.to.contain('Wave 2').and.to.contain('Only from 3 to 4');
		expect(body).to.contain('home-1').and.to.contain('waits for its turn');
		expect(body).to.contain(`data-stream="${page}/stream"`);
		const stream = await readStream(`${platform.url}${page}/stream`, { cookie: admin.cookie() });
		expect((await stream.next())!.data)
			.to.contain('under way')
			.and.to.contain('0 of 3 homes are done');
		expect((await admin.post(`${page}/pause`, {})).location).to.equal(page);
		expect((await stream.next())!.data)
			.to.contain('paused')
			.and.to.contain('Go on');
		await admin.get(page);
		expect((await admin.post(`${page}/resume`, {})).location).to.equal(page);
		expect((await stream.next())!.data).to.contain('under way');
		await admin.get(page);
		await admin.post(`${page}/abort`, {});
		expect((await stream.next())!.data)
			.to.contain('aborted')
			.and.not.to.contain('<button');
		expect(await stream.next()).to.include({ event: 'end' });
		expect(await stream.next()).to.equal(null);
		const ended = await admin.get(page);
		expect(ended.body).to.not.contain('/stream"').and.not.contain('<script');
		const again = await admin.post(`${page}/pause`, {});
		expect(again.status).to.equal(409);
		expect(again.body).to.contain('This upgrade has ended.');
	});

	it('stop at a home that does not come up, and the page says which, what was done with it, and why', async () => {
		upgrader.version = 'poison';
		poisoned.add('poison');
		const { location } = await begin();
		await lookRound();
		const { body } = await admin.get(location!);
		expect(body).to.contain('stopped').and.to.contain('as it was before');
		expect(body)
			.to.contain('home-1 did not come up and is as it was before')
			.and.to.contain('Its log says why.');
		expect(body).to.not.contain('/undo"');
		upgrader.version = 'v2';
	});

	it('that are done can be undone, one at a time, and the operation says the same', async () => {
		const { location } = await begin();
		await lookRound();
		const done = await admin.get(location!);
		expect(done.body).to.contain('3 of 3 homes are done').and.to.contain(`action="${location}/undo"`);
		const operation = await admin.get(location!.replace('upgrades', 'operations'));
		expect(operation.body).to.contain('Bring homes to a new version').and.to.contain('Step 3 of 3');
		await admin.get(location!);
		const undoing = await admin.post(`${location}/undo`, {});
		expect(undoing.status).to.equal(303);
		expect((await admin.get(undoing.location!)).body)
			.to.contain('Back from version v2')
			.and.to.contain('of 3 homes are done');
		await admin.get(location!);
		const twice = await admin.post(`${location}/undo`, {});
		expect(twice.status).to.equal(409);
		expect(twice.body).to.contain('An upgrade is under way.');
		await admin.get(undoing.location!);
		await admin.post(`${undoing.location}/abort`, {});
		await platform.settle();
	});

	it('the script comes from the console itself, and the policy of the page lets it reach its own stream and nothing else', async () => {
		upgrader.version = 'v3';
		const { location } = await begin();
		const answer = await platform.outgoing.request({
			url: platform.url + location!,
			headers: { accept: 'text/html', cookie: admin.cookie() },
		});
		const [, script] = /<script type="module" src="(\/live-[0-9a-f]{12}\.mjs)">/.exec(
			answer.body.toString('utf8'),
		)!;
		const policy = answer.headers['content-security-policy'];
		expect(policy).to.contain(`script-src http://localhost:4000${script};`);
		expect(policy).to.contain(`connect-src http://localhost:4000${location}/stream;`);
		const file = await platform.outgoing.request({ url: platform.url + script! });
		expect(file.headers['content-type']).to.contain('javascript');
		expect(file.body.toString('utf8')).to.not.match(/https?:\/\//);
		await admin.get(location!);
		await admin.post(`${location}/abort`, {});
	});

	it('an auditor of the platform reads them, and everything else here, and is offered nothing to press', async () => {
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'auditor', role: 'auditor', expires: platform.clock.now() + 1_000_000_000 },
		});
		const auditor = await atConsole(platform, made.body.token);
		const first = (await auditor.get('/')).body;
		const [upgrade] = await platform.provisioner().context.database('upgrade').limit(1);
		for (const path of ['/upgrades', '/homes', '/cells', '/audit'])
			expect(first).to.contain(`href="${path}"`);
		for (const path of [
			'/upgrades',
			`/upgrades/${upgrade.id}`,
			`/operations/${upgrade.id}`,
			'/homes/home-1',
			'/audit',
		]) {
			const { status, body } = await auditor.get(path);
			expect(status, path).to.equal(200);
			expect(body, path).to.not.contain('action="/upgrades');
		}
		expect((await auditor.post('/upgrades', { soak_minutes: '0' })).status).to.equal(403);
		expect((await auditor.post(`/upgrades/${upgrade.id}/abort`, {})).status).to.equal(403);
	});

	it('are for whoever runs the platform, their streams too; nobody else learns that one is there', async () => {
		const { id } = await platform.provisioner().context.database('library').first();
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it', role: 'library_it', library: id, expires: platform.clock.now() + 1_000_000_000 },
		});
		const theirs = await atConsole(platform, body.token);
		const [upgrade] = await platform.provisioner().context.database('upgrade').limit(1);
		expect((await theirs.get('/')).body).to.not.contain('href="/upgrades"');
		for (const path of ['/upgrades', `/upgrades/${upgrade.id}`, `/upgrades/${upgrade.id}/stream`])
			expect((await theirs.get(path)).status, path).to.equal(403);
		expect((await theirs.get(`/operations/${upgrade.id}`)).status).to.equal(404);
		await theirs.get('/');
		expect((await theirs.post('/upgrades', { soak_minutes: '0' })).status).to.equal(403);
		const nobody = await readStream(`${platform.url}/operations/${upgrade.id}/stream`, { cookie: '' });
		expect(nobody.status).to.equal(403);
		expect((await admin.get('/operations/no-such-thing')).status).to.equal(404);
	});
});
