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
