import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, raw } from './look.ts';
import { takeEverything } from './take-everything.ts';

describe('a branch that is closed for good', () => {
	let bed: Bed;
	let ana: Browser;
	let post: string;
	before(async () => {
		bed = await createBed(['north']);
		bed.change('north', { stage: 'open' });
		ana = await bed.branch('north').join('ana');
		await bed.branch('north').join('moved');
		post = await ana.write('xr-words', 'public');
		expect((await bed.branch('north').browser().get(post)).status).to.equal(200);
		bed.change('north', { stage: 'retired' });
	});
	after(() => bed.close());
	const wire = (path: string) =>
		bed.branch('north').browser().get(path, { accept: 'application/activity+json' });

	it('says so on its first page; posts and profiles answer 410', async () => {
		const nobody = bed.branch('north').browser();
		expect((await nobody.get('/')).body).to.contain('is closed for good');
		for (const path of [post, '/@ana', '/events', '/@ana/feed.atom'])
			expect((await nobody.get(path)).status, path).to.equal(410);
	});

	it('tells other servers that it is gone, with a Tombstone, and takes nothing in', async () => {
		const person = `/ap/users/${personId(bed, 'ana')}`;
		for (const path of [person, `${person}/statuses/${post.split('/').at(-1)}`, '/ap/actor']) {
			const { status, body } = await wire(path);
			expect([status, JSON.parse(body).type], path).to.deep.equal([410, 'Tombstone']);
			expect(JSON.parse(body).id).to.equal(`${bed.branch('north').origin}${path}`);
		}
	});

	it('still shows where somebody moved to, because their followers ask here', async () => {
		const id = personId(bed, 'moved');
		const moving = raw('UPDATE person SET moved_to = ? WHERE id = ?', 'http://x/u', id);
		bed.branch('north').store.transact((writing) => void writing.run(moving));
		const { status, body } = await wire(`/ap/users/${id}`);
		expect(status).to.equal(200);
		expect(JSON.parse(body).movedTo).to.equal('http://x/u');
	});

	it('lets those who were here in to what is theirs, and to nothing else', async () => {
		expect((await ana.get('/home')).headers.location).to.equal('/porch');
		expect((await ana.get('/porch')).status).to.equal(200);
		const files = await takeEverything(bed, 'north', ana);
		expect(files.get('outbox.json')).to.contain('xr-words');
		expect((await ana.post('/posts', { text: 'xr-late', scope: 'branch' })).status).to.equal(403);
	});
});
