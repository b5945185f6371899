import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf } from './wire.ts';

describe('boards, lists, filters and search', () => {
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
	const send = async (who: Browser, path: string, form: Record<string, string>) => {
		await who.get('/home');
		return who.post(path, form);
	};

	it('the board of people one follows has what they wrote and passed along, and one’s own', async () => {
		await send(ana, '/follows', { actor: await actor('ben') });
		const dan = await bed.branch('north').join('dan');
		await ben.write('xb-ben', 'branch');
		const shared = await dan.write('xb-shared', 'public');
		await dan.write('xb-dan', 'branch');
		await ana.write('xb-mine', 'branch');
		await send(ben, `/posts/${shared.split('/').at(-1)}/share`, {});
		const { body } = await ana.get('/board/followed');
		expect(body).to.contain('xb-ben').and.to.contain('xb-shared').and.to.contain('xb-mine');
		expect(body).not.to.contain('xb-dan');
		expect((await ana.get('/home')).body).to.contain('xb-dan');
		expect((await ana.get('/board/all')).status).to.equal(404);
	});

	describe('lists', () => {
		const make = async (name: string, more: Record<string, string> = {}) => {
			const answer = await send(ana, '/lists', { name, ...more });
			expect(answer.status, answer.body).to.equal(303);
			return answer.headers.location!;
		};

		it('are boards of the people one chose, here and elsewhere, and nobody else sees them', async () => {
			const path = await make('Gardeners');
			await ben.write('xb-ben', 'branch');
			await carla.write('xb-carla', 'neighborhood');
			await ana.write('xb-mine', 'branch');
			await bed.settle();
			expect((await send(ana, `${path}/people`, { address: 'ben' })).status).to.equal(303);
			expect((await send(ana, `${path}/people`, { address: `@carla@${host('south')}` })).status).to.equal(
				303,
			);
			const { body } = await ana.get(path);
			expect(body).to.contain('xb-ben').and.to.contain('xb-carla').and.not.to.contain('xb-mine');
			expect((await ben.get(path)).status).to.equal(404);
			expect((await send(ben, `${path}/people`, { address: 'ben' })).status).to.equal(404);
			expect((await send(ben, `${path}/delete`, {})).status).to.equal(404);
			expect((await ben.get('/notices')).body).not.to.contain('ana');
			await send(ana, `${path}/people/remove`, { actor: await actor('ben') });
			expect((await ana.get(path)).body).not.to.contain('xb-ben');
		});

		it('that are exclusive take their people off the home board, and give them back', async () => {
			const path = await make('Loud', { exclusive: 'yes' });
			await send(ana, `${path}/people`, { address: 'ben' });
			await ben.write('xb-loud', 'branch');
			expect((await ana.get('/home')).body).not.to.contain('xb-loud');
			expect((await ana.get('/board/branch')).body).to.contain('xb-loud');
			expect((await ana.get(path)).body).to.contain('xb-loud');
			await send(ana, path, { name: 'Loud' });
			expect((await ana.get('/home')).body).to.contain('xb-loud');
			await send(ana, path, { name: 'Loud', exclusive: 'yes' });
			await send(ana, `${path}/delete`, {});
			expect((await ana.get('/home')).body).to.contain('xb-loud');
			expect(rows(bed, 'north', 'SELECT * FROM list_member')).to.deep.equal([]);
		});

		it('need a name, and people who are there', async () => {
			const wrong = await send(ana, '/lists', { name: '   ' });
			expect(wrong.status).to.equal(422);
			expect(wrong.body).to.contain('A list needs a name');
			const path = await make('A');
			const nobody = await send(ana, `${path}/people`, { address: 'nobody_here' });
			expect(nobody.status).to.equal(422);
			expect(nobody.body).to.contain('value="nobody_here"');
			expect((await send(ana, `${path}/people`, { address: '<b>' })).status).to.equal(422);
		});

		it('show only what one may read', async () => {
			const path = await make('A');
			await send(ana, `${path}/people`, { address: 'ben' });
			await ben.write('xb-followers', 'followers');
			expect((await ana.get(path)).body).not.to.contain('xb-followers');
		});
	});

	describe('filters', () => {
		const warn = (phrase: string, more: Record<string, string> = {}) =>
			send(ana, '/you/filters', { phrase, ...more });

		it('fold a post and say why; nothing is hidden, and for others nothing changes', async () => {
			expect((await warn('Election', { whole: 'yes' })).status).to.equal(303);
			const path = await ben.write('The ELECTION is near', 'branch');
			await ben.write('Reelections are not', 'branch');
			const { body } = await ana.get('/home');
			expect(body.split('You asked to be warned of: Election').length - 1).to.equal(1);
			expect(body).to.contain('The ELECTION is near');
			expect((await ana.get(path)).body).to.contain('You asked to be warned of');
			expect((await ben.get(path)).body).not.to.contain('warned of');
		});

		it('look into notes before a text too, and not into one’s own posts', async () => {
			await warn('spid');
			await send(ben, '/posts', { text: 'x', summary: 'Spiders', scope: 'branch' });
			expect((await ana.get('/home')).body).to.contain('warned of: spid');
			const mine = await ana.write('My spider', 'branch');
			expect((await bed.branch('north').browser().get(mine)).status).to.equal(404);
			expect((await ana.get('/home')).body.split('warned of: spid').length - 1).to.equal(1);
		});

		it('end when their time is over or one removes them', async () => {
			await warn('rain', { days: '1' });
			await ben.write('rain', 'branch');
			bed.clock.advance(25 * 3_600_000);
			expect((await ana.get('/home')).body).not.to.contain('warned of');
			await warn('snow');
			await ben.write('snow', 'branch');
			const [filter] = rows<{ id: number }>(bed, 'north', "SELECT id FROM filter WHERE phrase = 'snow'");
			await send(ben, '/you/filters/remove', { id: String(filter!.id) });
			expect((await ana.get('/home')).body).to.contain('warned of: snow');
			await send(ana, '/you/filters/remove', { id: String(filter!.id) });
			expect((await ana.get('/home')).body).not.to.contain('warned of: snow');
			expect((await warn('')).status).to.equal(422);
			expect((await warn('x', { days: '400' })).status).to.equal(422);
		});
	});

	describe('search', () => {
		const search = async (who: Browser, text: string) =>
			(await who.get(`/search?q=${encodeURIComponent(text)}`)).body;

		it('finds words whatever their case and accents, and their beginnings', async () => {
			await ben.write('Mañana: <b>plum</b> picking & cake', 'branch');
			for (const text of ['manana', 'MAÑANA', 'plum pick', 'cake mañ']) {
				expect(await search(ana, text), text).to.contain('picking &amp; cake');
			}
			for (const text of ['span', 'amp', 'plums', 'lum']) {
				expect(await search(ana, text), text).not.to.contain('picking &amp; cake');
			}
		});

		it('a word that fills a page is whole on every page; what others may read decides nothing of it', async () => {
			for (let n = 0; n < 24; n += 1) await ana.write(`xs-plum ${n}`, n < 10 ? 'followers' : 'branch');
			await ana.write('xs-plumtree', 'branch');
			const first = await search(ana, 'xs plum');
			expect(first).to.contain('xs-plum 23').and.not.to.contain('xs-plumtree');
			const [, older] = /href="(\/search\?q[^"]*before[^"]*)"/.exec(first)!;
			expect(older).to.contain('whole');
			const second = (await ana.get(older!.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='))).body;
			expect(second).to.contain('xs-plum 0').and.not.to.contain('xs-plum 23');
			// Ben may read fourteen of them, which fill no page.
			expect(await search(ben, 'xs plum'))
				.to.contain('xs-plumtree')
				.and.not.to.contain('xs-plum 9');
			expect(await search(ana, 'xs plumt')).to.contain('xs-plumtree');
		});

		it('finds only what one may read, and does not tell that there is more', async () => {
			await ben.write('xb-word one', 'branch');
			await ben.write('xb-word two for @dan', 'followers').catch(() => undefined);
			await ben.write('xb-word three', 'followers');
			await ben.write('xb-word four', 'public');
			await bed.settle();
			expect(await search(ana, 'word'))
				.to.contain('one')
				.and.to.contain('four')
				.and.not.to.contain('three');
			const there = await search(carla, 'word');
			expect(there).to.contain('four').and.not.to.contain('word one').and.not.to.contain('three');
			const nobody = await bed.branch('north').browser().get('/search?q=word');
			expect(nobody.status).to.be.oneOf([302, 303, 401]);
			expect(nobody.body).not.to.contain('xb-word');
			const secret = await search(ana, 'three');
			expect(secret).to.contain('Nothing you may read has these words.');
		});

		it('no longer finds what was changed or taken back, here and at a neighbor', async () => {
			const path = await ben.write('xb-first', 'neighborhood');
			await bed.settle();
			const id = path.split('/').at(-1)!;
			await send(ben, `/posts/${id}/edit`, { text: 'xb-second', language: 'en' });
			await bed.settle();
			for (const who of [ana, carla]) {
				expect(await search(who, 'first')).not.to.contain('xb-');
				expect(await search(who, 'second')).to.contain('xb-second');
			}
			await send(ben, `/posts/${id}/delete`, {});
			await bed.settle();
			for (const who of [ana, carla]) expect(await search(who, 'second')).to.contain('Nothing you may read');
		});

		it('takes whatever is typed as words', async () => {
			await ben.write('plum', 'branch');
			const wild = [
				'"',
				'*',
				'NEAR(plum',
				'plum OR',
				'-plum',
				'text:plum',
				"plum'; DROP TABLE post;--",
				'^',
				'()',
				'\\',
				'\0plum',
				'é'.repeat(1000),
			];
			for (const text of wild) {
				const { status } = await ana.get(`/search?q=${encodeURIComponent(text)}`);
				expect(status, text).to.equal(200);
			}
			expect(await search(ana, '"plum"')).to.contain('id="p');
			expect(await search(ana, '   ')).not.to.contain('Nothing you may read');
		});

		it('finds people of the branch by name and handle, and not those who keep away', async () => {
			expect(await search(ana, '@be')).to.contain('ben Person');
			await send(ben, '/away', { do: 'block', actor: await actor('ana') });
			expect(await search(ana, '@be')).not.to.contain('ben Person');
		});
	});
});
