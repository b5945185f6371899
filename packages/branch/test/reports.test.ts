import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows, uriOf } from './look.ts';
import { actorOf, signed } from './wire.ts';

for (const way of ['http', 'short'] as const) {
	describe(`asking a host to look (${way})`, () => {
		let bed: Bed;
		let ana: Browser;
		let ben: Browser;
		let carla: Browser;
		let host: Browser;
		let southHost: Browser;
		beforeEach(async () => {
			bed = await createBed(['north', 'south'], way);
			bed.befriend('north', 'south');
			bed.grant('staff-june', 'north');
			bed.grant('staff-sam', 'south');
			await bed.settle();
			ana = await bed.branch('north').join('ana');
			ben = await bed.branch('north').join('ben');
			carla = await bed.branch('south').join('carla');
			host = bed.branch('north').browser({ staff_id: 'staff-june' });
			southHost = bed.branch('south').browser({ staff_id: 'staff-sam' });
		});
		afterEach(async () => {
			const { errors } = bed;
			await bed.close();
			expect(errors).to.deep.equal([]);
		});

		const idOf = (path: string) => path.split('/').at(-1)!;
		async function ask(who: Browser, id: string, form: Record<string, string>) {
			await who.get(`/posts/${id}/report`);
			const answer = await who.post(`/posts/${id}/report`, form);
			await bed.settle();
			return answer;
		}

		/** The page of the matter that stands at this place of a host's queue. */
		async function matter(who: Browser, place = 0) {
			const found = [...(await who.get('/staff/reports')).body.matchAll(/href="(\/staff\/reports\/\d+)"/g)];
			return who.get(found[place]![1]!);
		}

		it('a host sees who asks and why; nothing is hidden by it, and the author is told nothing', async () => {
			const path = await ana.write('xr-cheap watches', 'branch');
			expect((await ben.get(path)).body).to.contain(`/posts/${idOf(path)}/report`);
			expect((await ana.get(path)).body).not.to.contain(`/posts/${idOf(path)}/report`);
			const thanks = await ask(ben, idOf(path), { words: 'This is <b>advertising</b>.' });
			expect(thanks.body).to.contain('A host will look at it');
			expect((await host.get('/staff')).body).to.contain('One waits.');
			expect((await host.get('/staff/reports')).body).to.contain('xr-cheap watches');
			expect((await matter(host)).body)
				.to.contain('ben Person')
				.and.to.contain('This is &lt;b&gt;advertising&lt;/b&gt;.')
				.and.to.contain('xr-cheap watches');
			expect((await ana.get('/notices')).body).not.to.contain('ben Person');
			expect((await ben.get(path)).body).to.contain('xr-cheap watches');
		});

		it('also asks the hosts there when that is wanted, in the name of the branch and not of whoever asked', async () => {
			const path = await carla.write('xr-far away', 'neighborhood');
			await bed.settle();
			const uri = uriOf(bed, 'south', path);
			const [copy] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', uri);
			await ask(ben, String(copy!.id), { words: 'Unkind words', also: 'yes' });
			await bed.settle();
			const there = (await matter(southHost)).body;
			expect(there).to.contain('Unkind words').and.to.contain('xr-far away').and.not.to.contain('ben');
			for (const { body } of bed.sent) expect(body.includes('Flag') && body.includes('ben')).to.equal(false);
			await ask(ana, String(copy!.id), { words: 'Only for our own hosts' });
			expect((await matter(southHost)).body).not.to.contain('Only for our own hosts');
		});

		it('may be about somebody as such, here or elsewhere, with the same walls round whoever asks', async () => {
			const far = await actorOf(bed, { slug: 'south', handle: 'carla' });
			const near = await actorOf(bed, { slug: 'north', handle: 'ana' });
			await ben.get(`/find?address=@carla@${new URL(bed.branch('south').origin).host}`);
			const about = async (actor: string, form: Record<string, string>) => {
				expect((await ben.get(`/people/report?actor=${encodeURIComponent(actor)}`)).status).to.equal(200);
				return ben.post('/people/report', { actor, ...form });
			};
			expect((await about(near, { words: 'xr-stands too close' })).status).to.equal(200);
			expect((await about(far, { words: 'xr-writes to everybody', also: 'yes' })).status).to.equal(200);
			expect((await about(far, { words: '' })).status).to.equal(422);
			await bed.settle();
			const [aboutNear, aboutFar] = [await matter(host), await matter(host, 1)];
			expect(aboutNear.body).to.contain('xr-stands too close').and.to.contain('ana Person');
			expect(aboutFar.body).to.contain('xr-writes to everybody').and.to.contain('carla');
			const there = (await matter(southHost)).body;
			expect(there)
				.to.contain('xr-writes to everybody')
				.and.to.contain('carla Person')
				.and.not.to.contain('ben');
			expect(there).not.to.contain('xr-stands too close');
			const myself = await actorOf(bed, { slug: 'north', handle: 'ben' });
			expect((await ben.get(`/people/report?actor=${encodeURIComponent(myself)}`)).status).to.equal(404);
			const nobody = `${bed.branch('north').origin}/ap/users/1`;
			expect((await ben.get(`/people/report?actor=${encodeURIComponent(nobody)}`)).status).to.equal(404);
		});

		it('is for those who may read it, and needs words', async () => {
			const path = await ana.write('xr-not for ben @ben', 'direct');
			const cyd = await bed.branch('north').join('cyd');
			expect((await ask(cyd, idOf(path), { words: 'guess' })).status).to.equal(404);
			const silent = await ask(ben, idOf(path), { words: ' ' });
			expect(silent.status).to.equal(422);
			expect(silent.body).to.contain('Say what is wrong');
			expect(rows(bed, 'north', 'SELECT id FROM report')).to.deep.equal([]);
		});

		it('a server that may not have a post learns nothing by asking about it', async () => {
			const path = await ana.write('xr-inside', 'branch');
			const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
			const sent = await signed(
				bed,
				{ slug: 'south', handle: 'carla' },
				'POST',
				`${bed.branch('north').origin}/ap/inbox`,
				{
					'@context': 'https://www.w3.org/ns/activitystreams',
					id: `${actor}#flags/1`,
					type: 'Flag',
					actor,
					object: [await actorOf(bed, { slug: 'north', handle: 'ana' }), uriOf(bed, 'north', path)],
					content: 'guess',
				},
			);
			expect(sent.status).to.equal(202);
			expect(rows(bed, 'north', 'SELECT id FROM report')).to.deep.equal([]);
		});
	});
}
