import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EXIT } from '@understory/cli/exit-code.ts';
import { create } from '@understory/town/test-town.ts';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/library-it/command.md'), 'utf8');

describe('the page about the command', () => {
	let town: Awaited<ReturnType<typeof create>>;
	let folder: string;
	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-cli-page-'));
		town = await create({ libraries: ['OR0063'], sample: true });
	});
	after(async () => {
		await town?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	it('every command on it does what it says, in a process of its own', async () => {
		const lines = [...page.matchAll(/^npm run (?:--silent )?understory -- (.+)$/gm)].map(
			([, words]) => words!,
		);
		expect(lines.length).to.be.greaterThan(6);
		for (const line of lines) {
			const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
			const here = words.map((word) => (word === 'http://localhost:4000' ? town.file.console : word));
			const { code, said } = await run(here, town.file.adminToken);
			expect(code, `${line}: ${said}`).to.equal(EXIT.done);
		}
	});

	it('names every code with which it ends', () => {
		const named = [...page.matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code));
		expect(named).to.deep.equal(Object.values(EXIT));
	});

	/** The command as a shell runs it, with the secret on its standard input. */
	function run(words: readonly string[], secret: string): Promise<{ code: number; said: string }> {
		return new Promise((resolve) => {
			const child = execFile(
				process.execPath,
				[join(ROOT, 'packages/cli/src/main.ts'), ...words],
				{ env: { HOME: folder, PATH: '' } },
				(error, out, said) => resolve({ code: error ? Number(error.code) : 0, said: said + out }),
			);
			child.stdin!.end(`${secret}\n`);
		});
	}
});
