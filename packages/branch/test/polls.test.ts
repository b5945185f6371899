import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, createNote, PUBLIC, signed } from './wire.ts';

const HOUR = 60 * 60_000;
const LUNCH = { choice_1: 'Soup', choice_2: 'Salad', choice_3: 'Pie', poll_hours: '24' };

for (const way of ['http', 'short'] as const) {
	describe(`questions people ask (${way})`, () => {
		let bed: Bed;
		let ana: Browser;
		let ben: Browser;
		let carla: Browser;
		beforeEach(async () => {
			bed = await createBed(['north', 'south', 'east'], way);
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

		async function ask(form: Record<string, string> = {}): Promise<string> {
			const answer = await ana.post('/posts', {
				text: 'What shall we cook?',
				scope: 'neighborhood',
				...LUNCH,
				...form,
			});
			expect(answer.status, answer.body).to.equal(303);
			return answer.headers.location!;
		}
		const idOf = (path: string) => path.split('/').at(-1)!;
		const counts = (slug: string) =>
			rows<{ name: string; votes: number }>(bed, slug, 'SELECT name, votes FROM poll_choice ORDER BY n').map(
				({ votes }) => votes,
			);
		async function choose(who: Browser, id: string, form: Record<string, string>) {
			await who.get('/home');
			return who.post(`/posts/${id}/choose`, form);
		}
		async function copyAtSouth(path: string): Promise<string> {
			await bed.settle();
			const uri = uriOf(bed, 'north', path);
			return String(rows<{ id: number }>(bed, 'south', 'SELECT id FROM post WHERE uri = ?', uri)[0]!.id);
		}
		async function later(milliseconds: number): Promise<void> {
			bed.clock.advance(milliseconds);
			await bed.settle();
			await bed.settle();
		}

		it('is answered once, and then shows how it stands', async () => {
			const path = await ask();
			expect((await ben.get(path)).body)
				.to.contain('Choose one')
				.and.to.contain('Salad');
			expect((await choose(ben, idOf(path), { choice: '1' })).status).to.equal(303);
			const shown = (await ben.get(path)).body;
			expect(shown)
				.to.contain('<progress')
				.and.to.contain('One person answered.')
				.and.to.contain('Your choice:');
			const again = await choose(ben, idOf(path), { choice: '0' });
			expect(again.status).to.equal(409);
			expect(again.body).to.contain('You have chosen already');
		});

		it('travels with its scope, takes answers from a neighbor, and tells everybody how it ended', async () => {
			const path = await ask();
			await choose(ben, idOf(path), { choice: '1' });
			const copy = await copyAtSouth(path);
			expect((await carla.get('/home')).body).to.contain('Pie');
			expect((await choose(carla, copy, { choice: '2' })).status).to.equal(303);
			await later(61_000);
			await later(61_000);
			expect(counts('south')).to.deep.equal([0, 1, 1]);
			expect((await carla.get('/home')).body).to.contain('2 people answered.');
			await later(25 * HOUR);
			expect(counts('north')).to.deep.equal([0, 1, 1]);
			for (const slug of ['north', 'south']) expect(rows(bed, slug, 'SELECT id FROM vote')).to.deep.equal([]);
			for (const who of [ana, ben, carla]) {
				expect((await who.get('/notices')).body).to.contain('is over. See how people answered');
			}
			expect((await ben.get(path)).body).to.contain('This question is over.');
			expect((await choose(ana, idOf(path), { choice: '0' })).status).to.equal(409);
			// Votes are no change of words.
			expect((await carla.get('/home')).body).not.to.contain('/history');
		});

		it('an answer without a choice is told so, and nothing is counted', async () => {
			const path = await ask();
			for (const form of [{}, { choice: '9' }, { choice: 'x' }, { c0: 'yes', c1: 'yes' }] as Record<
				string,
				string
			>[]) {
				const answer = await choose(ben, idOf(path), form);
				expect(answer.status).to.equal(409);
				expect(answer.body).to.contain('Nothing was chosen');
			}
			expect(rows(bed, 'north', 'SELECT id FROM vote')).to.deep.equal([]);
		});

		it('with more than one choice takes several at once', async () => {
			const path = await ask({ poll_many: 'yes' });
			await choose(ben, idOf(path), { c0: 'yes', c2: 'yes' });
			const copy = await copyAtSouth(path);
			await choose(carla, copy, { c2: 'yes', c1: 'yes' });
			await bed.settle();
			await later(25 * HOUR);
			expect(counts('north')).to.deep.equal([1, 1, 2]);
			expect((await ana.get(path)).body).to.contain('2 people answered.');
		});

		it('that lacks something comes back with what was typed', async () => {
			await ana.get('/home');
			const few = await ana.post('/posts', {
				text: 'Which?',
				scope: 'branch',
				choice_1: 'Only one',
				poll_hours: '24',
			});
			expect(few.status).to.equal(422);
			expect(few.body).to.contain('at least two things').and.to.contain('value="Only one"');
			const same = await ana.post('/posts', { text: 'Which?', scope: 'branch', ...LUNCH, choice_3: 'soup' });
			expect(same.body).to.contain('Two choices say the same');
			const never = await ana.post('/posts', {
				text: 'Which?',
				scope: 'branch',
				...LUNCH,
				poll_hours: '9999',
			});
			expect(never.body).to.contain('choose a time from the list');
			expect(rows(bed, 'north', 'SELECT id FROM post')).to.deep.equal([]);
			const preview = await ana.post('/posts', { text: 'Which?', scope: 'branch', ...LUNCH, do: 'preview' });
			expect(preview.status).to.equal(200);
			expect(preview.body).to.contain('0 votes').and.to.contain('value="Pie"');
		});

		it('is closed to whoever may not read it, and a vote counts once however often it comes', async () => {
			const path = await ask({ scope: 'branch' });
			expect((await choose(carla, idOf(path), { choice: '1' })).status).to.equal(404);
			const eve = { slug: 'east', handle: 'eve' };
			await bed.branch('east').join('eve');
			const open = await ask({ scope: 'public' });
			const target = uriOf(bed, 'north', open);
			const vote = async (
				signer: { slug: string; handle: string },
				id: string,
				poll: string,
				name: string,
			) => {
				const actor = await actorOf(bed, signer);
				const document = {
					...(await createNote(bed, signer, { id, to: [PUBLIC], content: '' })),
					object: {
						id: `${actor}#votes/${id}`,
						type: 'Note',
						name,
						attributedTo: actor,
						inReplyTo: poll,
						to: [await actorOf(bed, { slug: 'north', handle: 'ana' })],
					},
				};
				return (await signed(bed, signer, 'POST', `${bed.branch('north').origin}/ap/inbox`, document)).status;
			};
			expect(await vote(eve, '1', uriOf(bed, 'north', path), 'Soup')).to.equal(202);
			expect(await vote(eve, '2', target, 'Nothing of this')).to.equal(202);
			expect(await vote(eve, '3', target, 'Soup')).to.equal(202);
			expect(await vote(eve, '3', target, 'Soup')).to.equal(202);
			expect(await vote(eve, '4', target, 'Pie')).to.equal(202);
			const votes = rows<{ post: number; choice: number }>(bed, 'north', 'SELECT post, choice FROM vote');
			expect(votes).to.deep.equal([{ post: Number(idOf(open)), choice: 0 }]);
		});
	});
}
