import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../packages/town/src/postgres-process.ts';
import { type Started, startTown } from './town-process.ts';
import { Visitor } from './visitor.ts';

const PAGE = new URL('../../docs/library-it/README.md', import.meta.url);

describe('the command of the page for library IT that starts a town', () => {
	const data = mkdtempSync(join(tmpdir(), 'understory-process-'));
	let town: Started | undefined;
	after(async () => {
		if (town?.up) await town.end('SIGKILL');
		rmSync(data, { recursive: true, force: true });
	});

	it('does so as it stands there, and Ctrl+C ends it', async () => {
		const [, by] = /^```sh\n(npm .+)$/m.exec(readFileSync(PAGE, 'utf8'))!;
		const port = await freePort();
		town = await startTown(['--port', String(port), '--no-sample'], { data, by });
		if (!town.up) throw new Error(town.said);
		expect(town.said()).to.include(town.file.console);
		// Nothing is in it, as --no-sample has it.
		expect(town.file.libraries).to.deep.equal([]);
		expect((await new Visitor(port).open(town.file.console)).status).to.be.oneOf([200, 401]);
		await town.end('SIGINT');
		expect(JSON.parse(readFileSync(join(data, 'town.json'), 'utf8')).ready).to.equal(false);
	}).timeout(120_000);
});
