import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { raw, rows } from './look.ts';
import { actorOf, createNote, signed } from './wire.ts';

describe('two servers that count other followers (FEP-8fcf)', () => {
	let bed: Bed;
	let carla: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		bed.change('east', { federation: 'open' });
		bed.change('south', { federation: 'open' });
		await bed.settle();
		carla = await bed.branch('south').join('carla');
		for (const name of ['ana', 'ben']) {
			const person = await bed.branch('north').join(name);
			await person.get(`/find?address=@carla@${new URL(bed.branch('south').origin).host}`);
			await person.get('/home');
			await person.post('/follows', { actor: await carlaId() });
		}
		await bed.settle();
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const carlaId = () => actorOf(bed, { slug: 'south', handle: 'carla' });
	const forget = (slug: string, follower: string) =>
		bed.branch(slug).store.transact((writing) => {
			writing.run(raw('DELETE FROM follow WHERE follower = ?', follower) as never);
		});
	const follows = (slug: string) =>
		rows<{ follower: string }>(bed, slug, 'SELECT follower FROM follow').map(({ follower }) =>
			follower.split('/').at(-1),
		);
	const asked = () => bed.sent.filter(({ url }) => url.endsWith('/followers_synchronization')).length;
	async function speak(words: string) {
		bed.clock.advance(2 * 60 * 60_000);
		await carla.write(words, 'followers');
		await bed.settle();
	}

	it('who agree ask nothing of each other', async () => {
		await speak('xt-first');
		expect(rows(bed, 'north', "SELECT id FROM post WHERE content_html LIKE '%xt-first%'")).to.have.length(1);
		expect(asked()).to.equal(0);
	});

	it('whoever the other side lost is told by nobody that they follow: it ends here too', async () => {
		const ana = await actorOf(bed, { slug: 'north', handle: 'ana' });
		forget('south', ana);
		await speak('xt-first');
		expect(asked()).to.equal(1);
		expect(follows('north')).to.deep.equal(follows('south'));
		expect(follows('north')).to.have.length(1);
		await speak('xt-second');
		expect(asked()).to.equal(1);
	});

	it('whoever left unheard is taken off the other side’s list', async () => {
		forget('north', await actorOf(bed, { slug: 'north', handle: 'ana' }));
		await speak('xt-first');
		expect(follows('south')).to.have.length(1);
		expect(follows('north')).to.deep.equal(follows('south'));
	});

	it('the list answers a server about its own people and nobody else', async () => {
		const url = `${await carlaId()}/followers_synchronization`;
		const own = await signed(bed, { slug: 'north', handle: null }, 'GET', url);
		expect(JSON.parse(own.body).orderedItems).to.have.length(2);
		const other = await signed(bed, { slug: 'east', handle: null }, 'GET', url);
		expect(JSON.parse(other.body).orderedItems).to.deep.equal([]);
		expect((await bed.branch('south').browser().get(new URL(url).pathname)).status).to.equal(404);
	});

	it('a list on somebody else’s server is not asked for, nor one that is not theirs', async () => {
		const carlas = await carlaId();
		const note = await createNote(
			bed,
			{ slug: 'south', handle: 'carla' },
			{
				id: '5',
				to: [`${carlas}/followers`],
				content: 'xt-note',
			},
		);
		const url = `${bed.branch('north').origin}/ap/inbox`;
		const digest = '0'.repeat(64);
		const east = `${bed.branch('east').origin}/ap/users/1/followers_synchronization`;
		for (const [collection, at] of [
			[`${carlas}/followers`, east],
			[`${carlas}/friends`, `${carlas}/followers_synchronization`],
		]) {
			const header = `collectionId="${collection}", url="${at}", digest="${digest}"`;
			const answer = await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', url, note, {
				'collection-synchronization': header,
			});
			expect(answer.status).to.equal(202);
			await bed.settle();
		}
		expect(asked()).to.equal(0);
		expect(follows('north')).to.have.length(2);
	});
});
