import { expect } from 'chai';
import { type Platform, startPlatform } from '../fixtures/platform.ts';

const ROWS = 600;
const listOf = (library: string, rows = ROWS) =>
	[
		'library,branch,name,city,library_name,region',
		...Array.from({ length: rows }, (_, at) => `${library},b${at},Branch ${at},Salem,${library} Library,OR`),
	].join('\n');

interface Operation {
	id: string;
	state: string;
	result: Record<string, number> | null;
	problem: { title: string } | null;
	progress: { done: number; total: number | null };
}

describe('an import that breaks off', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform();
	});
	after(() => platform.close());

	const database = () => platform.provisioner().context.database;
	async function send(file: string): Promise<string> {
		const headers = { 'content-type': 'text/csv' };
		const sent = await platform.api<Operation>('POST', '/api/v1/libraries:import', {
			body: Buffer.from(file),
			headers,
		});
		expect(sent.status).to.equal(202);
		return sent.body.id;
	}
	const operation = async (id: string) =>
		(await platform.api<Operation>('GET', `/api/v1/operations/${id}`)).body;
	async function swept(): Promise<void> {
		await platform.provisioner().services.sweep();
		await platform.settle();
	}
	/** From now on PostgreSQL refuses a row of this key, as a full disk would. */
	async function refuse(key: string): Promise<void> {
		await database().raw(`
			create function refuse() returns trigger language plpgsql as $$
			begin if new.key = '${key}' then raise exception 'no room'; end if; return new; end $$;
			create trigger refuse before insert on import_row for each row execute function refuse()`);
	}
	const allow = () => database().raw('drop trigger refuse on import_row; drop function refuse');

	it('keeps what was taken in, and is gone on with by the next sweep: each row once', async () => {
		await refuse('polk/b400');
		const id = await send(listOf('polk'));
		await platform.settle();
		const stopped = await operation(id);
		expect(stopped).to.include({ state: 'running', problem: null });
		expect(stopped.progress).to.deep.equal({ done: 250, total: ROWS });
		expect(await database()('branch').where('slug', 'b400')).to.have.length(0);
		await allow();
		await swept();
		const done = await operation(id);
		expect(done).to.include({ state: 'done' });
		expect(done.result).to.include({ rows: ROWS, created: ROWS });
		expect(await database()('import_file')).to.have.length(0);
	});

	it('that breaks off again and again is given up with a sentence, and holds up nobody meanwhile', async () => {
		await refuse('yamhill/b1');
		const id = await send(listOf('yamhill', 3));
		const other = await send(listOf('marion', 3));
		await platform.settle();
		expect(await operation(other)).to.include({ state: 'done' });
		expect(await operation(id)).to.include({ state: 'queued' });
		for (let sweep = 0; sweep < 4; sweep++) await swept();
		const ended = await operation(id);
		expect(ended).to.include({ state: 'failed' });
		expect(ended.problem!.title).to.not.contain('no room');
		expect((await platform.api('GET', '/api/v1/libraries/yamhill')).status).to.equal(404);
		await allow();
	});

	it('two of the same file that are sent at once are taken in one after the other', async () => {
		const ids = await Promise.all([send(listOf('wasco', 5)), send(listOf('wasco', 5))]);
		await platform.settle();
		const results = await Promise.all(ids.map(async (id) => (await operation(id)).result!));
		expect(results.map(({ created }) => created).toSorted()).to.deep.equal([0, 5]);
		expect(results.map(({ unchanged }) => unchanged).toSorted()).to.deep.equal([0, 5]);
	});
});
