import { expect } from 'chai';
import { ROUTES } from '../src/web/route-table.ts';
import type { Route } from '../src/web/web.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

/**
 * Everything the porch leads to, and nothing else (DESIGN section 2): notices and how to appeal, what the hosts ask and answer, the archive, moving,
 * deleting.
 */
const OPEN = [
	'get /asked/:id',
	'get /asked/:id/people.csv',
	'get /asked/together/:id',
	'get /asked/together/:id/people.csv',
	'post /asked/:id',
	'post /asked/together/:id',
	'post /asked/:id/let-go',
	'get /notices',
	'get /notices/:id',
	'get /notices/:id/public',
	'post /notices/:id/public',
	'post /notices/:id/public/back',
	'get /notices/:id/records',
	'post /notices/:id/records',
	'get /notices/:id/release',
	'post /notices/:id/release',
	'post /notices/:id/release/:release/revoke',
	'get /porch',
	'get /reports/:id',
	'get /you/leave',
	'post /you/archive',
	'post /you/delete',
	'get /you/move',
	'post /you/move',
	'post /you/move/stay',
	'post /notices/:id/answer',
	'post /notices/:id/appeal',
	'post /you/aliases',
	'post /you/aliases/remove',
];
const name = ({ method, path }: Route) => `${method} ${path}`;

describe('the porch', () => {
	let bed: Bed;
	let ana: Browser;
	let porch: Browser;
	let page: string;

	before(async () => {
		bed = await createBed();
		const north = bed.branch('north');
		ana = await north.join('ana');
		const bo = await north.join('bo');
		page = await bo.write('xp-branch-words', 'branch');
		await bo.write('xp-public-words', 'public');
		porch = north.browser({ sub: 'sub-north-ana', standing: 'porch' });
	});
	after(() => bed.close());

	/** An address of a route, with something that is there for each part. */
	function addressOf({ path }: Route): string {
		const id = page.split('/').at(-1)!;
		return path
			.replace(':handle', 'bo')
			.replace(':id', id)
			.replace(':board', 'branch')
			.replace(':tag', 'seeds')
			.replace(':ending', 'wav');
	}

	it('opens exactly the pages it is for: every other address of the route table leads back to it or says no', async () => {
		const open = ROUTES.filter(({ need }) => need === 'porch').map(name);
		expect(open.toSorted()).to.deep.equal(OPEN.toSorted());
		const wall = ROUTES.filter(({ need }) => need !== 'porch' && need !== 'nobody');
		expect(wall.length).to.be.above(60);
		await porch.get('/porch');
		for (const route of wall) {
			const at = addressOf(route);
			const answer =
				route.method === 'get' ? await porch.get(at) : await porch.post(at, { text: 'xp-nothing' });
			// Programs ask with a key, and a cookie opens nothing to them.
			if (route.path.startsWith('/api/')) expect(answer.status, name(route)).to.equal(401);
			else if (route.method === 'get')
				expect([answer.status, answer.headers.location], name(route)).to.deep.equal([303, '/porch']);
			else expect(answer.status, name(route)).to.equal(403);
		}
		expect((await ana.get('/home')).body).to.not.include('xp-nothing');
	});

	it('opens all of them', async () => {
		for (const path of ['/porch', '/notices', '/you/leave', '/you/move']) {
			expect((await porch.get(path)).status, path).to.equal(200);
		}
		expect((await porch.post('/you/archive', {})).headers['content-type']).to.include('zip');
		expect((await porch.post('/you/aliases', { address: 'nobody' })).status, 'in words').to.equal(422);
		expect((await porch.post('/you/delete', { handle: 'not-mine' })).status).to.equal(422);
	});

	it('on pages for everybody its people read what strangers read', async () => {
		const stranger = bed.branch('north').browser();
		for (const path of ['/', '/@bo', '/events', '/tags/seeds', '/about', '/rules', '/who-can-see', page]) {
			const there = await porch.get(path);
			expect(there.status, path).to.equal((await stranger.get(path)).status);
			expect(there.body, path).to.not.include('xp-branch-words');
		}
		expect((await porch.get('/@bo')).body).to.include('xp-public-words');
		expect((await ana.get('/@bo')).body).to.include('xp-branch-words');
	});

	it('says in plain words what can be done there and what opens the door, in both languages', async () => {
		const { body } = await porch.get('/porch');
		for (const words of [
			'You are on the porch',
			'ana Person',
			'Read your notices',
			'Take everything with you',
			'Move to another server',
			'Delete your account',
			'What opens the door again',
		]) {
			expect(body).to.include(words);
		}
		expect(body).to.include('href="/porch" aria-current="page"').and.not.include('href="/home"');
		expect((await porch.get('/porch?lang=es')).body).to.include('Usted está en el porche');
		await porch.get('/porch?lang=en');
	});

	it('refuses in words what it does not reach', async () => {
		await porch.get('/porch');
		const answer = await porch.post('/posts', { text: 'xp-said', scope: 'branch' });
		expect(answer.body).to.include('The porch goes no further');
		expect(rows(bed, 'north', "SELECT id FROM post WHERE source LIKE '%xp-said%'")).to.deep.equal([]);
	});

	it('is where somebody stays whose card lapsed after they signed in here, and who has the session from before', async () => {
		const cy = await bed.branch('north').join('cy');
		expect((await cy.get('/home')).status).to.equal(200);
		rows(bed, 'north', "UPDATE person SET standing = 'porch' WHERE handle = 'cy' RETURNING id");
		expect((await cy.get('/home')).headers.location).to.equal('/porch');
	});

	it('closes the staff’s room too, for a member of staff whose card opens nothing else', async () => {
		bed.grant('staff-1', 'north');
		const june = bed
			.branch('north')
			.browser({ sub: 'sub-north-ana', staff_id: 'staff-1', standing: 'porch' });
		expect((await june.get('/staff')).headers.location).to.equal('/porch');
	});

	it('is not for somebody who was never here', async () => {
		const stranger = bed.branch('north').browser({ standing: 'porch' });
		for (const path of ['/porch', '/notices', '/welcome', '/home']) {
			const answer = await stranger.get(path);
			expect(answer.status, path).to.equal(403);
			expect(answer.body).to.include('Your card does not open this now');
		}
	});

	it('leads whoever is inside to the board', async () => {
		expect((await ana.get('/porch')).headers.location).to.equal('/home');
		expect((await bed.branch('north').browser().get('/porch')).status).to.equal(401);
	});
});
