import { expect } from 'chai';
import { type Platform, startPlatform } from '../fixtures/platform.ts';

const HEADER = 'STABR,FSCSKEY,FSCS_SEQ,LIBNAME,ADDRESS,CITY,ZIP,ZIP4,PHONE,C_OUT_TY,STATSTRU';
const BELMONT =
	'OR,OR0063,005,BELMONT LIBRARY,1038 SE CESAR CHAVEZ BLVD,PORTLAND,97214,4318,5039885382,BR,00';
const CENTRAL = 'OR,OR0063,002,CENTRAL LIBRARY,801 SW 10TH AVE,PORTLAND,97205,M,5039885123,CE,00';
const BOOKMOBILE = 'OR,OR0063,009,BOOKMOBILE,205 NE RUSSELL ST,PORTLAND,97212,M,-4,BS,00';
const ODD = 'OR,OR0063,010,SOMETHING,205 NE RUSSELL ST,PORTLAND,97212,M,-4,XX,00';
const WEED = 'CA,CA0104,003,WEED BRANCH,780 S DAVIS AVE,WEED,96094,2507,5309384769,BR,00';
const FILE = [HEADER, CENTRAL, BELMONT, BOOKMOBILE, ODD, WEED];

interface Operation {
	id: string;
	state: string;
	result: Record<string, number> | null;
	problem: { title: string; code: string } | null;
	progress: { done: number; total: number | null };
}
interface Row {
	line: number | null;
	key: string | null;
	outcome: string;
	reason: string | null;
	name: string | null;
	url: string | null;
	changed: string[];
}
interface Branch {
	slug: string;
	name: string;
	stage: string;
	url: string;
	proposed_closing: string | null;
	conditions: { type: string; status: string }[];
}

