import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Answer, Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, signed } from './wire.ts';

const WEEK = 7 * 24 * 60 * 60_000;
type Policy = 'everyone' | 'followers' | 'ask' | 'nobody';

for (const way of ['http', 'short'] as const) {
	describe(`quoting (${way})`, () => {
		let bed: Bed;
		let ana: Browser;
		let ben: Browser;
		let carla: Browser;
		beforeEach(async () => {
			bed = await createBed(['north', 'south', 'west', 'east'], way);
			bed.befriend('north', 'south', 'west');
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

		const idOf = (path: string) => path.split('/').at(-1)!;
		const settle = async () => {
			await bed.settle();
			await bed.settle();
		};
		async function choose(who: Browser, quotes: Policy, name = 'Ana'): Promise<void> {
			await who.get('/you');
			const answer = await who.post('/you', { name, summary: '', scope: 'branch', quotes });
			expect(answer.status, answer.body).to.equal(303);
		}
		async function quote(who: Browser, id: string, scope: string, text = 'xq-look'): Promise<Answer> {
			await who.get('/home');
			return who.post('/posts', { text, scope, quote: id });
		}
		async function quoted(who: Browser, id: string, scope: string, text = 'xq-look'): Promise<string> {
			const answer = await quote(who, id, scope, text);
			expect(answer.status, answer.body).to.equal(303);
			return answer.headers.location!;
		}
		function copyOf(path: string, at: string, from = 'north'): string | null {
			const uri = uriOf(bed, from, path);
			const [copy] = rows<{ id: number }>(bed, at, 'SELECT id FROM post WHERE uri = ?', uri);
			return copy ? String(copy.id) : null;
		}
		const stateAt = (slug: string) =>
			rows<{ state: string; stamp: string | null }>(
				bed,
				slug,
				'SELECT state, stamp FROM quote ORDER BY post',
			);
		const pageAt = (slug: string, handle: string, id: string) =>
			`/@${handle}@${new URL(bed.branch(slug).origin).host}/${id}`;
		const card = (body: string) => /<blockquote class="quoted"[\s\S]*?<\/blockquote>/.exec(body)?.[0] ?? '';

		it('a follower is let at once, others ask first, and whoever is quoted is told', async () => {
			const post = await ana.write('xq-plums are ripe', 'branch');
			const page = await ben.get(`/posts/${idOf(post)}/quote`);
			expect(page.status).to.equal(200);
			expect(card(page.body)).to.contain('xq-plums are ripe');
			expect(page.body).to.contain('is asked first').and.not.to.contain('value="public"');
			const path = await quoted(ben, idOf(post), 'branch');
			expect((await ben.get(path)).body).to.contain('Waiting for ana Person to agree');
			const cyd = await bed.branch('north').join('cyd');
			expect((await cyd.get(path)).body)
				.to.contain('has not agreed')
				.and.not.to.contain('xq-plums');
			expect((await ana.get('/notices')).body).to.contain('ben Person asks to quote you.');
			const asking = await ana.get('/you/quotes');
			expect(asking.body).to.contain('xq-look').and.to.contain('Yes, it may be quoted');
			expect((await ana.post(`/posts/${idOf(path)}/quote/answer`, { yes: 'yes' })).status).to.equal(303);
			expect(card((await cyd.get(path)).body)).to.contain('xq-plums are ripe');
			expect((await cyd.get(post)).body).to.contain('ben Person quoted it');
			expect((await cyd.get(`/posts/${idOf(post)}/quotes`)).body).to.contain('xq-look');
			await cyd.get('/home');
			await cyd.post('/follows', { actor: await actorOf(bed, { slug: 'north', handle: 'ana' }) });
			const second = await quoted(cyd, idOf(post), 'branch', 'xq-again');
			expect(card((await ben.get(second)).body)).to.contain('xq-plums are ripe');
			expect((await ana.get('/notices')).body).to.contain('cyd Person quoted you.');
			expect(bed.sent.filter(({ body }) => body.includes('xq-'))).to.deep.equal([]);
		});

		it('a no is said in words, and a yes that is taken back is no yes any more', async () => {
			const post = await ana.write('xq-plums', 'branch');
			const refused = await quoted(ben, idOf(post), 'branch');
			await ana.get('/you/quotes');
			await ana.post(`/posts/${idOf(refused)}/quote/answer`, { yes: 'no' });
			expect((await ben.get(refused)).body).to.contain(
				'ana Person said no to being quoted here. Others read your words',
			);
			expect((await ana.get(refused)).body).to.contain('said no to being quoted here.<');
			await ana.get('/home');
			expect((await ana.post(`/posts/${idOf(refused)}/quote/answer`, { yes: 'yes' })).status).to.equal(409);
			await choose(ana, 'everyone');
			const agreed = await quoted(ben, idOf(post), 'branch', 'xq-second');
			expect(card((await ben.get(agreed)).body)).to.contain('xq-plums');
			await ana.get(agreed);
			expect((await ben.post(`/posts/${idOf(agreed)}/quote/back`, {})).status).to.equal(404);
			expect((await ana.post(`/posts/${idOf(agreed)}/quote/back`, {})).status).to.equal(303);
			const shown = (await ben.get(agreed)).body;
			expect(shown).to.contain('does not agree any more').and.not.to.contain('xq-plums');
			await choose(ana, 'nobody');
			expect((await ben.get(post)).body).not.to.contain(`/posts/${idOf(post)}/quote"`);
			const never = await quote(ben, idOf(post), 'branch', 'xq-third');
			expect(never.status).to.equal(422);
			expect(never.body).to.contain('does not let it be quoted').and.to.contain('xq-third');
			expect(card((await ana.get(await quoted(ana, idOf(post), 'branch', 'xq-own'))).body)).to.contain(
				'xq-plums',
			);
		});

		it('is never for more people than what is quoted, and comes back with what was typed', async () => {
			await choose(ana, 'everyone');
			for (const [scope, wider] of [
				['branch', ['neighborhood', 'public', 'followers']],
				['neighborhood', ['public', 'followers']],
			] as const) {
				const post = await ana.write(`xq-${scope}`, scope);
				for (const far of wider) {
					const answer = await quote(ben, idOf(post), far, 'xq-typed');
					expect(answer.status).to.equal(422);
					expect(answer.body).to.contain('cannot go farther').and.to.contain('xq-typed');
				}
				await quoted(ben, idOf(post), scope);
			}
			const between = await ana.write('xq-private @ben', 'direct');
			expect((await quote(ben, idOf(between), 'direct', '@ana xq-no')).status).to.equal(422);
			const circle = await ana.write('xq-followers', 'followers');
			expect((await quote(ben, idOf(circle), 'branch')).status).to.equal(404);
			expect(rows(bed, 'north', 'SELECT post FROM quote')).to.have.length(2);
		});

		it('the preview shows how it will look and keeps nothing', async () => {
			const post = await ana.write('xq-plums', 'public');
			await ben.get('/home');
			const preview = await ben.post('/posts', {
				text: 'xq-look',
				scope: 'public',
				quote: idOf(post),
				do: 'preview',
			});
			expect(preview.status).to.equal(200);
			expect(card(preview.body)).to.contain('xq-plums');
			expect(preview.body)
				.to.contain('ana Person is asked first')
				.and.to.contain(`name="quote" value="${idOf(post)}"`);
			expect(rows(bed, 'north', 'SELECT post FROM quote')).to.deep.equal([]);
		});

		it('a neighbor asks the author’s branch, is let, and everybody can look the yes up', async () => {
			await choose(ana, 'everyone');
			await bed.branch('west').join('wim');
			const post = await ana.write('xq-plums', 'neighborhood');
			await settle();
			const path = await quoted(carla, copyOf(post, 'south')!, 'neighborhood');
			await settle();
			await settle();
			expect(card((await carla.get(path)).body)).to.contain('xq-plums');
			expect((await ana.get('/notices')).body).to.contain('carla Person quoted you.');
			const here = copyOf(path, 'north', 'south')!;
			expect(card((await ben.get(pageAt('south', 'carla', here))).body)).to.contain('xq-plums');
			const west = await bed.branch('west').join('wyn');
			const there = copyOf(path, 'west', 'south')!;
			expect(card((await west.get(pageAt('south', 'carla', there))).body)).to.contain('xq-plums');
			for (const slug of ['north', 'south', 'west']) {
				expect(
					stateAt(slug).map(({ state }) => state),
					slug,
				).to.deep.equal(['agreed']);
			}
			const { stamp } = stateAt('south')[0]!;
			expect(stamp).to.match(/^http:\/\/north.*\/quote_authorizations\/[0-9a-f-]{36}$/);
			const seen = async (slug: string) => (await signed(bed, { slug, handle: null }, 'GET', stamp!)).status;
			expect([await seen('west'), await seen('east')]).to.deep.equal([200, 404]);
			// Nothing that leaves holds the quoted words but the quoted post itself.
			const quotes = bed.sent.filter(({ body }) => body.includes('xq-look') || body.includes('QuoteRe'));
			expect(quotes.every(({ body }) => !body.includes('xq-plums'))).to.equal(true);
		});

		it('a yes that is taken back reaches whoever holds the quote', async () => {
			await choose(ana, 'everyone');
			const post = await ana.write('xq-plums', 'neighborhood');
			await settle();
			const path = await quoted(carla, copyOf(post, 'south')!, 'neighborhood');
			await settle();
			await settle();
			const here = copyOf(path, 'north', 'south')!;
			await ana.get('/you/quotes');
			expect((await ana.post(`/posts/${here}/quote/back`, {})).status).to.equal(303);
			await settle();
			for (const slug of ['north', 'south', 'west']) {
				expect(
					stateAt(slug).map(({ state }) => state),
					slug,
				).to.deep.equal(['taken_back']);
			}
			expect((await carla.get(path)).body)
				.to.contain('does not agree any more')
				.and.not.to.contain('xq-plums');
			const { stamp } = stateAt('south')[0]!;
			expect((await signed(bed, { slug: 'west', handle: null }, 'GET', stamp!)).status).to.equal(404);
		});

		it('somebody elsewhere waits for an answer by hand, and gets it', async () => {
			await choose(ana, 'ask');
			const post = await ana.write('xq-plums', 'neighborhood');
			await settle();
			const yes = await quoted(carla, copyOf(post, 'south')!, 'neighborhood', 'xq-one');
			const no = await quoted(carla, copyOf(post, 'south')!, 'neighborhood', 'xq-two');
			await settle();
			expect(stateAt('south').map(({ state }) => state)).to.deep.equal(['asked', 'asked']);
			expect((await ana.get('/notices')).body).to.contain('carla Person asks to quote you.');
			const page = (await ana.get('/you/quotes')).body;
			expect(page).to.contain('xq-one').and.to.contain('xq-two');
			await ana.post(`/posts/${copyOf(yes, 'north', 'south')}/quote/answer`, { yes: 'yes' });
			await ana.get('/you/quotes');
			await ana.post(`/posts/${copyOf(no, 'north', 'south')}/quote/answer`, { yes: 'no' });
			await settle();
			await settle();
			for (const slug of ['north', 'south']) {
				expect(
					stateAt(slug).map(({ state }) => state),
					slug,
				).to.have.members(['agreed', 'refused']);
			}
			expect(stateAt('west').map(({ state }) => state)).to.have.members(['agreed', 'gone']);
			expect((await carla.get(no)).body).to.contain('said no to being quoted here.');
		});

		it('an edit keeps the quote, and a change of the quoted post is said', async () => {
			await choose(ana, 'everyone');
			const post = await ana.write('xq-plums', 'neighborhood');
			await settle();
			const path = await quoted(carla, copyOf(post, 'south')!, 'neighborhood');
			await settle();
			bed.clock.advance(60_000);
			await carla.get(`/posts/${idOf(path)}/edit`);
			await carla.post(`/posts/${idOf(path)}/edit`, { text: 'xq-edited', language: 'en' });
			await ana.get(`/posts/${idOf(post)}/edit`);
			await ana.post(`/posts/${idOf(post)}/edit`, { text: 'xq-plums and pears', language: 'en' });
			await settle();
			const here = copyOf(path, 'north', 'south')!;
			const shown = (await ben.get(pageAt('south', 'carla', here))).body;
			expect(shown).to.contain('xq-edited');
			expect(card(shown))
				.to.contain('xq-plums and pears')
				.and.to.contain('It was changed since it was quoted.');
			expect(card((await carla.get(path)).body)).to.contain('pears');
			// That somebody agreed is no change of words.
			const before = rows<{ content_html: string }>(bed, 'north', 'SELECT content_html FROM post_version');
			expect(before.filter(({ content_html }) => content_html.includes('xq-look'))).to.have.length(1);
		});

		it('what was taken back is quoted no more, and blocking somebody takes back what they were let', async () => {
			await choose(ana, 'everyone');
			const gone = await ana.write('xq-gone', 'neighborhood');
			const kept = await ana.write('xq-kept', 'neighborhood');
			await settle();
			const first = await quoted(carla, copyOf(gone, 'south')!, 'neighborhood');
			const second = await quoted(carla, copyOf(kept, 'south')!, 'neighborhood');
			const third = await quoted(ben, idOf(kept), 'branch');
			await settle();
			await ana.get('/home');
			await ana.post(`/posts/${idOf(gone)}/delete`, {});
			await settle();
			expect((await carla.get(first)).body).to.contain('This quoted a post that was taken back.');
			const carlas = await actorOf(bed, { slug: 'south', handle: 'carla' });
			await ana.get('/home');
			await ana.post('/away', { actor: carlas, do: 'block' });
			await settle();
			const body = (await carla.get(second)).body;
			expect(body).not.to.contain('xq-kept');
			const [, state] = stateAt('south');
			expect(state!.state).to.equal('taken_back');
			expect(card((await ben.get(third)).body)).to.contain('xq-kept');
			expect((await quote(carla, copyOf(kept, 'south')!, 'neighborhood')).status).to.equal(404);
		});

		it('the reader of a quote who keeps apart from the quoted, or muted them, does not read them there', async () => {
			await choose(ana, 'everyone');
			const post = await ana.write('xq-plums', 'branch');
			const path = await quoted(ben, idOf(post), 'branch');
			const cyd = await bed.branch('north').join('cyd');
			const actor = await actorOf(bed, { slug: 'north', handle: 'ana' });
			await cyd.get('/home');
			await cyd.post('/away', { actor, do: 'mute', days: '0' });
			expect((await cyd.get(path)).body)
				.to.contain('whom you muted')
				.and.not.to.contain('xq-plums');
			await cyd.post('/away', { actor, do: 'block' });
			expect((await cyd.get(path)).body)
				.to.contain('a post that you cannot see')
				.and.not.to.contain('xq-plums');
		});

		it('a yes that was seen long ago is looked up again when somebody reads the quote', async () => {
			await choose(ana, 'everyone');
			const post = await ana.write('xq-plums', 'neighborhood');
			await settle();
			await quoted(carla, copyOf(post, 'south')!, 'neighborhood');
			await settle();
			await settle();
			const copy = rows<{ id: number; uri: string }>(
				bed,
				'west',
				"SELECT id, uri FROM post WHERE content_html LIKE '%xq-look%'",
			)[0]!;
			const west = await bed.branch('west').join('wim');
			// Somebody took the yes back, and the word of it was lost.
			bed.branch('north').store.transact((writing) => {
				writing.run({
					toSQL: () => ({ toNative: () => ({ sql: "UPDATE quote SET state = 'taken_back'", bindings: [] }) }),
				});
			});
			const page = pageAt('south', 'carla', String(copy.id));
			await west.get(page);
			await settle();
			expect(stateAt('west')[0]!.state).to.equal('agreed');
			bed.clock.advance(WEEK + 1);
			const again = await bed.branch('west').join('wyn');
			await again.get(page);
			await settle();
			expect(stateAt('west')[0]!.state).to.equal('taken_back');
		});
	});
}
