import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EXIT } from '@understory/cli/exit-code.ts';
import { quarterAfter, quarterOfDay } from '@understory/core/quarters.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { create } from '@understory/town/test-town.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { beginLog } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { formatVkey } from '@understory/transparency-log/note.ts';
import { conceal } from '@understory/transparency-log/sd.ts';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/library-it/command.md'), 'utf8');

describe('the page about the command', () => {
	let town: Awaited<ReturnType<typeof create>>;
	let folder: string;
	let files: Server;
	/** What stands on the page for what the reader has, and what it is here. */
	const here = new Map<string, string>();
	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-cli-page-'));
		town = await create({ libraries: ['OR0063'], sample: true });
		const storage = folderStorage(join(folder, 'log'));
		const log = await beginLog({
			origin: 'accountability.library.example/log/2026',
			key: generateKey(),
			storage,
		});
		const entries = copyBranch(town.data, join(folder, 'branch'));
		const { disclosures, _sd } = conceal({ facts: 'The post offered a car for money.' });
		await log.append(0, [
			Buffer.from(JSON.stringify({ _sd })),
			...entries.map((entry) => Buffer.from(entry)),
		]);
		writeFileSync(join(folder, 'entry.json'), await log.entry(0));
		writeFileSync(join(folder, 'disclosures.json'), JSON.stringify({ disclosures }));
		writeFileSync(join(folder, 'checkpoint'), log.checkpoint().note);
		writeFileSync(join(folder, 'entry.tlog-proof'), await log.proof(0));
		const signIn = { state: 'draft', connector: { kind: 'list', upload_key: 'k'.repeat(43) } };
		writeFileSync(join(folder, 'sign-in.json'), JSON.stringify(signIn));
		const [rule] = starterPolicy('x', '2026-01-01').rules.map(({ version: _, ...rest }) => rest);
		const rules = { id: 'conduct', adopted_by: 'The board', effective_on: '2999-01-01', rules: [rule] };
		writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules));
		files = createServer(async (request, response) => {
			const bytes = await storage.read(request.url!.replace('/log/2026/', ''));
			response.writeHead(bytes ? 200 : 404).end(bytes);
		}).listen(0, '127.0.0.1');
		await once(files, 'listening');
		here.set('http://localhost:4000', town.file.console);
		here.set(
			'https://accountability.library.example/log/2026',
			`http://127.0.0.1:${(files.address() as AddressInfo).port}/log/2026`,
		);
		here.set('2027-03-05T18:00Z', new Date(Date.now() + 86_400_000).toISOString());
		here.set('KEY', log.vkey);
		here.set('2026-Q3', quarterAfter(quarterOfDay(new Date().toISOString().slice(0, 10)), -3));
		here.set(
			'WITNESS-KEY',
			formatVkey({ name: 'clerk.anytown.example/witness', key: generateKey() }, 'cosignature'),
		);
	});
	after(async () => {
		files?.close();
		await town?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	it('every command on it does what it says, in a process of its own', async () => {
		const lines = [...page.matchAll(/^npm run (?:--silent )?understory -- (.+)$/gm)].map(
			([, words]) => words!,
		);
		expect(lines.length).to.be.greaterThan(9);
		for (const line of lines) {
			const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
			// The town of a test looks around only when it is told to; what a command waits for happens then.
			const running = run(words.map((word) => here.get(word) ?? word));
			let ended = false;
			void running.finally(() => {
				ended = true;
			});
			while (!ended) await Promise.race([running, town.settle().then(() => nextTurn())]);
			const { code, said } = await running;
			expect(code, `${line}: ${said}`).to.equal(EXIT.done);
		}
	});

	it('names every code with which it ends', () => {
		const named = [...page.matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code));
		expect(named).to.deep.equal(Object.values(EXIT));
	});

	/** The command as a shell runs it, with the secret on its standard input; what goes on until it is asked to stop is asked once it spoke. */
	function run(words: readonly string[]): Promise<{ code: number; said: string }> {
		return new Promise((resolve) => {
			const child = execFile(
				process.execPath,
				[join(ROOT, 'packages/cli/src/main.ts'), ...words],
				{ cwd: folder, env: { HOME: folder, PATH: '' } },
				(error, out, said) => resolve({ code: error ? Number(error.code) : 0, said: said + out }),
			);
			if (words[0] === 'witness') child.stdout!.once('data', () => child.kill('SIGTERM'));
			child.stdin!.end(`${town.file.adminToken}\n`);
		});
	}
});

/** Copies the folder of a branch that has done something, and answers with its entries. */
function copyBranch(data: string, target: string): string[] {
	const branches = join(data, 'homes', 'home-1', 'branches');
	for (const name of readdirSync(branches)) {
		rmSync(target, { recursive: true, force: true });
		cpSync(join(branches, name), target, { recursive: true });
		const database = new DatabaseSync(join(target, 'branch.sqlite'));
		const rows = database.prepare('select body from entry order by seq').all() as { body: string }[];
		database.close();
		if (rows.length > 0) return rows.map(({ body }) => body);
	}
	throw new Error('no branch of the town has done anything');
}
