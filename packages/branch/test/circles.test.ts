import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, createNote, signed } from './wire.ts';

describe('circles of people', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let dan: Browser;
	let carla: Browser;
	let eve: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		dan = await bed.branch('north').join('dan');
		carla = await bed.branch('south').join('carla');
		eve = await bed.branch('south').join('eve');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const actor = (handle: string, slug = 'north') => actorOf(bed, { slug, handle });
	const hostOf = (slug: string) => new URL(bed.branch(slug).origin).host;
	const follow = async (who: Browser, slug: string, handle: string, at = 'north') => {
		await who.get(`/find?address=@${handle}@${hostOf(slug)}`);
		await who.get('/home');
		await who.post('/follows', { actor: await actor(handle, slug) });
		await bed.settle();
		return at;
	};
	const copies = (slug: string, path: string, from = 'north') =>
		rows<{ id: number; scope: string }>(
			bed,
			slug,
			'SELECT id, scope FROM post WHERE uri = ?',
			uriOf(bed, from, path),
		);
	const send = async (who: Browser, form: Record<string, string>) => {
		await who.get('/home');
		return who.post('/posts', form);
	};

	describe('followers', () => {
		it('read what is for them, at this branch and elsewhere, and nobody else does', async () => {
			await follow(ben, 'north', 'ana');
			await follow(carla, 'north', 'ana', 'south');
			const path = await ana.write('xc-followers-word', 'followers');
			await bed.settle();
			expect((await ben.get(path)).body)
				.to.contain('xc-followers-word')
				.and.to.contain('The people who follow ana');
			expect((await dan.get(path)).status).to.equal(404);
			expect((await bed.branch('north').browser().get(path)).status).to.equal(404);
			expect(copies('south', path)).to.deep.include.members([
				{ ...copies('south', path)[0]!, scope: 'followers' },
			]);
			expect((await carla.get('/home')).body).to.contain('xc-followers-word');
			expect((await eve.get('/home')).body).not.to.contain('xc-followers-word');
		});

		it('are sent to servers where somebody follows, and to no other', async () => {
			const path = await ana.write('xc-nobody-follows', 'followers');
			await bed.settle();
			expect(copies('south', path)).to.deep.equal([]);
			expect(bed.sent.some(({ body }) => body.includes('xc-nobody-follows'))).to.equal(false);
		});

		it('who does not follow cannot be named to them, and the text stays', async () => {
			const answer = await send(ana, { text: 'hello @ben', scope: 'followers' });
			expect(answer.status).to.equal(422);
			expect(answer.body).to.contain('does not follow you').and.to.contain('hello @ben');
		});

		it('answer among themselves, and whoever is answered reads it', async () => {
			await follow(ben, 'north', 'ana');
			await follow(dan, 'north', 'ana');
			const path = await ana.write('For my followers', 'followers');
			const answer = await ben.write('xc-answer', 'followers', path);
			expect((await ana.get(answer)).body).to.contain('xc-answer');
			expect((await dan.get(answer)).body).to.contain('xc-answer');
			expect((await ben.write('xc-closer', 'direct', path)).length).to.be.greaterThan(0);
			expect(
				(await send(ben, { text: 'x', scope: 'branch', reply_to: path.split('/').at(-1)! })).status,
			).to.equal(422);
		});

		it('from elsewhere that names somebody who does not follow is kept for those it names', async () => {
			const carlaId = await actor('carla', 'south');
			const note = await createNote(
				bed,
				{ slug: 'south', handle: 'carla' },
				{
					id: 'c1',
					to: [`${carlaId}/followers`, await actor('ana')],
					content: 'xc-both',
				},
			);
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			expect((await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, note)).status).to.equal(
				202,
			);
			expect(rows(bed, 'north', 'SELECT scope FROM post')).to.deep.equal([{ scope: 'direct' }]);
			expect((await ana.get('/messages')).body).to.contain('xc-both');
			expect((await ben.get('/messages')).body).not.to.contain('xc-both');
			expect((await ben.get('/home')).body).not.to.contain('xc-both');
		});
	});

	describe('messages', () => {
		it('are for those who are named and whoever wrote, with a notice, and on no board', async () => {
			const path = await ana.write('xc-secret for @ben', 'direct');
			expect((await ben.get(path)).body)
				.to.contain('xc-secret')
				.and.to.contain('Only you and ana Person');
			expect((await ben.get('/notices')).body).to.contain('ana Person wrote to you.');
			expect((await ben.get('/messages')).body).to.contain('xc-secret');
			expect((await ana.get('/messages')).body).to.contain('xc-secret');
			expect((await ben.get('/home')).body).not.to.contain('xc-secret');
			expect((await dan.get(path)).status).to.equal(404);
			expect((await dan.get('/messages')).body).not.to.contain('xc-secret');
			bed.grant('staff-1', 'north');
			const host = bed.branch('north').browser({ staff_id: 'staff-1' });
			expect((await host.get('/staff')).body).not.to.contain('xc-secret');
			await bed.settle();
			expect(bed.sent.some(({ body }) => body.includes('xc-secret'))).to.equal(false);
		});

		it('need somebody they are for', async () => {
			const answer = await send(ana, { text: 'to @nobody_here', scope: 'direct' });
			expect(answer.status).to.equal(422);
			expect(answer.body).to.contain('Name at least one person').and.to.contain('to @nobody_here');
		});

		it('go to a neighbor and back as one conversation, and only to those in it', async () => {
			const path = await ana.write(`xc-over for @carla@${hostOf('south')}`, 'direct');
			await bed.settle();
			expect((await carla.get('/notices')).body).to.contain('ana Person wrote to you.');
			expect((await eve.get('/messages')).body).not.to.contain('xc-over');
			const [copy] = copies('south', path);
			expect(copy!.scope).to.equal('direct');
			await carla.write('xc-back', 'direct', `/x/${copy!.id}`);
			await bed.settle();
			const page = (await ana.get(path)).body;
			expect(page).to.contain('xc-back').and.to.contain('xc-over');
			expect((await ben.get('/messages')).body).not.to.contain('xc-back');
			const sent = bed.sent.filter(({ body }) => body.includes('xc-over') && body.includes('"Create"'));
			expect(sent.every(({ body }) => !body.includes('#Public') && !body.includes('/followers"]'))).to.equal(
				true,
			);
		});

		it('stay among those in a conversation: whoever is named later is not let in, and is told of nothing', async () => {
			const path = await ana.write('xc-first for @ben', 'direct');
			const answer = await send(ben, {
				text: 'look, @dan',
				scope: 'direct',
				reply_to: path.split('/').at(-1)!,
			});
			expect(answer.status).to.equal(422);
			expect(answer.body).to.contain('does not get this post');
			expect((await dan.get('/notices')).body).not.to.contain('wrote to you');
		});

		it('answer a branch post to its author alone, and leave for nowhere', async () => {
			const path = await ana.write('Everybody here', 'branch');
			const answer = await ben.write('xc-aside', 'direct', path);
			expect((await ana.get(answer)).body).to.contain('xc-aside');
			expect((await dan.get(answer)).status).to.equal(404);
			expect((await dan.get(path)).body).not.to.contain('xc-aside');
		});

		it('of somebody else are not answered, starred or kept by guessing their number', async () => {
			const path = await ana.write('for @ben', 'direct');
			const id = path.split('/').at(-1)!;
			await dan.get('/home');
			for (const what of ['star', 'keep', 'share']) {
				expect((await dan.post(`/posts/${id}/${what}`, {})).status, what).to.equal(404);
			}
			expect((await send(dan, { text: 'x', scope: 'direct', reply_to: id })).status).to.equal(404);
			expect((await send(dan, { text: 'x', scope: 'direct', reply_to: id })).body).not.to.contain('for @ben');
		});

		it('reach a teen only from those they follow, and when they wrote first', async () => {
			const tia = await bed.branch('north').join('tia', { age_band: 'teen' });
			const refused = await send(ana, { text: 'hi @tia', scope: 'direct' });
			expect(refused.status).to.equal(422);
			expect(refused.body).to.contain('gets messages only from people they follow');
			const first = await tia.write('a question for @ana', 'direct');
			await ana.write('an answer', 'direct', first);
			expect((await tia.get(first)).body).to.contain('an answer');
			await follow(tia, 'north', 'ben');
			await ben.write('hello @tia', 'direct');
			expect((await tia.get('/messages')).body).to.contain('hello');
		});

		it('from elsewhere to a teen who does not follow are dropped without a trace', async () => {
			await bed.branch('north').join('tia', { age_band: 'teen' });
			const note = await createNote(
				bed,
				{ slug: 'south', handle: 'carla' },
				{
					id: 'c2',
					to: [await actor('tia')],
					content: 'xc-stranger',
				},
			);
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			expect((await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, note)).status).to.equal(
				202,
			);
			expect(rows(bed, 'north', 'SELECT id FROM post')).to.deep.equal([]);
			expect(rows(bed, 'north', 'SELECT id FROM notice')).to.deep.equal([]);
		});

		it('from a server that is no neighbor and nobody follows are not kept', async () => {
			await bed.branch('east').join('zoe');
			const note = await createNote(
				bed,
				{ slug: 'east', handle: 'zoe' },
				{
					id: 'c3',
					to: [await actor('ana')],
					content: 'xc-spam',
				},
			);
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			await signed(bed, { slug: 'east', handle: 'zoe' }, 'POST', inbox, note);
			expect(rows(bed, 'north', 'SELECT id FROM post')).to.deep.equal([]);
		});

		it('that are changed stay for the same people', async () => {
			const path = await ana.write('xc-before for @ben', 'direct');
			await ana.get('/home');
			const id = path.split('/').at(-1)!;
			expect(
				(await ana.post(`/posts/${id}/edit`, { text: 'xc-after, no name', language: 'en' })).status,
			).to.equal(303);
			expect((await ben.get(path)).body)
				.to.contain('xc-after')
				.and.to.contain('Only you and');
			const mentions = rows<{ mentions: string }>(bed, 'north', 'SELECT mentions FROM post');
			expect(mentions[0]!.mentions).to.contain('"ben"');
		});
	});
});
