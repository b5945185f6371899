import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf } from './wire.ts';

describe('asking to follow', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let carla: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		carla = await bed.branch('south').join('carla');
		await ana.get('/you');
		await ana.post('/you', { name: 'ana Person', summary: '', scope: 'branch', asks_first: 'yes' });
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const actor = (handle: string, slug = 'north') => actorOf(bed, { slug, handle });
	const ask = async (who: Browser, whom: string) => {
		const host = new URL(bed.branch('north').origin).host;
		await who.get(`/find?address=@${whom}@${host}`);
		await who.get('/home');
		await who.post('/follows', { actor: await actor(whom) });
		await bed.settle();
	};
	const answer = async (who: Browser, follower: string, yes: string) => {
		await who.get('/you/followers');
		const sent = await who.post('/you/followers/answer', { actor: follower, yes });
		await bed.settle();
		return sent.status;
	};
	const states = (slug: string) =>
		rows<{ state: string }>(bed, slug, 'SELECT state FROM follow').map(({ state }) => state);

	it('waits for an answer, says so on both sides, and reads nothing before', async () => {
		await ask(ben, 'ana');
		expect(states('north')).to.deep.equal(['asked']);
		expect((await ben.get('/@ana')).body).to.contain('Asked; waiting');
		const notices = (await ana.get('/notices')).body;
		expect(notices).to.contain('ben Person asks to follow you.').and.to.contain('href="/you/followers"');
		const path = await ana.write('xr-followers', 'followers');
		expect((await ben.get(path)).status).to.equal(404);
		expect(await answer(ana, await actor('ben'), 'yes')).to.equal(303);
		expect((await ben.get(path)).body).to.contain('xr-followers');
	});

	it('goes over to another server and back, yes and no', async () => {
		await ask(carla, 'ana');
		expect([states('north'), states('south')]).to.deep.equal([['asked'], ['asked']]);
		await answer(ana, await actor('carla', 'south'), 'yes');
		expect([states('north'), states('south')]).to.deep.equal([['accepted'], ['accepted']]);
		await ana.get('/you/followers');
		await ana.post('/you/followers/remove', { actor: await actor('carla', 'south') });
		await bed.settle();
		expect([states('north'), states('south')]).to.deep.equal([[], []]);
		await ask(carla, 'ana');
		await answer(ana, await actor('carla', 'south'), 'no');
		expect([states('north'), states('south')]).to.deep.equal([[], []]);
	});

	it('is told in the document of whoever asks for it', async () => {
		const at = async (handle: string) => {
			const headers = { accept: 'application/activity+json' };
			const path = new URL(await actor(handle)).pathname;
			return JSON.parse((await bed.branch('north').browser().get(path, headers)).body) as Record<
				string,
				unknown
			>;
		};
		expect((await at('ana')).manuallyApprovesFollowers).to.equal(true);
		expect((await at('ben')).manuallyApprovesFollowers).to.equal(false);
	});

	it('is needed for teens, whatever the form says', async () => {
		const tia = await bed.branch('north').join('tia', { age_band: 'teen' });
		expect((await tia.get('/you')).body).to.contain('Your account is a teen');
		await tia.post('/you', { name: 'tia Person', summary: '', scope: 'branch' });
		await ask(ben, 'tia');
		expect(states('north')).to.deep.equal(['asked']);
	});

	it('nobody answers for another, or somebody who did not ask', async () => {
		await ask(ben, 'ana');
		const dan = await bed.branch('north').join('dan');
		expect(await answer(dan, await actor('ben'), 'yes')).to.equal(404);
		expect(await answer(ana, await actor('dan'), 'yes')).to.equal(404);
		expect(states('north')).to.deep.equal(['asked']);
	});
});
