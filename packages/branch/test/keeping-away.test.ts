import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, signed } from './wire.ts';

describe('keeping away', () => {
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

	const actor = (handle: string, slug = 'north') => actorOf(bed, { slug, handle });
	const host = (slug: string) => new URL(bed.branch(slug).origin).host;
	const away = async (who: Browser, what: string, other: string, more: Record<string, string> = {}) => {
		await who.get('/home');
		return who.post('/away', { do: what, actor: other, ...more });
	};
	const back = async (who: Browser, kind: string, object: string) => {
		await who.get('/you/away');
		return who.post('/away/end', { kind, object });
	};
	const follow = async (who: Browser, other: string) => {
		await who.get('/home');
		const answer = await who.post('/follows', { actor: other });
		await bed.settle();
		return answer;
	};
	const acquaint = () => ana.get(`/find?address=@carla@${host('south')}`);

	describe('by muting', () => {
		it('keeps somebody off one’s boards and notices, for the time that was chosen, and nobody is told', async () => {
			expect((await away(ana, 'mute', await actor('ben'), { days: '1' })).status).to.equal(303);
			const path = await ben.write('xk-muted @ana', 'branch');
			expect((await ana.get('/home')).body).not.to.contain('xk-muted');
			expect((await ana.get('/notices')).body).not.to.contain('named you');
			expect((await ana.get(path)).body).to.contain('xk-muted');
			expect((await ana.get('/you/away')).body)
				.to.contain('ben Person')
				.and.to.contain('until');
			expect((await ben.get('/notices')).body).not.to.contain('ana');
			bed.clock.advance(25 * 3_600_000);
			expect((await ana.get('/home')).body).to.contain('xk-muted');
		});

		it('ends when one says so; a time nobody offers is refused', async () => {
			await away(ana, 'mute', await actor('ben'));
			await ben.write('xk-later', 'branch');
			await back(ana, 'mute', await actor('ben'));
			expect((await ana.get('/home')).body).to.contain('xk-later');
			expect((await away(ana, 'mute', await actor('ben'), { days: '9999' })).status).to.equal(422);
		});
	});

	describe('by blocking', () => {
		it('holds both ways: neither reads, finds, follows, answers or stars the other', async () => {
			const hers = await ana.write('xk-hers', 'branch');
			const his = await ben.write('xk-his', 'public');
			await follow(ben, await actor('ana'));
			await away(ana, 'block', await actor('ben'));
			for (const [who, path, text, page] of [
				[ben, hers, 'xk-hers', '/@ana'],
				[ana, his, 'xk-his', null],
			] as const) {
				expect((await who.get(path)).status).to.equal(404);
				expect((await who.get('/home')).body).not.to.contain(text);
				if (page) expect((await who.get(page)).status).to.equal(404);
			}
			expect((await follow(ben, await actor('ana'))).status).to.equal(404);
			const id = hers.split('/').at(-1)!;
			expect((await ben.post(`/posts/${id}/star`, {})).status).to.equal(404);
			const answer = await ben.post('/posts', { text: 'x', scope: 'branch', reply_to: id });
			expect(answer.status).to.equal(404);
			expect(rows(bed, 'north', 'SELECT id FROM follow')).to.deep.equal([]);
			const mine = (await ana.get('/@ben')).body;
			expect(mine).to.contain('You block ben Person').and.not.to.contain('xk-his');
		});

		it('brings no notice of a post that names one, nor a message', async () => {
			await away(ana, 'block', await actor('ben'));
			await ben.write('hello @ana', 'branch');
			await ben.write('psst @ana', 'direct');
			expect(rows(bed, 'north', 'SELECT id FROM notice')).to.deep.equal([]);
			expect((await ana.get('/messages')).body).not.to.contain('psst');
		});

		it('hides what they say in conversations of others', async () => {
			const dan = await bed.branch('north').join('dan');
			const path = await dan.write('A question', 'branch');
			await ben.write('xk-answer', 'branch', path);
			await away(ana, 'block', await actor('ben'));
			expect((await ana.get(path)).body).not.to.contain('xk-answer');
			expect((await dan.get(path)).body).to.contain('xk-answer');
		});

		it('ends when one says so, without following again', async () => {
			await follow(ben, await actor('ana'));
			await away(ana, 'block', await actor('ben'));
			await away(ana, 'block', await actor('ben'));
			await back(ana, 'block', await actor('ben'));
			await back(ana, 'block', await actor('ben'));
			expect((await ben.get('/@ana')).status).to.equal(200);
			expect(rows(bed, 'north', 'SELECT id FROM follow')).to.deep.equal([]);
		});

		it('reaches somebody’s own server, which then keeps them apart too, and so does its end', async () => {
			await acquaint();
			const hers = await actor('carla', 'south');
			await follow(ana, hers);
			await away(ana, 'block', hers);
			await bed.settle();
			const there = () => rows(bed, 'south', 'SELECT kind, object FROM relation');
			expect(there()).to.deep.equal([{ kind: 'block', object: hers }]);
			expect(rows(bed, 'south', 'SELECT id FROM follow')).to.deep.equal([]);
			await ana.write('xk-from-north', 'public');
			await bed.settle();
			expect((await carla.get('/home')).body).not.to.contain('xk-from-north');
			await back(ana, 'block', hers);
			await bed.settle();
			expect(there()).to.deep.equal([]);
			expect((await carla.get('/home')).body).to.contain('xk-from-north');
		});

		it('a follow of somebody who is blocked is answered with no', async () => {
			await acquaint();
			await away(ana, 'block', await actor('carla', 'south'));
			await bed.settle();
			// Her server forgets, and asks.
			bed.branch('south').store.transact(
				(writing) =>
					void writing.run({
						toSQL: () => ({ toNative: () => ({ sql: 'DELETE FROM relation', bindings: [] }) }),
					}),
			);
			await carla.get(`/find?address=@ana@${host('north')}`);
			await follow(carla, await actor('ana'));
			expect(rows(bed, 'north', 'SELECT id FROM follow')).to.deep.equal([]);
			expect(rows(bed, 'south', 'SELECT id FROM follow')).to.deep.equal([]);
		});

		it('the branch itself cannot be blocked or muted', async () => {
			bed.grant('staff-1', 'north');
			const june = bed.branch('north').browser({ staff_id: 'staff-1' });
			await june.get('/staff/voice');
			await june.post('/staff/voice', { text: 'Closed on Monday', scope: 'branch' });
			const voice = `${bed.branch('north').origin}/ap/users/${rows<{ id: number }>(bed, 'north', "SELECT id FROM person WHERE kind = 'branch'")[0]!.id}`;
			for (const what of ['mute', 'block']) {
				const answer = await away(ana, what, voice);
				expect(answer.status).to.equal(403);
				expect(answer.body).to.contain('has to reach everybody here');
			}
			expect((await ana.get('/@north')).body).not.to.contain('See less of');
		});

		it('nobody ends the block of another, from elsewhere neither', async () => {
			await acquaint();
			const hers = await actor('carla', 'south');
			const inbox = `${bed.branch('north').origin}/ap/inbox`;
			const block = {
				'@context': 'https://www.w3.org/ns/activitystreams',
				id: `${hers}#blocks/1`,
				type: 'Block',
				actor: hers,
				object: await actor('ana'),
			};
			await bed.branch('south').join('eve');
			const by = (handle: string) => ({ slug: 'south', handle });
			expect((await signed(bed, by('carla'), 'POST', inbox, block)).status).to.equal(202);
			const eve = await actor('eve', 'south');
			const undo = { ...block, id: `${eve}#undo`, type: 'Undo', actor: eve, object: block };
			expect((await signed(bed, by('eve'), 'POST', inbox, undo)).status).to.be.within(400, 403);
			const twisted = { ...undo, object: { ...block, actor: eve } };
			await signed(bed, by('eve'), 'POST', inbox, twisted);
			expect(rows(bed, 'north', 'SELECT kind FROM relation')).to.deep.equal([{ kind: 'block' }]);
			await back(ana, 'block', hers);
			expect(rows(bed, 'north', 'SELECT kind FROM relation')).to.deep.equal([{ kind: 'block' }]);
			const path = await carla.write('xk-hers', 'public');
			await bed.settle();
			expect(uriOf(bed, 'south', path)).to.be.a('string');
			expect((await ana.get('/home')).body).not.to.contain('xk-hers');
			const third = {
				...block,
				id: `${hers}#blocks/2`,
				object: `${bed.branch('north').origin}/ap/users/999`,
			};
			expect((await signed(bed, by('carla'), 'POST', inbox, third)).status).to.equal(202);
			expect(rows(bed, 'north', 'SELECT id FROM relation')).to.have.length(1);
		});
	});

	it('a server can be hidden for oneself, and for nobody else', async () => {
		await acquaint();
		await away(ana, 'hide', await actor('carla', 'south'));
		await carla.write(`xk-there @ana@${host('north')}`, 'public');
		await bed.settle();
		expect((await ana.get('/home')).body).not.to.contain('xk-there');
		expect((await ana.get('/notices')).body).not.to.contain('named you');
		expect((await ben.get('/home')).body).to.contain('xk-there');
		expect((await ana.get('/you/away')).body).to.contain(host('south'));
		await back(ana, 'hide', bed.branch('south').origin);
		expect((await ana.get('/home')).body).to.contain('xk-there');
	});

	it('nobody keeps away from themselves, or from nobody', async () => {
		expect((await away(ana, 'block', await actor('ana'))).status).to.equal(404);
		expect((await away(ana, 'block', 'https://nobody.example/x')).status).to.equal(404);
		expect((await away(ana, 'eat', await actor('ben'))).status).to.equal(404);
		expect((await away(ana, 'hide', await actor('ben'))).status).to.equal(404);
	});
});
