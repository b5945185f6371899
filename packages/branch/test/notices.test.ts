import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { raw, rows } from './look.ts';
import { actorOf } from './wire.ts';

const HOUR = 60 * 60_000;

describe('notices', () => {
	let bed: Bed;
	let ana: Browser;
	let others: Browser[];
	const handles = ['ben', 'dan', 'eve', 'fay', 'gus'];
	beforeEach(async () => {
		bed = await createBed(['north']);
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		others = [];
		for (const handle of handles) others.push(await bed.branch('north').join(handle));
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const write = async (text: string) => {
		await ana.get('/home');
		return (await ana.write(text, 'branch')).split('/').at(-1)!;
	};
	const act = async (who: Browser, path: string, form: Record<string, string> = {}) => {
		await who.get('/home');
		expect((await who.post(path, form)).status).to.equal(303);
	};
	const star = (who: Browser, post: string) => act(who, `/posts/${post}/star`);
	const page = async (path = '/notices') => (await ana.get(path)).body;
	const times = (body: string, what: string) => body.split(what).length - 1;

	it('of several who star one post are one, with everybody’s name in it', async () => {
		const post = await write('xn-pie');
		for (const who of others) await star(who, post);
		expect((await ana.get('/home')).body).to.contain('1 new');
		const body = await page();
		expect(body).to.contain('gus Person and 4 others starred your post.');
		for (const handle of handles) expect(body).to.contain(`href="/@${handle}"`);
		expect(times(body, '<p><b>New:</b>')).to.equal(1);
		expect((await ana.get('/home')).body).not.to.contain('1 new');
	});

	it('of two say both names, and of one post do not stand with those of another', async () => {
		const [pie, soup] = [await write('xn-pie'), await write('xn-soup')];
		await star(others[0]!, pie);
		await star(others[1]!, pie);
		await star(others[0]!, soup);
		const body = await page();
		expect(body).to.contain('dan Person and ben Person starred your post.');
		expect(body).to.contain('ben Person starred your post.').and.to.contain(`/@ana/${soup}`);
	});

	it('of new followers are one, and those of replies and names never are', async () => {
		const actor = await actorOf(bed, { slug: 'north', handle: 'ana' });
		for (const who of others.slice(0, 3)) await act(who, '/follows', { actor });
		for (const who of others.slice(0, 2)) {
			await who.get('/home');
			await who.write('@ana hello', 'branch');
		}
		const body = await page();
		expect(body)
			.to.contain('eve Person and 2 others follow you now.')
			.and.to.contain('href="/you/followers"');
		expect(body)
			.to.contain('ben Person named you in a post.')
			.and.to.contain('dan Person named you in a post.');
	});

	it('are new again when somebody joins in, and say who is new', async () => {
		const post = await write('xn-pie');
		await star(others[0]!, post);
		expect(await page()).to.contain('New:');
		expect(await page()).not.to.contain('New:');
		await star(others[1]!, post);
		expect((await ana.get('/home')).body).to.contain('1 new');
		const body = await page();
		expect(body).to.contain('dan Person and ben Person starred your post.');
		// Once for the line, once for the one who is new.
		expect(times(body, 'New:')).to.equal(2);
		expect(await page()).not.to.contain('New:');
	});

	it('begin anew half a day after the first, so that old ones stay where they were', async () => {
		const post = await write('xn-pie');
		await star(others[0]!, post);
		bed.clock.advance(11 * HOUR);
		await star(others[1]!, post);
		bed.clock.advance(2 * HOUR);
		await star(others[2]!, post);
		const body = await page();
		expect(body).to.contain('eve Person starred your post.');
		expect(body).to.contain('dan Person and ben Person starred your post.');
	});

	it('go with what they tell of, and leave the others where they were', async () => {
		const post = await write('xn-pie');
		for (const who of others.slice(0, 3)) await star(who, post);
		await act(others[1]!, `/posts/${post}/unstar`);
		expect(await page())
			.to.contain('eve Person and ben Person starred your post.')
			.and.not.to.contain('dan Person');
		const actor = await actorOf(bed, { slug: 'north', handle: 'ana' });
		await act(others[0]!, '/follows', { actor });
		await act(others[0]!, '/follows/end', { actor });
		expect(await page()).not.to.contain('follows you now');
	});

	it('are all there, page by page, and those on older pages stay new until somebody sees them', async () => {
		for (let n = 0; n < 45; n += 1) {
			const post = await write(`xn-${n}`);
			await star(others[n % 2]!, post);
			await star(others[2]!, post);
			bed.clock.advance(HOUR / 4);
		}
		expect((await ana.get('/home')).body).to.contain('45 new');
		const first = await page();
		expect(times(first, '<p><b>New:</b>')).to.equal(40);
		expect((await ana.get('/home')).body).to.contain('5 new');
		const older = /href="(\/notices\?before)(?:=|&#x3D;)(\d+)"/.exec(first)!.slice(1).join('=');
		const second = await page(older);
		expect(times(second, '<p><b>New:</b>')).to.equal(5);
		expect(second).not.to.contain('?before');
		expect((await ana.get('/home')).body).not.to.contain(' new<');
		expect(rows(bed, 'north', 'SELECT id FROM notice WHERE read IS NULL')).to.deep.equal([]);
	});

	it('about what one may not read any more are not shown, and do not stay new for ever', async () => {
		const post = await write('xn-pie');
		await star(others[0]!, post);
		bed.branch('north').store.transact((writing) => void writing.run(raw("UPDATE post SET hidden = 'd'")));
		expect((await ana.get('/home')).body).to.contain('1 new');
		expect(await page()).not.to.contain('starred');
		expect((await ana.get('/home')).body).not.to.contain('1 new');
	});
});
