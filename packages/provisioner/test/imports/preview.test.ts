import { expect } from 'chai';
import { type Platform, startPlatform } from '../fixtures/platform.ts';

const LIST = 'library,branch,name,city,library_name,region,street,phone,home,host,place,hours,deputy';
const CENTRAL =
	'clackamas,central,Central,Oregon City,Clackamas County Library,OR,606 John Adams St,503-655-8592,,,,,';
const GLADSTONE =
	'clackamas,gladstone,Gladstone,Gladstone,Clackamas County Library,OR,135 E Dartmouth St,,dedicated,Ana,the desk by the door,Mo-Fr 10:00-18:00; Sa 10:00-16:00,Lee';
const NOWHERE = 'linn,main,Main,Albany,,,,,,,,,';

interface Operation {
	id: string;
	kind: string;
	state: string;
	result: (Record<string, number> & { digest: string }) | null;
	problem: { title: string; code: string } | null;
	progress: { done: number; total: number | null };
}
interface Row {
	line: number | null;
	key: string | null;
	outcome: string;
	reason: string | null;
	url: string | null;
	changed: string[];
}

describe('a preview of an import', () => {
	let platform: Platform;
	before(async () => {
		platform = await startPlatform();
	});
	after(() => platform.close());

	const post = (lines: readonly string[], query = '') =>
		platform.api<Operation & { title: string; code: string }>('POST', `/api/v1/libraries:import${query}`, {
			body: Buffer.from(`${lines.join('\n')}\n`),
			headers: { 'content-type': 'text/csv' },
		});
	const preview = async (lines: readonly string[]) => (await post(lines, '?dry_run=true')).body;
	async function ended(lines: readonly string[], digest: string): Promise<Operation> {
		const begun = await post(lines, `?digest=${digest}`);
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		await platform.settle();
		return (await platform.api<Operation>('GET', `/api/v1/operations/${begun.body.id}`)).body;
	}
	const rowsOf = async (id: string, query = '') =>
		(await platform.api<{ items: Row[] }>('GET', `/api/v1/operations/${id}/rows${query}`)).body.items;
	const branch = async (path: string) =>
		(await platform.api<Record<string, unknown>>('GET', `/api/v1/libraries/${path}`)).body;

	it('says of each row what would become of it and where the branch would be, and does nothing', async () => {
		const shown = await preview([LIST, CENTRAL, GLADSTONE, NOWHERE]);
		expect(shown).to.include({ kind: 'import_preview', state: 'done' });
		expect(shown.result).to.include({ rows: 3, created: 2, refused: 1 });
		const rows = await rowsOf(shown.id);
		expect(rows.map(({ line, key, outcome, url }) => [line, key, outcome, url])).to.deep.equal([
			[2, 'clackamas/central', 'created', 'http://central.clackamas.localhost:4000'],
			[3, 'clackamas/gladstone', 'created', 'http://gladstone.clackamas.localhost:4000'],
			[4, 'linn/main', 'refused', null],
		]);
		expect(rows[2]!.reason).to.contain('There is no library linn');
		expect(await rowsOf(shown.id, '?outcome=refused')).to.have.length(1);
		expect((await platform.api('GET', '/api/v1/libraries/clackamas')).status).to.equal(404);
	});

	it('of which every row is refused or passed over cannot be confirmed', async () => {
		for (const file of [[LIST, NOWHERE], [LIST]]) {
			const { result } = await preview(file);
			const confirmed = await post(file, `?digest=${result!.digest}`);
			expect([confirmed.status, confirmed.body.code]).to.deep.equal([409, 'takes_nothing']);
		}
	});

	it('is confirmed with its digest: then the same is done, and a second time nothing more', async () => {
		const file = [LIST, CENTRAL, GLADSTONE];
		const { result } = await preview(file);
		const operation = await ended(file, result!.digest);
		expect(operation).to.include({ state: 'done' });
		expect(operation.progress).to.deep.equal({ done: 2, total: 2 });
		expect(operation.result).to.include({ created: 2 });
		const gladstone = await branch('clackamas/branches/gladstone');
		expect(gladstone).to.include({ stage: 'listed', phone: null });
		expect(gladstone.home).to.deep.equal({ kind: 'dedicated', name: null });
		expect(gladstone.door).to.deep.include({ host: 'Ana', deputy: 'Lee' });
		expect((gladstone.door as { hours: object[] }).hours).to.have.length(6);
		expect((await branch('clackamas')).zone).to.equal('America/Los_Angeles');
		const again = await preview(file);
		expect(again.result).to.include({ created: 0, unchanged: 2 });
		// What was confirmed was to make two branches; they are there.
		const late = await post(file, `?digest=${result!.digest}`);
		expect(late.status).to.equal(409);
		expect(late.body.title).to.contain('platform has changed');
	});

	it('of another file, or of another state of the platform, is refused in a sentence and nothing is done', async () => {
		const file = [LIST, CENTRAL.replace(',Central,', ',Main,'), GLADSTONE];
		const { result } = await preview(file);
		const other = await post([...file, NOWHERE], `?digest=${result!.digest}`);
		expect(other.status).to.equal(409);
		expect(other.body.code).to.equal('another_plan');
		expect(other.body.title).to.contain('not the file that was looked at');
		const path = '/api/v1/libraries/clackamas/branches/central';
		await platform.api('PATCH', path, { body: { name: 'Center' } });
		const meanwhile = await post(file, `?digest=${result!.digest}`);
		expect(meanwhile.status).to.equal(409);
		expect((await branch('clackamas/branches/central')).name).to.equal('Center');
	});

	it('shows which fields change, what the file has no more, and takes away nothing that it does not say', async () => {
		const file = [LIST, GLADSTONE.replace('Ana', 'Bo').replace('135 E Dartmouth St', '')];
		const shown = await preview(file);
		const rows = await rowsOf(shown.id);
		expect(rows.map(({ line, key, outcome, changed }) => [line, key, outcome, changed])).to.deep.equal([
			[null, 'clackamas/central', 'proposed_closing', []],
			[2, 'clackamas/gladstone', 'updated', ['door']],
		]);
		expect((await branch('clackamas/branches/central')).proposed_closing).to.equal(null);
		await ended(file, shown.result!.digest);
		expect(await branch('clackamas/branches/central')).to.include({
			stage: 'listed',
			proposed_closing: 'not_in_file',
		});
		const gladstone = await branch('clackamas/branches/gladstone');
		expect(gladstone.address).to.deep.include({ street: '135 E Dartmouth St' });
		expect(gladstone.door).to.deep.include({ host: 'Bo' });
	});

	for (const [why, row] of [
		['branch is no label', 'clackamas,Not A Label,X,Y,,,,,,,,,'],
		['branch is no label', 'clackamas,card,X,Y,,,,,,,,,'],
		['name is empty', 'clackamas,x,,Y,,,,,,,,,'],
		['home is neither', 'clackamas,x,X,Y,,,,,castle,,,,'],
		['A door is host, place, hours and deputy', 'clackamas,x,X,Y,,,,,,Ana,,,'],
		['hours are not written', 'clackamas,x,X,Y,,,,,,Ana,desk,at noon,Lee'],
		['hours are not written', 'clackamas,x,X,Y,,,,,,Ana,desk,Mo 18:00-10:00,Lee'],
		['library is no label', `${'<script>'.repeat(4)},x,X,Y,,,,,,,,,`],
	] as const) {
		it(`refuses the row "${row.slice(0, 40)}" alone, because: ${why}`, async () => {
			const shown = await preview([LIST, row, CENTRAL]);
			const [refused] = await rowsOf(shown.id, '?outcome=refused');
			expect(refused).to.include({ line: 2 });
			expect(refused!.reason).to.contain(why);
			expect(shown.result).to.include({ rows: 2, refused: 1 });
		});
	}

	it('of a file that cannot be read says why, and a column that nobody knows is not passed over', async () => {
		const shown = await preview(['library,branch,name,city,colour', 'clackamas,x,X,Y,red']);
		expect(shown).to.include({ state: 'failed' });
		expect(shown.problem!.title).to.contain('"colour"');
		expect((await post([LIST], '?dry_run=perhaps')).status).to.equal(422);
	});

	it('is read as UTF-8 when it is that, also without a mark', async () => {
		const shown = await preview([LIST, 'clackamas,cesar,César Chávez,Milwaukie,,,,,,,,,']);
		const [row] = await rowsOf(shown.id, '?outcome=created');
		expect(row).to.include({ name: 'César Chávez' });
	});

	it('is forgotten after a week', async () => {
		const shown = await preview([LIST, CENTRAL]);
		platform.clock.advance(8 * 86_400_000);
		await preview([LIST, CENTRAL]);
		expect((await platform.api('GET', `/api/v1/operations/${shown.id}`)).status).to.equal(404);
	});
});
