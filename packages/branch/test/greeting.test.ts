import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, raw, rows } from './look.ts';

const DAY = 24 * 60 * 60_000;

describe('saying hello to newcomers', () => {
	let bed: Bed;
	let gus: Browser;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-gus', 'north', 'Gus Green', 'greeter');
		bed.grant('staff-june', 'north');
		gus = await bed.branch('north').join('gus', { staff_id: 'staff-gus' });
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	const arrive = async (handle: string, form: Record<string, string> = { greeting: 'yes' }, claims = {}) => {
		const who = bed.branch('north').browser({ sub: `sub-north-${handle}`, ...claims });
		await who.get('/welcome');
		const joined = await who.post('/welcome', { name: `${handle} New`, handle, rules: 'yes', ...form });
		expect(joined.status).to.equal(303);
		return who;
	};
	const listed = async (who = gus) => (await who.get('/staff/newcomers')).body;
	const hello = async (handle: string, text: string, who = gus) => {
		await who.get(`/staff/newcomers/${handle}`);
		return who.post(`/staff/newcomers/${handle}`, { text });
	};
	const change = (text: string) =>
		bed.branch('north').store.transact((writing) => void writing.run(raw(text)));
	const messages = (word: string) =>
		rows<{ audience: string }>(bed, 'north', 'SELECT audience FROM post WHERE source LIKE ?', `%${word}%`);

	it('lists who said so when they joined, and nobody else', async () => {
		await arrive('ana');
		await arrive('ben', {});
		expect(await listed())
			.to.include('@ana')
			.and.not.include('@ben');
		expect((await hello('ben', 'xg-unwanted')).status).to.equal(404);
		expect(messages('xg-unwanted')).to.deep.equal([]);
	});

	it('never lists a teen, whatever the form says, nor whoever turns out to be one', async () => {
		const tess = await arrive('tess', { greeting: 'yes' }, { age_band: 'teen' });
		expect((await tess.get('/you')).body).not.to.include('/you/greeting');
		expect((await tess.post('/you/greeting', { wanted: 'yes' })).status).to.equal(403);
		await arrive('uma');
		change("UPDATE person SET age_band = 'teen' WHERE handle = 'uma'");
		expect(await listed())
			.to.not.include('@tess')
			.and.not.include('@uma');
		for (const handle of ['tess', 'uma']) expect((await hello(handle, 'xg-teen')).status).to.equal(404);
	});

	it('begins with words in the language of the newcomer, and asks for what is missing', async () => {
		const page = await gus.get('/staff/newcomers/ana');
		expect(page.body).to.include('Hello ana New, welcome to North').and.include('@gus');
		await arrive('eva', { greeting: 'yes' });
		change("UPDATE person SET language = 'es' WHERE handle = 'eva'");
		expect((await gus.get('/staff/newcomers/eva')).body)
			.to.include('Hola, eva New')
			.and.include('reads Spanish');
		const empty = await hello('ana', '  ');
		expect(empty.status).to.equal(422);
		expect(empty.body).to.include('id="text-fault"');
	});

	it('sends a message from the greeter’s own account to that person alone, once, and says who did', async () => {
		const named = await hello('ana', 'xg-three, with @ben');
		expect(named.status).to.equal(422);
		expect(named.body).to.include('A hello is for one person').and.include('xg-three');
		expect(messages('xg-three')).to.deep.equal([]);
		expect((await hello('ana', 'xg-hello to you')).status).to.equal(303);
		const [{ audience } = { audience: '' }] = messages('xg-hello');
		const two = ['gus', 'ana'].map(
			(handle) => `${bed.branch('north').origin}/ap/users/${personId(bed, handle)}`,
		);
		expect((JSON.parse(audience) as { only: string[] }).only).to.have.members(two);
		const ana = bed.branch('north').browser({ sub: 'sub-north-ana' });
		expect((await ana.get('/messages')).body)
			.to.include('xg-hello to you')
			.and.include('@gus');
		const ben = bed.branch('north').browser({ sub: 'sub-north-ben' });
		expect((await ben.get('/messages')).body).not.to.include('xg-hello');
		expect(await listed())
			.to.include('Somebody said hello')
			.and.include('Gus Green');
		const again = await hello('ana', 'xg-again');
		expect(again.status).to.equal(409);
		expect(messages('xg-again')).to.deep.equal([]);
	});

	it('of two greeters at once sends the words of one', async () => {
		await arrive('cyd');
		const june = await bed.branch('north').join('june', { staff_id: 'staff-june' });
		await Promise.all([gus.get('/staff/newcomers/cyd'), june.get('/staff/newcomers/cyd')]);
		const answers = await Promise.all(
			[gus, june].map((who) => who.post('/staff/newcomers/cyd', { text: 'xg-both' })),
		);
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
		expect(messages('xg-both')).to.have.length(1);
	});

	it('stops when a newcomer changes their mind, and begins when they do', async () => {
		const dov = await arrive('dov', {});
		expect((await dov.get('/you')).body).to.include('No greeter writes to you');
		expect((await dov.post('/you/greeting', { wanted: 'yes' })).status).to.equal(303);
		expect(await listed()).to.include('@dov');
		await gus.get('/staff/newcomers/dov');
		expect((await dov.post('/you/greeting', { wanted: 'no' })).status).to.equal(303);
		expect(await listed()).not.to.include('@dov');
		expect((await gus.post('/staff/newcomers/dov', { text: 'xg-late' })).status).to.equal(404);
		expect(messages('xg-late')).to.deep.equal([]);
	});

	it('is a greeter’s only page for staff: no report, no case, no host’s room', async () => {
		const about = (await gus.get('/about')).body;
		expect(about).to.include('href="/staff/newcomers"').and.not.include('href="/staff"');
		for (const path of ['/staff', '/staff/reports', '/staff/decisions', '/staff/quarantine']) {
			expect((await gus.get(path)).status, path).to.equal(403);
		}
		expect(await listed()).not.to.include('href="/staff"');
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		expect((await june.get('/staff')).body).to.include('href="/staff/newcomers"');
	});

	it('needs an account of one’s own to write from', async () => {
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		expect((await june.get('/staff/newcomers')).body).to.include('You have no account here yet');
		const sent = await hello('eva', 'xg-nobody', june);
		expect([sent.status, sent.headers.location]).to.deep.equal([303, '/welcome']);
		expect(messages('xg-nobody')).to.deep.equal([]);
	});

	it('is said at who can see what, in both languages, and forgotten after four weeks or with the account', async () => {
		const reads = { en: 'Greeters see which newcomers', es: 'Quienes reciben ven' };
		for (const [language, words] of Object.entries(reads)) {
			expect((await bed.branch('north').browser().get(`/who-can-see?lang=${language}`)).body).to.include(
				words,
			);
		}
		const leaves = await arrive('lea');
		await leaves.get('/you/leave');
		await leaves.post('/you/delete', { handle: 'lea' });
		expect(await listed()).not.to.include('@lea');
		bed.clock.advance(28 * DAY + 1);
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		expect((await june.get('/staff/newcomers')).body).to.include('Nobody new waits');
		expect(rows(bed, 'north', 'SELECT person FROM greeting')).to.have.length.greaterThan(0);
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT person FROM greeting')).to.deep.equal([]);
	});
});
