import { expect } from 'chai';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, type Platform, startPlatform } from '../fixtures/platform.ts';

const HERE = '/libraries/anytown';
const NEW = `${HERE}/new-branch`;
const BRANCH = `${HERE}/branches/belmont`;
const PLACE = `${BRANCH}/name-and-place`;
const LIBRARY_FORM = {
	...{ name: 'Anytown Public Library', slug: 'anytown', region: 'OR', zone: 'America/Los_Angeles' },
	...{ languages: 'es', phone: '503-555-0100' },
};
const BRANCH_FORM = {
	...{ name: 'Belmont <b>', slug: 'belmont', street: '1 Main St', city: 'Anytown', region: 'OR' },
	...{ postcode: '97214', phone: '', north: '45.5119', east: '-122.641', home: 'shared' },
};

/** In the order of the tests: what one made the next goes on with. */
describe('libraries and branches are made and named at the console', () => {
	let platform: Platform;
	let operator: ConsoleVisitor;
	before(async () => {
		platform = await startPlatform();
		operator = await atConsole(platform, ADMIN_TOKEN);
	});
	after(() => platform.close());

	const database = () => platform.provisioner().context.database;
	const count = async (table: string) => Number((await database()(table).count('* as n'))[0]!.n);
	const faultsIn = (body: string) => [...body.matchAll(/id="([a-z_]+)-fault"/g)].map(([, field]) => field);
	const lines = async (act: string) =>
		(await database()('audit').where({ act })).map(({ subject }) => subject);
	async function as(role: string, more: object = {}): Promise<ConsoleVisitor> {
		const body = { name: `a ${role}`, role, library: 'anytown', ...more };
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body });
		return atConsole(platform, made.body.token);
	}

	it('what is wrong with a library stands at its field in the reader’s language, what was typed stays, and nothing is made', async () => {
		const visitor = await atConsole(platform, ADMIN_TOKEN, 'es');
		const first = await visitor.get('/');
		expect(first.body).to.contain('href="/new-library"').and.contain('Todavía no hay ninguna biblioteca');
		await visitor.get('/new-library');
		const wrong = { name: ' "><script>x</script>', slug: 'Card', region: ' ', zone: 'Mars/Olympus' };
		const { status, body } = await visitor.post('/new-library', wrong);
		expect(status).to.equal(422);
		expect(faultsIn(body)).to.deep.equal(['languages']);
		const again = await visitor.post('/new-library', { ...wrong, languages: 'es' });
		expect(faultsIn(again.body)).to.deep.equal(['slug', 'region', 'zone']);
		for (const field of ['slug', 'region', 'zone']) expect(again.body).to.contain(`href="#${field}"`);
		expect(again.body).to.contain('Escriba una zona horaria').and.contain('value="Mars/Olympus"');
		expect(again.body).to.not.contain('<script>x');
		const long = await visitor.post('/new-library', { ...LIBRARY_FORM, phone: '1'.repeat(2_001) });
		expect([long.status, faultsIn(long.body)]).to.deep.equal([422, ['phone']]);
		const nul = await visitor.post('/new-library', { ...LIBRARY_FORM, region: 'O\u0000R' });
		expect([nul.status, faultsIn(nul.body)]).to.deep.equal([422, ['region']]);
		expect(await count('library')).to.equal(0);
		expect(await lines('createLibrary')).to.deep.equal([]);
	});

	it('a library is made as by the API, with its line in the audit, and once', async () => {
		await operator.get('/new-library');
		const made = await operator.post('/new-library', LIBRARY_FORM);
		expect([made.status, made.location]).to.deep.equal([303, HERE]);
		const { body } = await platform.api('GET', `/api/v1${HERE}`);
		const { languages, ...plain } = LIBRARY_FORM;
		expect(body).to.include(plain);
		expect(body).to.have.deep.property('languages', [languages]);
		const again = await operator.post('/new-library', LIBRARY_FORM);
		expect([again.status, faultsIn(again.body)]).to.deep.equal([409, ['slug']]);
		expect(await lines('createLibrary')).to.deep.equal(['/libraries']);
		expect((await operator.get(HERE)).body).to.contain(`href="${NEW}"`);
	});

	it('what is wrong with a branch stands at its field, and nothing is made', async () => {
		const form = (await operator.get(NEW)).body;
		expect(form)
			.to.contain('value="shared" checked')
			.and.contain('id="region" name="region" type="text" value="OR"');
		const wrong = { ...BRANCH_FORM, name: ' ', slug: 'bx--y' };
		const { status, body } = await operator.post(NEW, { ...wrong, north: '91' });
		expect([status, faultsIn(body)]).to.deep.equal([422, ['north']]);
		const again = await operator.post(NEW, wrong);
		expect(faultsIn(again.body)).to.deep.equal(['name', 'slug']);
		expect(again.body).to.contain('value="-122.641"').and.contain('value="1 Main St"');
		const elsewhere = await operator.post(NEW, { ...BRANCH_FORM, home: 'castle', street: 'x'.repeat(2_001) });
		expect(faultsIn(elsewhere.body)).to.have.members(['home', 'street']);
		expect(await count('branch')).to.equal(0);
	});

	it('over the quota no branch is made, and the page says where to ask for more', async () => {
		const quotas = `/api/v1${HERE}/quotas`;
		await platform.api('PUT', quotas, { body: { branches: 0, ask: 'the county' } });
		await operator.get(NEW);
		const { status, body } = await operator.post(NEW, BRANCH_FORM);
		expect(status).to.equal(409);
		expect(body).to.contain('more branches than its quota').and.contain(`href="${HERE}/bill"`);
		expect([await count('branch'), await lines('createBranch')]).to.deep.equal([0, []]);
		await platform.api('PUT', quotas, { body: { branches: 9, ask: 'the county' } });
	});

	it('library IT makes a branch, sees its operation, and it is served', async () => {
		const it = await as('library_it');
		expect((await it.get('/')).body).to.not.contain('/new-library');
		expect((await it.get('/new-library')).status).to.equal(403);
		await it.get(NEW);
		const made = await it.post(NEW, BRANCH_FORM);
		expect([made.status, made.location?.replace(/[^/]+$/, '')]).to.deep.equal([303, '/operations/']);
		await platform.settle();
		expect((await it.get(made.location!)).body).to.contain('Nothing to do.');
		const { body } = await platform.api<Record<string, unknown>>('GET', `/api/v1${BRANCH}`);
		const { street, city, region, postcode } = BRANCH_FORM;
		expect(body).to.deep.include({ address: { street, city, region, postcode }, phone: null });
		expect(body).to.deep.include({ location: { north: 45_512, east: -122_641 }, stage: 'unopened' });
		expect(platform.home.taken.at(-1)!.branch).to.include({ name: 'Belmont <b>' });
		await it.get(NEW);
		const again = await it.post(NEW, BRANCH_FORM);
		expect([again.status, faultsIn(again.body)]).to.deep.equal([409, ['slug']]);
		expect(await lines('createBranch')).to.deep.equal([`${HERE}/branches`]);
	});

	it('a branch lead changes what the branch is called and where it is; the branch takes it up', async () => {
		const lead = await as('branch_lead', { branches: ['belmont'] });
		expect((await lead.get(BRANCH)).body).to.contain(`href="${PLACE}"`);
		expect((await lead.get(PLACE)).body)
			.to.contain('value="Belmont &lt;b&gt;"')
			.and.contain('value="45.512"');
		const generation = lead.hidden('generation');
		const wrong = await lead.post(PLACE, {
			...BRANCH_FORM,
			generation,
			name: 'x'.repeat(101),
			city: 'Boring',
		});
		expect([wrong.status, faultsIn(wrong.body)]).to.deep.equal([422, ['name']]);
		expect(wrong.body).to.contain('value="Boring"');
		const change = { ...BRANCH_FORM, name: 'Sunnyside', city: 'Boring', phone: '1', north: '', east: '' };
		const changed = await lead.post(PLACE, { ...change, generation });
		expect(changed.status).to.equal(303);
		expect((await lead.get(changed.location!)).status).to.equal(200);
		await platform.settle();
		const wish = platform.home.taken.at(-1)!.branch;
		expect(wish).to.include({ name: 'Sunnyside' });
		const { body } = await platform.api<Record<string, { city: string }>>('GET', `/api/v1${BRANCH}`);
		expect(body).to.include({ name: 'Sunnyside', phone: '1', location: null });
		expect(body.address).to.include({ city: 'Boring' });
		expect(await lines('changeBranch')).to.deep.equal([BRANCH]);
		const late = await lead.post(PLACE, { ...change, generation, name: 'Too late' });
		expect(late.status).to.equal(409);
		expect(late.body).to.contain('Somebody changed this branch').and.contain('value="Too late"');
	});

	it('the API changes the address as well, and refuses half of one', async () => {
		const address = { street: '2 Main St', city: 'Anytown', region: 'OR', postcode: '97214' };
		const change = (body: object) => platform.api('PATCH', `/api/v1${BRANCH}`, { body });
		expect((await change({ address: { street: '3 Main St' } })).status).to.equal(422);
		expect((await change({ address })).status).to.equal(202);
		expect((await platform.api('GET', `/api/v1${BRANCH}`)).body).to.have.deep.property('address', address);
	});

	it('who may not make anything sees no form and no way to one, and a form of their own making is refused', async () => {
		for (const role of ['reader', 'auditor', 'branch_lead']) {
			const visitor = await as(role, role === 'branch_lead' ? { branches: ['belmont'] } : {});
			const page = await visitor.get(HERE);
			expect(page.body, role).to.not.contain('/new-branch');
			for (const [path, form] of [
				['/new-library', { ...LIBRARY_FORM, slug: 'other' }],
				[NEW, { ...BRANCH_FORM, slug: 'other' }],
			] as const) {
				expect((await visitor.get(path)).status, `${role} ${path}`).to.equal(403);
				await visitor.get(HERE);
				expect((await visitor.post(path, form)).status, `${role} ${path}`).to.equal(403);
			}
			if (role === 'branch_lead') continue;
			expect((await visitor.get(PLACE)).body, role).to.contain('may look, and change nothing');
			const generation = visitor.hidden('generation');
			expect((await visitor.post(PLACE, { ...BRANCH_FORM, generation })).status, role).to.equal(403);
		}
		expect([await count('library'), await count('branch')]).to.deep.equal([1, 1]);
	});

	it('of another library nobody makes anything', async () => {
		await operator.get('/new-library');
		await operator.post('/new-library', { ...LIBRARY_FORM, slug: 'elsewhere' });
		const it = await as('library_it');
		await it.get(NEW);
		expect((await it.post('/libraries/elsewhere/new-branch', BRANCH_FORM)).status).to.equal(404);
		expect(await count('branch')).to.equal(1);
	});
});
