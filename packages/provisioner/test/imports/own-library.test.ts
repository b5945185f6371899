import { expect } from 'chai';
import { atConsole, type ConsoleVisitor } from '../fixtures/console-visitor.ts';
import { type Platform, startPlatform } from '../fixtures/platform.ts';

const LIST = 'library,branch,name,city,home,library_name,region';
const LINN = ['linn,albany,Albany,Albany,,,', 'linn,lebanon,Lebanon,Lebanon,dedicated,,'];
/** Of a library that is on the platform, and of one that is not. */
const OTHERS = [
	'benton,corvallis,Taken over,Corvallis,,Mine now,OR',
	'lane,eugene,Eugene,Eugene,,Lane County,OR',
];
const OTHER = 'This row is of another library. Here only rows of linn are taken in.';

interface Operation {
	id: string;
	library: string | null;
	state: string;
	result: (Record<string, number> & { digest?: string }) | null;
	problem: { title: string; code: string } | null;
}
interface Row {
	line: number | null;
	key: string | null;
	outcome: string;
	reason: string | null;
	name: string | null;
	url: string | null;
}

describe('a file that a library’s own IT takes in', () => {
	let platform: Platform;
	const tokens = new Map<string, string>();
	const token = () => tokens.get('library_it')!;
	before(async () => {
		platform = await startPlatform({
			streams: { every: 20, heartbeat: 60_000, longest: 60_000, most: 9, mostOfOne: 9 },
		});
		for (const slug of ['linn', 'benton'])
			await platform.api('POST', '/api/v1/libraries', {
				body: { slug, name: `${slug} County`, region: 'OR', zone: 'America/Los_Angeles' },
			});
		const theirs = `${LIST}\nbenton,corvallis,Corvallis,Corvallis,,,\nbenton,monroe,Monroe,Monroe,,,\n`;
		await platform.api('POST', '/api/v1/libraries:import', {
			body: Buffer.from(theirs),
			headers: { 'content-type': 'text/csv' },
		});
		await platform.settle();
		for (const role of ['library_it', 'auditor', 'reader']) {
			const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
				body: { name: `${role} of Linn`, role, library: 'linn' },
			});
			tokens.set(role, made.body.token);
		}
		const made = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it of Benton', role: 'library_it', library: 'benton' },
		});
		tokens.set('benton', made.body.token);
	});
	after(() => platform.close());

	const send = (lines: readonly string[], query = '', of = 'linn', by = token()) =>
		platform.api<Operation & { title: string; code: string }>(
			'POST',
			`/api/v1/libraries/${of}/branches:import${query}`,
			{
				...{ token: by, body: Buffer.from([LIST, ...lines].join('\n')) },
				headers: { 'content-type': 'text/csv' },
			},
		);
	const operation = async (id: string, by = token()) =>
		(await platform.api<Operation>('GET', `/api/v1/operations/${id}`, { token: by })).body;
	async function taken(lines: readonly string[], query = ''): Promise<Operation> {
		const sent = await send(lines, query);
		expect(sent.status, JSON.stringify(sent.body)).to.equal(202);
		await platform.settle();
		return operation(sent.body.id);
	}
	const rowsOf = async (id: string) =>
		(await platform.api<{ items: Row[] }>('GET', `/api/v1/operations/${id}/rows`, { token: token() })).body
			.items;
	const slugsOf = async (library: string) =>
		(
			await platform.api<{ items: { slug: string; name: string; proposed_closing: string | null }[] }>(
				'GET',
				`/api/v1/libraries/${library}/branches`,
			)
		).body.items.map(({ slug, name, proposed_closing }) => [slug, name, proposed_closing]);
	const quotas = (body: object) => platform.api('PUT', '/api/v1/libraries/linn/quotas', { body });

	it('is shown and taken in; rows of other libraries are refused, whether they are here or not, and nothing is told of them', async () => {
		const before = await slugsOf('benton');
		const { body: shown } = await send([...LINN, ...OTHERS], '?dry_run=true');
		expect(shown.result).to.include({ rows: 4, created: 2, refused: 2, proposed_closing: 0 });
		const rows = await rowsOf(shown.id);
		for (const row of rows.slice(2))
			expect(row).to.include({ outcome: 'refused', reason: OTHER, name: null, url: null });
		expect(await slugsOf('linn')).to.deep.equal([]);
		const done = await taken([...LINN, ...OTHERS], `?digest=${shown.result!.digest}`);
		expect(done).to.include({ state: 'done' });
		expect(done.result).to.include({ created: 2, refused: 2, proposed_closing: 0 });
		expect((await slugsOf('linn')).map(([slug]) => slug)).to.deep.equal(['albany', 'lebanon']);
		expect(await slugsOf('benton')).to.deep.equal(before);
		expect((await platform.api('GET', '/api/v1/libraries/lane')).status).to.equal(404);
	});

	it('keeps what is there, and proposes for closing what it lacks among its own alone', async () => {
		const { body: shown } = await send([LINN[0]!, OTHERS[0]!], '?dry_run=true');
		const rows = await rowsOf(shown.id);
		expect(rows.map(({ key, outcome }) => [key, outcome])).to.deep.equal([
			['linn/lebanon', 'proposed_closing'],
			['linn/albany', 'unchanged'],
			['benton/corvallis', 'refused'],
		]);
		// A file without a row of its own says nothing of it.
		const { body: none } = await send([OTHERS[0]!], '?dry_run=true');
		expect(none.result).to.include({ rows: 1, refused: 1, proposed_closing: 0 });
		expect((await send([OTHERS[0]!], `?digest=${none.result!.digest}`)).body.code).to.equal('takes_nothing');
	});

	it('of the survey has rows of its own by its FSCS key; a key that no library here has makes none', async () => {
		const survey = [
			'STABR,FSCSKEY,FSCS_SEQ,LIBNAME,ADDRESS,CITY,ZIP,ZIP4,PHONE,C_OUT_TY,STATSTRU',
			'OR,OR0063,005,BELMONT LIBRARY,1038 SE CESAR CHAVEZ BLVD,PORTLAND,97214,4318,5039885382,BR,00',
		];
		const sent = await platform.api<Operation>(
			'POST',
			'/api/v1/libraries/linn/branches:import?dry_run=true',
			{
				...{ token: token(), body: Buffer.from(survey.join('\n')) },
				headers: { 'content-type': 'text/csv' },
			},
		);
		expect(sent.body.result).to.include({ rows: 1, created: 0, refused: 1 });
		expect((await rowsOf(sent.body.id))[0]!.reason).to.equal(OTHER);
	});

	it('is nobody else’s: not another library’s, not for whoever only reads', async () => {
		const { body: shown } = await send(LINN, '?dry_run=true');
		for (const [by, status] of [
			['benton', 404],
			['auditor', 403],
			['reader', 403],
		] as const)
			expect((await send(LINN, '?dry_run=true', 'linn', tokens.get(by))).status, by).to.equal(status);
		const theirs = { token: tokens.get('benton')! };
		for (const path of [`/api/v1/operations/${shown.id}`, `/api/v1/operations/${shown.id}/rows`])
			expect((await platform.api('GET', path, theirs)).status).to.equal(404);
		// Nor does a digest of the library's confirm anything for the platform.
		const asPlatform = await platform.api<{ code: string }>(
			'POST',
			`/api/v1/libraries:import?digest=${shown.result!.digest}`,
			{ body: Buffer.from([LIST, ...LINN].join('\n')), headers: { 'content-type': 'text/csv' } },
		);
		expect([asPlatform.status, asPlatform.body.code]).to.deep.equal([409, 'another_plan']);
	});

	it('that is sent twice at once beside one of the platform is taken in once: the others find it there', async () => {
		const more = [...LINN, 'linn,sweet-home,Sweet Home,Sweet Home,,,'];
		const begun = await Promise.all([
			send(more),
			send(more),
			platform.api<Operation>('POST', '/api/v1/libraries:import', {
				body: Buffer.from([LIST, ...more].join('\n')),
				headers: { 'content-type': 'text/csv' },
			}),
		]);
		await platform.settle();
		const results = [];
		for (const { body } of begun)
			results.push((await platform.api<Operation>('GET', `/api/v1/operations/${body.id}`)).body.result!);
		expect(results.map(({ created }) => created).toSorted()).to.deep.equal([0, 0, 1]);
		expect(results.map(({ unchanged }) => unchanged).toSorted()).to.deep.equal([2, 3, 3]);
	});

	it('goes no further than the quotas of the library: the rows that are too many are refused, with whom to ask', async () => {
		await quotas({ ask: 'Dana', branches: 4, dedicated: 1 });
		const all = [
			...LINN,
			'linn,sweet-home,Sweet Home,Sweet Home,dedicated,,',
			'linn,mill-city,Mill City,Mill City,dedicated,,',
			'linn,scio,Scio,Scio,,,',
			'linn,halsey,Halsey,Halsey,,,',
		];
		const done = await taken(all);
		const rows = await rowsOf(done.id);
		expect(rows.map(({ key, outcome }) => [key?.replace('linn/', ''), outcome])).to.deep.equal([
			['albany', 'unchanged'],
			['lebanon', 'unchanged'],
			['sweet-home', 'refused'],
			['mill-city', 'refused'],
			['scio', 'created'],
			['halsey', 'refused'],
		]);
		const full = 'with those of branches that are only listed, and it is full. For more, ask Dana.';
		expect(rows[3]!.reason).to.equal(`The quota of homes of their own is 1, ${full}`);
		expect(rows[5]!.reason).to.equal(
			'The quota of branches is 4, with those that are only listed, and it is full. For more, ask Dana.',
		);
		// What the platform itself takes in is its own affair, as before.
		expect((await platform.api('GET', '/api/v1/libraries/linn/branches/halsey')).status).to.equal(404);
	});

	it('that breaks off goes on where it stopped, within what there is room for by then', async () => {
		await quotas({ ask: 'Dana', branches: 500 });
		const many = Array.from({ length: 400 }, (_, at) => `linn,b${at},Branch ${at},Albany,,,`);
		const { database } = platform.provisioner().context;
		await database.raw(`
			create function refuse() returns trigger language plpgsql as $$
			begin if new.key = 'linn/b300' then raise exception 'no room'; end if; return new; end $$;
			create trigger refuse before insert on import_row for each row execute function refuse()`);
		const { body: begun } = await send(many);
		await platform.settle();
		expect(await operation(begun.id)).to.include({ state: 'running' });
		await database.raw('drop trigger refuse on import_row; drop function refuse');
		// Four stood there, 250 were taken in; meanwhile there is room for ten more.
		await quotas({ ask: 'Dana', branches: 264 });
		await platform.provisioner().services.sweep();
		await platform.settle();
		const ended = await operation(begun.id);
		expect(ended).to.include({ state: 'done' });
		expect(ended.result).to.include({ created: 260, refused: 140, proposed_closing: 4 });
		expect(await slugsOf('linn')).to.have.length(50);
	});

	it('waits with four others at the most, and of its previews the newest twenty are kept', async () => {
		const { context } = platform.provisioner();
		const { rows } = await context.database.raw<{ rows: { id: string }[] }>(
			"select id from library where slug = 'linn'",
		);
		for (let at = 0; at < 5; at++)
			await context.database('operation').insert({
				...{ id: context.randomId(), kind: 'import', library: rows[0]!.id, state: 'queued' },
				...{ created_by: 'x', created: context.clock.now() },
			});
		const sent = await send(LINN);
		expect([sent.status, sent.body.code]).to.deep.equal([409, 'imports_wait']);
		await context.database('operation').where({ created_by: 'x' }).delete();
		const first = (await send(OTHERS, '?dry_run=true')).body.id;
		for (let at = 0; at < 20; at++) {
			platform.clock.advance(1);
			await send(OTHERS, '?dry_run=true');
		}
		expect((await platform.api('GET', `/api/v1/operations/${first}`)).status).to.equal(404);
	});

	describe('at the console', () => {
		let it_: ConsoleVisitor;
		const base = '/libraries/linn/imports';
		before(async () => {
			it_ = await atConsole(platform, token());
			await quotas({ ask: 'Dana', branches: 400 });
		});

		it('is found from the library’s page, shown row by row, and done when it is confirmed', async () => {
			expect((await it_.get('/libraries/linn')).body).to.contain(`href="${base}"`);
			const page = await it_.get(base);
			expect(page.body).to.contain('linn,joseph,Joseph Branch,Joseph').and.to.not.contain('library_name');
			const file = [LIST, ...OTHERS, 'linn,tangent,Tangent,Tangent,,,'].join('\n');
			const sent = await it_.send(base, file);
			expect(sent.location).to.match(/^\/libraries\/linn\/imports\/[0-9a-f-]{36}$/);
			expect((await it_.get(`${sent.location}?outcome=refused`)).body).to.contain(OTHER);
			const shown = await it_.get(sent.location!);
			expect(shown.body).to.contain('1 is created').and.to.contain('2 are refused');
			const done = await it_.post(`${sent.location}/confirm`, { digest: it_.hidden('digest') });
			expect(done.location).to.match(/^\/libraries\/linn\/imports\//);
			await platform.settle();
			const page2 = await it_.get(done.location!);
			expect(page2.body)
				.to.contain('Taken in')
				.and.to.contain('Provision the branches on the page of the library');
			const operationPage = await it_.get(`/operations/${done.location!.split('/').at(-1)}`);
			expect(operationPage.body).to.contain(`href="${done.location}"`);
			const audit = await it_.get('/libraries/linn/audit');
			expect(audit.body).to.contain('Take in a file of branches');
		});

		it('is looked at by auditors of the library, without forms; another library, a reader and the platform’s page know nothing of it', async () => {
			await it_.get(base);
			const { location } = await it_.send(base, [LIST, ...LINN].join('\n'));
			const auditor = await atConsole(platform, tokens.get('auditor')!);
			const seen = await auditor.get(location!);
			expect(seen.status).to.equal(200);
			expect(seen.body).to.not.contain('<form class="sheet');
			expect((await auditor.get(base)).body).to.not.contain('type="file"');
			expect((await auditor.post(`${location}/confirm`, { digest: 'x' })).status).to.equal(403);
			expect((await (await atConsole(platform, tokens.get('reader')!)).get(base)).status).to.equal(403);
			const benton = await atConsole(platform, tokens.get('benton')!);
			const id = location!.split('/').at(-1);
			for (const path of [location!, `${location}/stream`, `/libraries/benton/imports/${id}`])
				expect((await benton.get(path)).status, path).to.equal(404);
			expect((await benton.get('/imports')).status).to.equal(403);
			expect((await benton.get('/libraries/benton/imports')).body).to.not.contain(String(id));
		});
	});
});
