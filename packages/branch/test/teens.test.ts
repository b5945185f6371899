import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

describe('accounts of teens', () => {
	let bed: Bed;
	let tess: Browser;
	const scopes = () =>
		rows<{ scope: string }>(bed, 'north', 'SELECT scope FROM post ORDER BY id').map(({ scope }) => scope);
	const defaultOf = (handle: string) =>
		rows<{ default_scope: string }>(
			bed,
			'north',
			'SELECT default_scope FROM person WHERE handle = ?',
			handle,
		)[0]!.default_scope;

	beforeEach(async () => {
		bed = await createBed(['north']);
		tess = await bed.branch('north').join('tess', { age_band: 'teen' });
		await tess.get('/home');
	});
	afterEach(() => bed.close());

	it('are not offered the public scope, and are told so where they choose', async () => {
		for (const path of ['/home', '/you']) {
			const { body } = await tess.get(path);
			expect(body).not.to.include('value="public"');
			expect(body).to.include('as far as the neighborhood, never to everyone');
		}
		const welcome = await bed.branch('north').browser({ age_band: 'teen' }).get('/welcome');
		expect(welcome.body).not.to.include('value="public"');
		expect(welcome.body).to.include('as far as the neighborhood, never to everyone');
	});

	it('cannot post for everyone with a form of their own making, and keep what was typed', async () => {
		const answer = await tess.post('/posts', { text: 'xt-typed', scope: 'public' });
		expect(answer.status).to.equal(422);
		expect(answer.body).to.include('xt-typed').and.include('does not post for everyone');
		expect(scopes()).to.deep.equal([]);
	});

	it('answer a public post as far as the neighborhood and no farther', async () => {
		const ana = await bed.branch('north').join('ana');
		const path = await ana.write('for everyone', 'public');
		const reply_to = path.split('/').at(-1)!;
		const wide = await tess.post('/posts', { text: 'xt-wide', scope: 'public', reply_to });
		expect(wide.status).to.equal(422);
		await tess.write('xt-near', 'neighborhood', path);
		expect(scopes()).to.deep.equal(['public', 'neighborhood']);
	});

	it('cannot make the public scope their default, at the first visit or later', async () => {
		await tess.post('/you', { name: 'Tess', summary: '', scope: 'public' });
		expect(defaultOf('tess')).to.equal('branch');
		const theo = bed.branch('north').browser({ age_band: 'teen' });
		await theo.get('/welcome');
		await theo.post('/welcome', { name: 'Theo', handle: 'theo', rules: 'yes', scope: 'public' });
		expect(defaultOf('theo')).to.equal('branch');
	});

	it('post for everyone where the policy of the library allows it', async () => {
		bed.change('north', { teens_public: true });
		await tess.write('xt-allowed', 'public');
		expect(scopes()).to.deep.equal(['public']);
	});

	it('post for everyone when a parent said so at the desk, for that account, until it is taken back', async () => {
		const north = bed.branch('north');
		bed.grant('staff-june', 'north');
		bed.grant('staff-gia', 'north', 'Gia', 'greeter');
		const june = north.browser({ staff_id: 'staff-june' });
		const theo = await north.join('theo', { age_band: 'teen' });
		await north.join('ana');
		const say = async (form: Record<string, string>, who = june, path = '/staff/parents') => {
			await who.get('/staff/parents');
			return who.post(path, form);
		};
		expect((await june.get('/staff')).body).to.include('href="/staff/parents"');
		// A greeter may not; neither may the teen, nor is it for whoever is grown or not there; and who said it is asked.
		const greeter = north.browser({ staff_id: 'staff-gia' });
		await greeter.get('/about');
		expect((await greeter.get('/staff/parents')).status).to.equal(403);
		expect((await tess.post('/staff/parents', { handle: 'tess', said_by: 'parent' })).status).to.equal(403);
		for (const handle of ['ana', 'nobody', '']) {
			const wrong = await say({ handle, said_by: 'parent' });
			expect(wrong.status, handle).to.equal(422);
			expect(wrong.body).to.include('No teen has this handle').and.include(`value="${handle}"`);
		}
		expect((await say({ handle: 'tess', said_by: 'a friend' })).body).to.include('Say who said yes.');
		expect(rows(bed, 'north', 'SELECT id FROM parents_yes')).to.deep.equal([]);
		// Twice is once.
		for (let n = 0; n < 2; n += 1)
			expect((await say({ handle: '@tess', said_by: 'guardian' })).status).to.equal(303);
		expect((await june.get('/staff/parents')).body)
			.to.include('A guardian')
			.and.include('June Aldaba');
		expect((await tess.get('/notices')).body).to.include('said at the desk that you may post for everyone');
		for (const path of ['/home', '/you']) {
			const { body } = await tess.get(path);
			expect(body).to.include('value="public"').and.include('A parent or guardian said at the desk');
			expect(body).not.to.include('never to everyone');
			expect((await theo.get(path)).body).not.to.include('value="public"');
		}
		const path = await tess.write('xt-allowed', 'public');
		// To be read by everyone is not to be listed.
		const outside = north.browser();
		expect((await outside.get(path)).body)
			.to.include('xt-allowed')
			.and.include('content="noindex"');
		for (const hidden of ['/@tess', '/@tess/feed.atom'])
			expect((await outside.get(hidden)).status, hidden).to.equal(404);
		const [{ person } = { person: 0 }] = rows<{ person: number }>(
			bed,
			'north',
			'SELECT person FROM parents_yes',
		);
		expect((await say({ person: String(person) }, june, '/staff/parents/end')).status).to.equal(303);
		expect((await tess.get('/notices')).body).to.include('You do not post for everyone any more');
		expect((await tess.post('/posts', { text: 'xt-late', scope: 'public' })).status).to.equal(422);
		expect((await outside.get(path)).status, 'what was posted stays').to.equal(200);
		expect((await june.get('/staff/parents')).body).to.include('taken back');
		const logged = bed.logged.filter((line) => line.startsWith('parents_yes'));
		expect(logged.map((line) => line.split(' ')[0])).to.deep.equal([
			'parents_yes_recorded',
			'parents_yes_ended',
		]);
		expect(logged.join()).not.to.match(/tess|june/);
		// Whoever leaves leaves nothing of it behind.
		await tess.get('/home');
		expect((await tess.post('/you/delete', { handle: 'tess' })).status).to.equal(200);
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT id FROM parents_yes')).to.deep.equal([]);
	});

	it('have no page of their own for anybody outside the branch', async () => {
		const outside = bed.branch('north').browser();
		const nobody = await outside.get('/@nobody');
		const teen = await outside.get('/@tess');
		expect([teen.status, nobody.status]).to.deep.equal([404, 404]);
		expect(teen.body).not.to.include('tess');
		const ana = await bed.branch('north').join('ana');
		expect((await ana.get('/@tess')).status).to.equal(200);
		expect((await outside.get('/@ana')).status).to.equal(200);
	});

	it('are the only ones held to this: grown people and people of unknown age post for everyone', async () => {
		for (const age_band of ['adult', 'unknown'] as const) {
			const someone = await bed.branch('north').join(age_band, { age_band });
			await someone.write('xt-grown', 'public');
			expect((await someone.get('/home')).body).not.to.include('never to everyone');
		}
		expect(scopes()).to.deep.equal(['public', 'public']);
	});
});