describe('the import of a survey', () => {
	let platform: Platform;

	beforeEach(async () => {
		platform = await startPlatform();
	});
	afterEach(() => platform.close());

	async function send(lines: readonly string[], query = '', token?: string): Promise<Operation> {
		const sent = await platform.api<Operation>('POST', `/api/v1/libraries:import${query}`, {
			body: Buffer.from(`${lines.join('\n')}\n`, 'latin1'),
			headers: { 'content-type': 'text/csv' },
			...(token ? { token } : {}),
		});
		expect(sent.status).to.equal(202);
		await platform.settle();
		return (await platform.api<Operation>('GET', `/api/v1/operations/${sent.body.id}`)).body;
	}

	const rowsOf = async ({ id }: Operation) =>
		(await platform.api<{ items: Row[] }>('GET', `/api/v1/operations/${id}/rows`)).body.items;
	const branches = async (library = 'or0063') =>
		(await platform.api<{ items: Branch[] }>('GET', `/api/v1/libraries/${library}/branches`)).body.items;

	it('lists branches and says what became of each row, and nothing runs', async () => {
		const operation = await send(FILE);
		expect(operation).to.include({ state: 'done', problem: null });
		expect(operation.progress.done).to.equal(5);
		expect(operation.result).to.include({ rows: 5, created: 3, skipped: 1, refused: 1 });
		const rows = await rowsOf(operation);
		expect(rows.map(({ line, key, outcome }) => [line, key, outcome])).to.deep.equal([
			[2, 'OR0063-002', 'created'],
			[3, 'OR0063-005', 'created'],
			[4, 'OR0063-009', 'skipped'],
			[5, 'OR0063-010', 'refused'],
			[6, 'CA0104-003', 'created'],
		]);
		expect(rows[1]).to.include({ name: 'Belmont', url: 'http://belmont.or0063.localhost:4000' });
		for (const { outcome, reason } of rows) expect(reason === null).to.equal(outcome === 'created');
		expect((await branches()).map(({ slug, stage }) => [slug, stage])).to.deep.equal([
			['belmont', 'listed'],
			['central', 'listed'],
		]);
		expect(platform.starts).to.have.length(0);
	});

	it('changes nothing the second time', async () => {
		await send(FILE);
		const before = await branches();
		const operation = await send(FILE);
		expect(operation.result).to.include({
			created: 0,
			updated: 0,
			unchanged: 3,
			skipped: 1,
			refused: 1,
			proposed_closing: 0,
		});
		expect(await branches()).to.deep.equal(before);
	});

	it('tells where a branch stands, in the API and in the signed register; an edition without it takes nothing away, and library IT may say it', async () => {
		const located = [`${HEADER},LONGITUD,LATITUDE`, `${BELMONT},-122.6226,45.51567`, `${CENTRAL},0,0`];
		await send(located);
		type Located = Branch & { location: { north: number; east: number } | null };
		const locations = async () => ((await branches()) as Located[]).map(({ location }) => location);
		const belmont = { north: 45516, east: -122623 };
		expect(await locations()).to.deep.equal([belmont, null]);
		expect((await send(located)).result).to.include({ unchanged: 2, updated: 0 });
		await send([HEADER, BELMONT, CENTRAL]);
		expect(await locations()).to.deep.equal([belmont, null]);
		const central = '/api/v1/libraries/or0063/branches/central';
		for (const wrong of [{ north: 90_001, east: 0 }, { north: 45.5, east: 0 }, { north: 45 }, 'Portland'])
			expect((await platform.api('PATCH', central, { body: { location: wrong } })).status).to.equal(422);
		const told = { north: 45519, east: -122683 };
		expect((await platform.api('PATCH', central, { body: { location: told } })).status).to.equal(202);
		expect(await locations()).to.deep.equal([belmont, told]);
		await platform.api('POST', '/api/v1/libraries/or0063/operations', { body: { kind: 'provision' } });
		await platform.settle();
		const { id } = (await platform.api<{ id: string }>('GET', '/api/v1/libraries/or0063')).body;
		const register = await platform.register(id);
		expect(register.branches.map(({ location }) => location)).to.deep.equal([belmont, told]);
		await platform.api('PATCH', central, { body: { location: null } });
		expect(await locations()).to.deep.equal([belmont, null]);
	});

	it('takes only the libraries that are named', async () => {
		const operation = await send(FILE, '?library=CA0104');
		expect(operation.result).to.include({ rows: 1, created: 1 });
		expect((await platform.api('GET', '/api/v1/libraries/or0063')).status).to.equal(404);
		const none = await send(FILE, '?library=ZZ0001');
		expect(none.state).to.equal('failed');
		expect(none.problem!.title).to.contain('ZZ0001');
		// Nothing is half-done: what was asked for beside it was not taken in.
		const half = await send(FILE, '?library=OR0063,ZZ0001');
		expect(half.state).to.equal('failed');
		expect((await platform.api('GET', '/api/v1/libraries/or0063')).status).to.equal(404);
	});

	it('says of libraries that the file has no row of nothing at all', async () => {
		await send(FILE);
		const operation = await send([HEADER, WEED]);
		expect(operation.result).to.include({ rows: 1, unchanged: 1, proposed_closing: 0 });
	});

	it('takes the first of two rows with one key, and refuses the second with the line of the first', async () => {
		const operation = await send([HEADER, BELMONT, BELMONT.replace('BELMONT', 'SUNNYSIDE')]);
		expect(operation.result).to.include({ created: 1, refused: 1 });
		expect((await rowsOf(operation))[1]!.reason).to.equal('OR0063-005 stands in line 2 already.');
	});

	it("of next year's file takes names over, proposes closings, and renames no host", async () => {
		await send(FILE);
		const renamed = BELMONT.replace('BELMONT LIBRARY', 'SUNNYSIDE LIBRARY');
		const operation = await send([HEADER, renamed, WEED]);
		expect(operation.result).to.include({ updated: 1, unchanged: 1, proposed_closing: 1 });
		const [belmont, central] = await branches();
		expect(belmont).to.include({
			slug: 'belmont',
			name: 'Sunnyside',
			url: 'http://belmont.or0063.localhost:4000',
		});
		expect(central).to.include({ slug: 'central', stage: 'listed', proposed_closing: 'not_in_survey' });
		const rows = await rowsOf(operation);
		expect(rows.map(({ line, outcome }) => [line, outcome])).to.deep.equal([
			[null, 'proposed_closing'],
			[2, 'updated'],
			[3, 'unchanged'],
		]);
		expect(rows[1]!.changed).to.deep.equal(['name']);
		await send(FILE);
		expect((await branches())[1]).to.include({ slug: 'central', proposed_closing: null });
	});

	it('tells a branch that runs already what the new edition says of it', async () => {
		await send(FILE);
		await platform.api('POST', '/api/v1/libraries/or0063/operations', { body: { kind: 'provision' } });
		await platform.settle();
		await send([HEADER, CENTRAL, BELMONT.replace('BELMONT LIBRARY', 'SUNNYSIDE LIBRARY'), WEED]);
		expect(platform.home.taken).to.have.length(3);
		expect(platform.home.taken.at(-1)!.branch).to.include({ slug: 'belmont', name: 'Sunnyside' });
	});

	it('fails in a sentence for a file that is not of the survey, and for no file at all', async () => {
		const other = await send(['name,colour', 'Belmont,red']);
		expect(other.state).to.equal('failed');
		expect(other.problem!.title).to.contain('FSCSKEY');
		const empty = await send(['']);
		expect(empty).to.deep.include({ state: 'failed' });
	});

	it('is for the administrators of the platform', async () => {
		await send(FILE);
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it', role: 'library_it', library: 'or0063' },
		});
		const refused = await platform.api('POST', '/api/v1/libraries:import', {
			token: made.body.token,
			body: Buffer.from(HEADER),
			headers: { 'content-type': 'text/csv' },
		});
		expect(refused.status).to.equal(403);
	});

	it('one operation provisions everything listed, but for what is proposed for closing', async () => {
		await send(FILE);
		await send([HEADER, BELMONT, WEED]);
		const began = await platform.api<Operation>('POST', '/api/v1/libraries/or0063/operations', {
			body: { kind: 'provision' },
		});
		await platform.settle();
		const operation = (await platform.api<Operation>('GET', `/api/v1/operations/${began.body.id}`)).body;
		expect(operation.state).to.equal('done');
		expect(operation.progress).to.deep.equal({ done: 1, total: 1 });
		expect((await branches()).map(({ slug, stage }) => [slug, stage])).to.deep.equal([
			['belmont', 'unopened'],
			['central', 'listed'],
		]);
		// The other library was not asked for.
		expect((await branches('ca0104'))[0]).to.include({ stage: 'listed' });
	});

	it('an import that broke off with its process is told so at the next start', async () => {
		const { database } = platform.provisioner().context;
		const operation = await send(FILE);
		await database('operation')
			.where({ id: operation.id })
			.update({ state: 'running', finished: null, result: null });
		await platform.restart();
		const told = (await platform.api<Operation>('GET', `/api/v1/operations/${operation.id}`)).body;
		expect(told).to.include({ state: 'failed' });
		expect(told.problem).to.include({ code: 'broken_off' });
	});
});
