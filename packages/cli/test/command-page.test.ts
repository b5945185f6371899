import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
	cpSync,
	createReadStream,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { readCommand } from '@understory/config/command.ts';
import { quarterAfter, quarterOfDay } from '@understory/core/quarters.ts';
import type { DeletionReceipt } from '@understory/core/receipt.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { create } from '@understory/town/test-town.ts';
import { generateKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { beginLog } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { formatVkey } from '@understory/transparency-log/note.ts';
import { conceal } from '@understory/transparency-log/sd.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { type FarMastodon, startFarMastodon } from '../../provisioner/test/fixtures/far-mastodon.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/library-it/command.md'), 'utf8');

/** What a receipt says of a branch for which nothing ever ran. */
const GONE: Omit<DeletionReceipt, 'type' | 'platform'> = {
	library: { id: 'a', slug: 'multnomah', name: 'Multnomah' },
	branch: { id: 'b', slug: 'belmont', name: 'Belmont', origin: 'https://belmont.example', epoch: 1 },
	retired: { at: 0, by: null },
	held_until: 1,
	deletion: { asked: 2, by: 'Ana' },
	...{ home: null, destroyed: 3, last_copy: null },
	...{ copies_destroyed: 0, copies_in_other_homes: [], not_ours_to_destroy: [] },
};

describe('the page about the command', () => {
	let town: Awaited<ReturnType<typeof create>>;
	let folder: string;
	let files: Server;
	let old: FarMastodon;
	/** What stands on the page for what the reader has, and what it is here. */
	const here = new Map<string, string>();
	const began = process.cwd();
	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-cli-page-'));
		// The page names files as whoever stands in their folder does.
		process.chdir(folder);
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
		const signer = generateKey();
		const receipt = { type: 'understory/deletion-receipt/v1', platform: publicKeyOf(signer), ...GONE };
		writeFileSync(join(folder, 'receipt.json'), JSON.stringify(signDocument(receipt, signer)));
		here.set('PLATFORM-KEY', signer.id);
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
		old = await startFarMastodon();
		here.set('https://social.library.example', old.origin);
		here.set('KEY', log.vkey);
		here.set('2026-Q3', quarterAfter(quarterOfDay(new Date().toISOString().slice(0, 10)), -3));
		here.set(
			'WITNESS-KEY',
			formatVkey({ name: 'clerk.anytown.example/witness', key: generateKey() }, 'cosignature'),
		);
	});
	after(async () => {
		process.chdir(began);
		files?.close();
		await old?.close();
		await town?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	it('every command on it does what it says, the first that asks something in a process of its own too', async () => {
		const lines = [...page.matchAll(/^npm run (?:--silent )?understory -- (.+)$/gm)].map(
			([, words]) => words!,
		);
		expect(lines.length).to.be.greaterThan(9);
		for (const line of lines) {
			const named = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
			const words = named.map((word) => here.get(word) ?? word);
			const { code, said } = await run(words);
			expect(code, `${line}: ${said}`).to.equal(EXIT.done);
			// What a preview says is what the next line takes.
			const digest = /^sha256: (\S+)$/m.exec(said)?.[1];
			if (digest) here.set('SHA256', digest);
			const team = /^team +(\S+)$/m.exec(said)?.[1];
			if (team) here.set('TEAM', team);
			if (line !== 'library list') continue;
			const apart = await runApart(words);
			expect(apart).to.deep.equal({ code, said });
		}
	}).timeout(180_000);

	it('names every code with which it ends', () => {
		const named = [...page.matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code));
		expect(named).to.deep.equal(Object.values(EXIT));
	});

	/** The command with what `main.ts` gives it; what goes on until it is asked to stop is asked once it spoke. The town of a test looks around only when it is told to: what a command waits for happens then. */
	async function run(words: readonly string[]): Promise<{ code: number; said: string }> {
		let said = '';
		const spoke = Promise.withResolvers<void>();
		const hear = (text: string) => {
			said += text;
		};
		const code = await runCommand(words, {
			config: readCommand({ HOME: folder }),
			out(text) {
				hear(text);
				spoke.resolve();
			},
			say: hear,
			seen: false,
			now: () => Date.now(),
			askSecret: async () => `${town.file.adminToken}\n`,
			stopped: () => spoke.promise,
			file: async (path) => createReadStream(path),
			client: (login) =>
				createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: () => town.settle() }),
		});
		return { code, said };
	}

	/** The command as a shell runs it. */
	function runApart(words: readonly string[]): Promise<{ code: number; said: string }> {
		return new Promise((resolve) => {
			const main = join(ROOT, 'packages/cli/src/main.ts');
			const as = { cwd: folder, env: { HOME: folder, PATH: '' } };
			execFile(process.execPath, [main, ...words], as, (error, out, said) =>
				resolve({ code: error ? Number(error.code) : 0, said: said + out }),
			);
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
