import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { csvRow } from '../src/services/csv.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, rows, uriOf } from './look.ts';
import { takeEverything } from './take-everything.ts';
import { actorOf } from './wire.ts';

describe('leaving', () => {
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
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const host = (slug: string) => new URL(bed.branch(slug).origin).host;
	const actor = (handle: string, slug = 'north') => actorOf(bed, { slug, handle });
	const send = async (who: Browser, path: string, form: Record<string, string> = {}) => {
		await who.get('/home');
		return who.post(path, form);
	};
	const archive = (who: Browser) => takeEverything(bed, 'north', who);

	describe('with everything', () => {
		it('is one file with one’s own posts of every scope, and of others’ the address alone', async () => {
			for (const scope of ['branch', 'neighborhood', 'public']) await ana.write(`xl-${scope}`, scope);
			await ana.write('xl-direct @ben', 'direct');
			const his = await ben.write('xl-his-words', 'branch');
			await send(ana, `/posts/${his.split('/').at(-1)}/star`);
			await send(ana, `/posts/${his.split('/').at(-1)}/keep`);
			await ana.get(`/find?address=@carla@${host('south')}`);
			await send(ana, '/follows', { actor: await actor('carla', 'south') });
			await send(ana, '/away', { do: 'mute', actor: await actor('ben') });
			const list = (await send(ana, '/lists', { name: 'Neighbors, "good"' })).headers.location!;
			await send(ana, `${list}/people`, { address: `@carla@${host('south')}` });
			const files = await archive(ana);
			const outbox = JSON.parse(files.get('outbox.json')!) as {
				totalItems: number;
				orderedItems: { object: { scope: string; content: string } }[];
			};
			expect(outbox.orderedItems.map(({ object }) => object.scope)).to.deep.equal([
				'branch',
				'neighborhood',
				'public',
				'direct',
			]);
			expect(files.get('index.html')).to.contain('xl-branch').and.to.contain('for those named');
			expect(files.get('following_accounts.csv')).to.equal(
				`Account address,Show boosts,Notify on new posts,Languages\r\ncarla@${host('south')},true,false,\r\n`,
			);
			expect(files.get('muted_accounts.csv')).to.contain(`ben@${host('north')},true`);
			expect(files.get('lists.csv')).to.equal(`"Neighbors, ""good""",carla@${host('south')}\r\n`);
			expect(files.get('bookmarks.csv')).to.equal(`${uriOf(bed, 'north', his)}\r\n`);
			expect([...files.values()].join('')).not.to.contain('xl-his-words');
			expect(JSON.parse(files.get('actor.json')!)).to.include({ preferredUsername: 'ana' });
		});

		it('holds what an event, a question and a changed post say, and what one says of oneself', async () => {
			await ana.get('/home');
			const day = new Date(bed.clock.now() + 86_400_000).toISOString().slice(0, 10);
			const event = { title: 'Pie', text: 'xl-event', scope: 'branch', day, from: '10:00', to: '12:00' };
			await ana.post('/events', { ...event, place: 'The kitchen', joining: 'free' });
			const poll = { text: 'xl-poll', scope: 'branch', choice_1: 'Soup', choice_2: 'Pie', poll_hours: '24' };
			expect((await ana.post('/posts', poll)).status).to.equal(303);
			const path = await ana.write('xl-first-words', 'branch');
			await send(ana, `/posts/${path.split('/').at(-1)}/edit`, { text: 'xl-second-words' });
			await send(ana, '/you/filters', { phrase: 'spiders', whole: 'yes' });
			const about = {
				name: 'ana Person',
				summary: '',
				scope: 'branch',
				field_1: 'Keeps',
				value_1: 'the seed library',
			};
			await send(ana, '/you', about);
			const files = await archive(ana);
			const { orderedItems } = JSON.parse(files.get('outbox.json')!) as {
				orderedItems: { object: Record<string, unknown> }[];
			};
			const [pie, soup, words] = orderedItems.map(({ object }) => object);
			expect(pie)
				.to.include({ type: 'Event', name: 'Pie' })
				.and.to.have.nested.property('location.name', 'The kitchen');
			expect(String(pie!.startTime)).to.match(/^2026-10-09T17:00/);
			expect(soup!.oneOf).to.have.length(2);
			expect(JSON.stringify(words!.formerly)).to.contain('xl-first-words');
			expect(words!.content).to.contain('xl-second-words');
			expect(files.get('filters.csv')).to.equal('Phrase,Whole words,Until\r\nspiders,true,\r\n');
			const { attachment } = JSON.parse(files.get('actor.json')!) as { attachment: object[] };
			expect(attachment).to.deep.equal([{ type: 'PropertyValue', name: 'Keeps', value: 'the seed library' }]);
		});

		it('is there for somebody whose card opens nothing else any more, and for nobody else', async () => {
			await ana.write('xl-mine', 'branch');
			const claims = { sub: 'sub-north-ana', standing: 'porch' } as const;
			const porch = bed.branch('north').browser(claims);
			expect((await archive(porch)).get('index.html')).to.contain('xl-mine');
			expect((await archive(ben)).get('outbox.json')).not.to.contain('xl-mine');
			const nobody = bed.branch('north').browser();
			expect((await nobody.get('/you/leave')).status).to.not.equal(200);
		});

		it('keeps a table from being taken for a formula', () => {
			expect(csvRow(['=1+1', 'a"b', 'c,d', 'e\nf'])).to.equal('\'=1+1,"a""b","c,d","e\nf"\r\n');
		});
	});

	describe('for good', () => {
		it('asks for the handle, and deletes nothing before', async () => {
			await ana.write('xl-still', 'branch');
			const answer = await send(ana, '/you/delete', { handle: 'anna' });
			expect(answer.status).to.equal(422);
			expect(answer.body).to.contain('Nothing was deleted.');
			expect((await ben.get('/home')).body).to.contain('xl-still');
		});

		it('empties everything here, ends every sign-in, and keeps the handle from others', async () => {
			const path = await ana.write('xl-gone', 'public');
			const his = await ben.write('xl-his', 'branch');
			await send(ana, `/posts/${his.split('/').at(-1)}/star`);
			await send(ben, '/follows', { actor: await actor('ana') });
			await send(ana, '/lists', { name: 'x' });
			await send(ana, '/you/filters', { phrase: 'x' });
			const id = personId(bed, 'ana');
			const elsewhere = bed.branch('north').browser({ sub: 'sub-north-ana' });
			const done = await send(ana, '/you/delete', { handle: '@Ana' });
			expect(done.status).to.equal(200);
			expect(done.body).to.contain('Your account is deleted');
			for (const who of [ana, elsewhere]) expect((await who.get('/home')).status).to.not.equal(200);
			expect((await ben.get(path)).status).to.equal(404);
			expect((await ben.get('/@ana')).status).to.equal(404);
			expect((await ben.get(his)).body).not.to.contain('starred it');
			for (const table of ['follow', 'list', 'filter', 'act']) {
				expect(rows(bed, 'north', `SELECT * FROM ${table}`), table).to.deep.equal([]);
			}
			const left = rows<Record<string, unknown>>(bed, 'north', 'SELECT * FROM person WHERE id = ?', id)[0]!;
			expect(left).to.include({ handle: 'ana', name: '', summary_html: '', staff_id: null });
			expect(JSON.stringify(left)).not.to.contain('sub-north-ana');
			const other = bed.branch('north').browser({ sub: 'sub-other' });
			await other.get('/welcome');
			const taken = await other.post('/welcome', { name: 'Other', handle: 'ana', rules: 'yes' });
			expect(taken.body).to.contain('Somebody here has that one already');
		});

		it('the same card can begin again, as somebody else', async () => {
			await send(ana, '/you/delete', { handle: 'ana' });
			const again = bed.branch('north').browser({ sub: 'sub-north-ana' });
			await again.get('/welcome');
			const answer = await again.post('/welcome', { name: 'New', handle: 'ana_two', rules: 'yes' });
			expect(answer.status).to.equal(303);
			expect((await again.get('/home')).status).to.equal(200);
		});

		it('reaches those who have copies, also such as do not know the key any more', async () => {
			await ana.write('xl-public', 'public');
			await carla.get(`/find?address=@ana@${host('north')}`);
			await send(carla, '/follows', { actor: await actor('ana') });
			await bed.settle();
			expect((await carla.get('/home')).body).to.contain('xl-public');
			const path = new URL(await actor('ana')).pathname;
			bed.branch('south').store.transact(
				(writing) =>
					void writing.run({
						toSQL: () => ({ toNative: () => ({ sql: 'DELETE FROM cache', bindings: [] }) }),
					}),
			);
			await send(ana, '/you/delete', { handle: 'ana' });
			const wire = { accept: 'application/activity+json' };
			const gone = await bed.branch('north').browser().get(path, wire);
			expect([gone.status, JSON.parse(gone.body).type]).to.deep.equal([410, 'Tombstone']);
			await bed.settle();
			expect((await carla.get('/home')).body).not.to.contain('xl-public');
			expect(rows(bed, 'south', 'SELECT id FROM follow')).to.deep.equal([]);
			expect(rows(bed, 'south', "SELECT id FROM post WHERE content_html <> ''")).to.deep.equal([]);
		});

		it('what a host hid stays sealed, and the media folder is empty', async () => {
			await ana.write('xl-hidden', 'branch');
			bed.branch('north').store.transact(
				(writing) =>
					void writing.run({
						toSQL: () => ({ toNative: () => ({ sql: "UPDATE post SET hidden = 'd'", bindings: [] }) }),
					}),
			);
			await send(ana, '/you/delete', { handle: 'ana' });
			expect(rows(bed, 'north', 'SELECT hidden, deleted FROM post')).to.deep.equal([
				{ hidden: 'd', deleted: null },
			]);
			const media = join(bed.branch('north').folder, 'media');
			expect(existsSync(media) ? readdirSync(media) : []).to.deep.equal([]);
		});

		it('nobody says for another that they are gone', async () => {
			await ana.write('xl-stays', 'public');
			await carla.get(`/find?address=@ana@${host('north')}`);
			await send(carla, '/follows', { actor: await actor('ana') });
			await bed.settle();
			await bed.branch('north').join('eve');
			const { signed } = await import('./wire.ts');
			const id = await actor('ana');
			const forged = {
				'@context': 'https://www.w3.org/ns/activitystreams',
				id: `${id}#delete`,
				type: 'Delete',
				actor: id,
				object: id,
			};
			const inbox = `${bed.branch('south').origin}/ap/inbox`;
			const answer = await signed(bed, { slug: 'north', handle: 'eve' }, 'POST', inbox, forged);
			expect(answer.status).to.be.within(401, 403);
			expect((await carla.get('/home')).body).to.contain('xl-stays');
		});
	});
});
