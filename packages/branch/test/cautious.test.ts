import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf } from './wire.ts';

describe('a cautious branch', () => {
	let bed: Bed;
	let ana: Browser;
	let dora: Browser;
	let host: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		bed.change('north', { federation: 'cautious' });
		bed.change('east', { federation: 'open' });
		bed.grant('staff-june', 'north');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		dora = await bed.branch('east').join('dora');
		host = bed.branch('north').browser({ staff_id: 'staff-june' });
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const eastern = () => bed.branch('east').origin;
	const states = (slug: string) =>
		rows<{ state: string }>(bed, slug, 'SELECT state FROM follow').map(({ state }) => state);
	async function follow(who: Browser, slug: string, handle: string) {
		const at = new URL(bed.branch(slug).origin).host;
		const found = await who.get(`/find?address=@${handle}@${at}`);
		await who.get('/home');
		const answer = await who.post('/follows', { actor: await actorOf(bed, { slug, handle }) });
		await bed.settle();
		await bed.settle();
		return { found, answer };
	}
	async function answer(yes: string, reason = 'Ten of us know people there.') {
		await host.get('/staff/servers');
		const sent = await host.post('/staff/servers', { origin: eastern(), yes, reason });
		await bed.settle();
		await bed.settle();
		return sent;
	}

	it('lets whoever of a new server wants to follow wait, unheard, until a host lets the server in', async () => {
		await follow(dora, 'north', 'ana');
		expect([states('north'), states('east')]).to.deep.equal([['asked'], ['asked']]);
		expect((await ana.get('/notices')).body).not.to.contain('dora');
		expect((await ana.get('/you/followers')).body).not.to.contain('dora');
		expect((await host.get('/staff')).body).to.contain('One waits.');
		await ana.write('xc-before', 'public');
		await bed.settle();
		expect((await answer('yes')).status).to.equal(303);
		expect([states('north'), states('east')]).to.deep.equal([['accepted'], ['accepted']]);
		expect((await ana.get('/notices')).body).to.contain('dora Person');
		await ana.write('xc-after', 'public');
		await bed.settle();
		const home = (await dora.get('/home')).body;
		expect(home).to.contain('xc-after').and.not.to.contain('xc-before');
		expect((await host.get('/staff/servers')).body)
			.to.contain('Let in')
			.and.to.contain('Ten of us know people there.');
	});

	it('tells whoever waited of a no, and tells them again when they ask again', async () => {
		await follow(dora, 'north', 'ana');
		expect((await answer('no')).status).to.equal(303);
		expect([states('north'), states('east')]).to.deep.equal([[], []]);
		await follow(dora, 'north', 'ana');
		expect(states('north')).to.deep.equal([]);
		// Hosts may think better of it.
		expect((await answer('yes', 'We were wrong about them.')).status).to.equal(303);
	});

	it('asks its hosts when somebody here looks for somebody there', async () => {
		const { found } = await follow(ana, 'east', 'dora');
		expect(found.body).to.contain('has to be let in by a host first');
		expect(bed.sent.filter(({ url }) => url.startsWith(eastern()))).to.deep.equal([]);
		await answer('yes');
		const again = await follow(ana, 'east', 'dora');
		expect(again.answer.status).to.equal(303);
		expect(states('north')).to.deep.equal(['accepted']);
		await dora.write('xc-from-afar', 'public');
		await bed.settle();
		expect((await ana.get('/home')).body).to.contain('xc-from-afar');
	});

	it('takes no yes or no without a reason, and none from anybody but its hosts', async () => {
		await follow(dora, 'north', 'ana');
		const silent = await answer('yes', ' ');
		expect(silent.status).to.equal(422);
		expect(silent.body).to.contain('Say why, in one sentence');
		expect((await ana.get('/staff/servers')).status).to.equal(403);
		expect(
			(await ana.post('/staff/servers', { origin: eastern(), yes: 'yes', reason: 'Mine' })).status,
		).to.equal(403);
		expect(states('north')).to.deep.equal(['asked']);
	});

	it('needs nobody’s leave for a neighbor, and a branch that keeps to its neighbors lets nobody wait', async () => {
		const carla = await bed.branch('south').join('carla');
		await follow(carla, 'north', 'ana');
		expect(states('north')).to.deep.equal(['accepted']);
		bed.change('north', { federation: 'neighborhood' });
		await bed.settle();
		await follow(dora, 'north', 'ana');
		expect(rows(bed, 'north', 'SELECT origin FROM server')).to.deep.equal([]);
	});
});

describe('a newcomer in the neighborhood', () => {
	let bed: Bed;
	let ana: Browser;
	let dora: Browser;
	let host: Browser;
	before(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		dora = await bed.branch('east').join('dora');
		host = bed.branch('north').browser({ staff_id: 'staff-june' });
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const eastern = () => bed.branch('east').origin;
	const sees = async (text: string) => (await ana.get('/home')).body.includes(text);
	const say = async (text: string) => {
		await dora.write(text, 'neighborhood');
		await bed.settle();
	};

	it('waits for a host where hosts chose so, though it stands on the roster, and nobody here is reached by it', async () => {
		await ana.get('/home');
		expect((await ana.post('/staff/servers/newcomers', { wait: 'yes' })).status).to.equal(403);
		await host.get('/staff/servers');
		expect((await host.post('/staff/servers/newcomers', { wait: 'yes' })).status).to.equal(303);
		bed.befriend('north', 'south', 'east');
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT origin, state FROM server')).to.deep.equal([
			{ origin: eastern(), state: 'waiting' },
		]);
		await say('xn-early');
		expect(await sees('xn-early')).to.equal(false);
		const south = await bed.branch('south').join('sam');
		expect((await south.get('/neighborhood')).body).to.contain('East');
	});

	it('is asked about in the branch, by nobody’s name, and is a neighbor once it is let in', async () => {
		const { host: name } = new URL(eastern());
		await host.get(`/staff/servers/propose?wants=let_in&host=${name}`);
		const form = {
			host: name,
			wants: 'let_in',
			reason: 'They joined in October.',
			days: '3',
			discuss: 'yes',
		};
		const sent = await host.post('/staff/servers/propose', form);
		expect(sent.status, sent.body).to.equal(303);
		const id = sent.headers.location!.split('/').at(-1)!;
		expect((await ana.get('/notices')).body).not.to.contain(name);
		expect((await ana.get('/servers')).body).to.contain(`/asked/${id}`);
		await ana.get(`/asked/${id}`);
		await ana.post(`/asked/${id}`, { answer: 'fine', words: 'My cousin reads there.' });
		await host.get('/staff/servers');
		const around = await host.post('/staff/servers', { origin: eastern(), yes: 'yes', reason: 'Now.' });
		expect(around.status).to.equal(409);
		await host.get(`/staff/proposals/${id}`);
		expect((await host.post(`/staff/proposals/${id}`, { level: 'suspend', reason: 'No.' })).status).to.equal(
			422,
		);
		const decided = await host.post(`/staff/proposals/${id}`, { level: 'let_in', reason: 'Nobody minds.' });
		expect(decided.status).to.equal(303);
		expect((await ana.get(`/asked/${id}`)).body)
			.to.contain('It was let in.')
			.and.to.contain('Nobody minds.');
		await say('xn-later');
		expect(await sees('xn-later')).to.equal(true);
	});
});
