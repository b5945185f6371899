import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, signed } from './wire.ts';

describe('what somebody elsewhere passes along', () => {
	let bed: Bed;
	let ana: Browser;
	let dora: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		for (const slug of ['north', 'south', 'east']) bed.change(slug, { federation: 'open' });
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		dora = await bed.branch('east').join('dora');
		await ana.get(`/find?address=@carla@${new URL(bed.branch('south').origin).host}`);
		await ana.get('/home');
		await ana.post('/follows', { actor: await actorOf(bed, { slug: 'south', handle: 'carla' }) });
		await bed.settle();
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	async function announce(object: string, n = 1, type: 'Announce' | 'Undo' = 'Announce') {
		const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
		const to = ['https://www.w3.org/ns/activitystreams#Public'];
		const done = { id: `${actor}#shares/${n}`, type: 'Announce', actor, object, to };
		const document =
			type === 'Announce' ? done : { id: `${done.id}/undo`, type: 'Undo', actor, object: done, to };
		const url = `${bed.branch('north').origin}/ap/inbox`;
		const context = { '@context': 'https://www.w3.org/ns/activitystreams' };
		return signed(bed, { slug: 'south', handle: 'carla' }, 'POST', url, { ...context, ...document });
	}
	const waiting = () => rows(bed, 'north', 'SELECT * FROM passed_along').length;

	it('is fetched from where it lives, and stands on the board of whoever follows them', async () => {
		const uri = uriOf(bed, 'east', await dora.write('xt-plums', 'public'));
		expect((await announce(uri)).status).to.equal(202);
		await bed.settle();
		const { body } = await ana.get('/home');
		expect(body).to.contain('xt-plums').and.to.contain('carla');
		expect(waiting()).to.equal(0);
	});

	it('what is not for everyone, of a server that is not heard, or nothing at all, leaves no trace', async () => {
		const walled = uriOf(bed, 'east', await dora.write('xt-walled', 'branch'));
		await announce(walled, 1);
		await announce(`${bed.branch('east').origin}/ap/users/1/statuses/404`, 2);
		await announce(`${bed.branch('north').origin}/ap/users/1/statuses/404`, 3);
		await announce('http://nobody.there.localhost:1/p/1', 4);
		await bed.settle();
		for (let n = 0; n < 3; n++) {
			bed.clock.advance(11 * 60_000);
			await bed.settle();
		}
		expect(waiting()).to.equal(0);
		expect(rows(bed, 'north', "SELECT * FROM act WHERE kind = 'share'")).to.deep.equal([]);
		expect((await ana.get('/home')).body).not.to.contain('xt-walled');
	});

	it('nothing is fetched for somebody whom nobody here follows', async () => {
		await ana.get('/home');
		await ana.post('/follows/end', { actor: await actorOf(bed, { slug: 'south', handle: 'carla' }) });
		await bed.settle();
		const uri = uriOf(bed, 'east', await dora.write('xt-plums', 'public'));
		await announce(uri);
		expect(waiting()).to.equal(0);
	});

	it('taken back before it came, it does not come; only by whoever did it', async () => {
		const gone = `${bed.branch('east').origin}/ap/users/1/statuses/1`;
		await announce(gone);
		await announce(gone, 1, 'Undo');
		expect(waiting()).to.equal(0);
	});
});
