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
