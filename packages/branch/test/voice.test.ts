import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';

describe('the voice of a branch', () => {
	let bed: Bed;
	let june: Browser;
	let ana: Browser;
	let carla: Browser;
	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		await bed.settle();
		june = bed.branch('north').browser({ staff_id: 'staff-june', sub: 'sub-june' });
		ana = await bed.branch('north').join('ana');
		carla = await bed.branch('south').join('carla');
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const speak = async (text: string, scope: string) => {
		await june.get('/staff/voice');
		return june.post('/staff/voice', { text, scope });
	};

	it('a host speaks for the branch without an account of her own, and the notice is marked as official', async () => {
		expect((await speak('The river is up, we close at two', 'branch')).status).to.equal(303);
		const { body } = await ana.get('/home');
		expect(body).to.contain('The river is up').and.to.contain('Official notice');
	});

	it('keeps for the hosts who wrote it, and shows it to nobody else', async () => {
		expect((await june.get('/staff/voice')).body).to.contain('Written by June Aldaba');
		expect((await ana.get('/home')).body).not.to.contain('Written by June');
	});

	it('nobody else speaks for it', async () => {
		await ana.get('/home');
		expect((await ana.post('/staff/voice', { text: 'Free cake', scope: 'branch' })).status).to.equal(403);
		expect((await ana.get('/home')).body).not.to.contain('Free cake');
	});

	it('a notice with nothing in it is given back with a sentence', async () => {
		const { status, body } = await speak('  ', 'branch');
		expect(status).to.equal(422);
		expect(body).to.contain('id="text-fault"');
	});

	it('is an actor that others find by name and follow, and its public notices reach them', async () => {
		const finger = await bed
			.branch('north')
			.browser()
			.get(`/.well-known/webfinger?resource=acct:north@${new URL(bed.branch('north').origin).host}`);
		expect(finger.status).to.equal(200);
		const { href } = (JSON.parse(finger.body) as { links: { rel: string; href: string }[] }).links.find(
			({ rel }) => rel === 'self',
		)!;
		const actor = await bed
			.branch('north')
			.browser()
			.get(new URL(href).pathname, { accept: 'application/activity+json' });
		expect(JSON.parse(actor.body)).to.include({
			type: 'Organization',
			preferredUsername: 'north',
			name: 'North',
		});
		await speak('Story hour is on Thursdays', 'public');
		await bed.settle();
		expect((await carla.get('/board/everyone')).body).to.contain('Story hour is on Thursdays');
	});

	it('its handle is nobody’s to take, and it counts as nobody', async () => {
		const late = bed.branch('north').browser({ sub: 'sub-late' });
		await late.get('/welcome');
		expect((await late.post('/welcome', { name: 'Late', handle: 'north', rules: 'yes' })).status).to.equal(
			422,
		);
		expect((await ana.get('/home')).body).to.contain('The one person of this branch');
	});

	it('any host takes a notice back, wherever it went', async () => {
		const { body } = await june.get('/staff/voice');
		const at = body.indexOf('Story hour is on Thursdays');
		const id = /action="\/staff\/voice\/(\d+)\/delete"/.exec(body.slice(at))![1]!;
		expect((await june.post(`/staff/voice/${id}/delete`, {})).status).to.equal(303);
		await bed.settle();
		expect((await carla.get('/board/everyone')).body).not.to.contain('Story hour is on Thursdays');
	});
});

describe('feeds', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed(['north']);
	});
	after(() => bed.close());

	it('hold what is for everyone and nothing else, escaped, for the branch and for each person', async () => {
		const ana = await bed.branch('north').join('ana');
		const path = await ana.write('Tomatoes & <b>basil</b> for all ]]> \u0007', 'public');
		await ana.write('xq-near', 'neighborhood');
		await ana.write('xq-here', 'branch');
		const nobody = bed.branch('north').browser();
		for (const feed of ['/feed.atom', '/@ana/feed.atom']) {
			const { status, headers, body } = await nobody.get(feed);
			expect(status).to.equal(200);
			expect(headers['content-type']).to.match(/^application\/atom\+xml/);
			expect(headers['cache-control']).to.equal('public, max-age=300');
			expect(body).to.contain('Tomatoes &#38; &#60;b&#62;basil').and.to.contain(path);
			expect(body).not.to.contain('xq-');
			expect(body.match(/<entry/g)).to.have.length(1);
			// A member gets the same: a feed is fetched and kept by programs.
			expect((await ana.get(feed)).body).to.equal(body);
		}
	});

	it('a person who is not there has none, and neither has a teen', async () => {
		await bed.branch('north').join('tim', { age_band: 'teen' });
		const nobody = bed.branch('north').browser();
		for (const feed of ['/@nobody/feed.atom', '/@tim/feed.atom'])
			expect((await nobody.get(feed)).status).to.equal(404);
	});

	it('what is taken back leaves the feed', async () => {
		const ben = await bed.branch('north').join('ben');
		const id = (await ben.write('Ben was here', 'public')).split('/').at(-1)!;
		expect((await ben.get('/feed.atom')).body).to.contain('Ben was here');
		await ben.post(`/posts/${id}/delete`, {});
		expect((await ben.get('/feed.atom')).body).not.to.contain('Ben was here');
	});
});
