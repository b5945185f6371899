import { expect } from 'chai';
import { type KilledPlatform, startKilledPlatform } from '../fixtures/killed-platform.ts';

const ROWS = 900;
const FILE = [
	'library,branch,name,city,library_name,region',
	...Array.from({ length: ROWS }, (_, at) => `lane,b${at},Branch ${at},Eugene,Lane County Library,OR`),
	'lane,b7,The seventh again,Eugene,Lane County Library,OR',
].join('\n');

interface Operation {
	id: string;
	state: string;
	result: Record<string, number>;
	progress: { done: number; total: number };
}
interface Row {
	line: number;
	outcome: string;
}

describe('an import whose process is killed', function () {
	this.timeout(120_000);
	let platform: KilledPlatform;
	before(async () => {
		platform = await startKilledPlatform();
	});
	after(() => platform.close());

	it('is gone on with at the next start wherever it died, and takes in each row once', async () => {
		platform.steps();
		// After the second of four batches, and then at the first thing that the next process does.
		platform.dieAt(3, 1);
		const { body: began } = await platform.file<Operation>('/api/v1/libraries:import', FILE);
		await platform.settle();
		expect(platform.deaths()).to.equal(2);
		const batches = platform.steps().filter((step) => step === 'import_batch');
		expect(batches).to.have.length(4);
		const { body: operation } = await platform.call<Operation>('GET', `/api/v1/operations/${began.id}`);
		expect(operation).to.include({ state: 'done' });
		expect(operation.progress).to.deep.equal({ done: ROWS + 1, total: ROWS + 1 });
		expect(operation.result).to.include({ rows: ROWS + 1, created: ROWS, refused: 1, proposed_closing: 0 });
		const { body } = await platform.call<{ items: Row[] }>('GET', `/api/v1/operations/${began.id}/rows`);
		expect(body.items.map(({ line }) => line)).to.deep.equal(
			Array.from({ length: ROWS + 1 }, (_, at) => at + 2),
		);
		expect(body.items.filter(({ outcome }) => outcome === 'created')).to.have.length(ROWS);
	});
});
