import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf, signed } from './wire.ts';

for (const way of ['http', 'short'] as const) {
	describe(`moving an account (${way})`, () => {
		let bed: Bed;
		let ana: Browser;
		let ben: Browser;
		let carla: Browser;
		let anna: Browser;
		beforeEach(async () => {
			bed = await createBed(['north', 'south', 'west'], way);
			bed.befriend('north', 'south', 'west');
			await bed.settle();
			ana = await bed.branch('north').join('ana');
			ben = await bed.branch('north').join('ben');
			carla = await bed.branch('south').join('carla');
			anna = await bed.branch('west').join('anna');
		});
		afterEach(async () => {
			const { errors } = bed;
			await bed.close();
			expect(errors).to.deep.equal([]);
		});

		const host = (slug: string) => new URL(bed.branch(slug).origin).host;
		const at = (slug: string, handle: string) => `@${handle}@${host(slug)}`;
		async function follow(who: Browser, slug: string, handle: string) {
			await who.get(`/find?address=${at(slug, handle)}`);
			await who.get('/home');
			await who.post('/follows', { actor: await actorOf(bed, { slug, handle }) });
			await bed.settle();
		}
		async function say(who: Browser, path: string, address: string) {
			await who.get('/you/move');
			const answer = await who.post(path, { address });
			await bed.settle();
			await bed.settle();
			return answer;
		}
		const followed = (slug: string, follower: string) =>
			rows<{ followed: string; state: string }>(
				bed,
				slug,
				'SELECT followed, state FROM follow WHERE follower LIKE ?',
				`%${follower}`,
			);

		it('brings followers from here and from elsewhere along, once the new account says that the old one is its own', async () => {
			await follow(ben, 'north', 'ana');
			await follow(carla, 'north', 'ana');
			const early = await say(ana, '/you/move', at('west', 'anna'));
			expect(early.status).to.equal(422);
			expect(early.body)
				.to.contain('does not say yet that this one is yours')
				.and.to.contain(`value="${at('west', 'anna')}"`);
			expect((await say(anna, '/you/aliases', at('north', 'ana'))).status).to.equal(303);
			expect((await say(ana, '/you/move', at('west', 'anna'))).status).to.equal(303);
			const target = await actorOf(bed, { slug: 'west', handle: 'anna' });
			const bens = await actorOf(bed, { slug: 'north', handle: 'ben' });
			const carlas = await actorOf(bed, { slug: 'south', handle: 'carla' });
			expect(followed('north', bens)).to.deep.equal([{ followed: target, state: 'accepted' }]);
			expect(followed('south', carlas)).to.deep.equal([{ followed: target, state: 'accepted' }]);
			expect((await ben.get('/notices')).body).to.contain('You follow them there now');
			expect((await carla.get('/notices')).body).to.contain('You follow them there now');
			expect((await ben.get('/@ana')).body)
				.to.contain('has moved to')
				.and.to.contain(at('west', 'anna'));
			await anna.write('xv-from-the-new-place', 'neighborhood');
			await bed.settle();
			expect((await carla.get('/board/followed')).body).to.contain('xv-from-the-new-place');
			expect((await say(ana, '/you/move/stay', '')).status).to.equal(303);
			expect((await ben.get('/@ana')).body).not.to.contain('has moved to');
		});

		it('nobody moves somebody else’s followers to themselves', async () => {
			await follow(carla, 'north', 'ana');
			const actor = await actorOf(bed, { slug: 'north', handle: 'ana' });
			const target = await actorOf(bed, { slug: 'west', handle: 'anna' });
			const move = (signer: { slug: string; handle: string }, by: string, n: number) =>
				signed(bed, signer, 'POST', `${bed.branch('south').origin}/ap/inbox`, {
					'@context': 'https://www.w3.org/ns/activitystreams',
					id: `${by}#moves/${n}`,
					type: 'Move',
					actor: by,
					object: actor,
					target,
				});
			// By ana, to an account that says nothing of her.
			expect((await move({ slug: 'north', handle: 'ana' }, actor, 1)).status).to.equal(403);
			// By anna, of somebody else's account.
			expect((await move({ slug: 'west', handle: 'anna' }, target, 2)).status).to.equal(202);
			const carlas = await actorOf(bed, { slug: 'south', handle: 'carla' });
			expect(followed('south', carlas).map((one) => one.followed)).to.deep.equal([actor]);
		});

		it('an account that is not elsewhere, or not there, is told so beside the field', async () => {
			expect((await say(ana, '/you/aliases', '@ben')).body).to.contain('is of this branch');
			expect((await say(ana, '/you/aliases', 'not an address')).status).to.equal(422);
			expect((await say(ana, '/you/aliases', at('west', 'nobody'))).status).to.equal(422);
			await say(ana, '/you/aliases', at('west', 'anna'));
			expect((await ana.get('/you/move')).body).to.contain(at('west', 'anna'));
			await ana.post('/you/aliases/remove', { actor: await actorOf(bed, { slug: 'west', handle: 'anna' }) });
			expect(rows(bed, 'north', 'SELECT actor FROM alias')).to.deep.equal([]);
		});
	});
}
