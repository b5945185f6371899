import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { cosign } from '../src/cosignature.ts';
import { generateKey } from '../src/keys.ts';
import { beginLog } from '../src/log.ts';
import { formatVkey, readNote } from '../src/note.ts';
import { memoryStorage } from './memory-storage.ts';

const FILE = fileURLToPath(new URL('../standalone/check-log.mjs', import.meta.url));
const origin = 'accountability.library.example/log/2026';
const clerk = { name: 'clerk.example/witness', key: generateKey() };

describe('the check of a whole year that stands alone', () => {
	let folder: string;
	let vkey: string;
	const put = (name: string, bytes: Uint8Array | string): string => {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), bytes);
		return name;
	};
	/** The script copied away from everything of ours, run as a clerk would. */
	const run = (...words: string[]) =>
		new Promise<{ code: number; said: string }>((resolve) => {
			execFile(process.execPath, ['check-log.mjs', ...words], { cwd: folder }, (error, out, said) =>
				resolve({ code: error ? Number(error.code) : 0, said: out + said }),
			);
		});

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-check-log-'));
		cpSync(FILE, join(folder, 'check-log.mjs'));
		const storage = memoryStorage();
		const log = await beginLog({ origin, key: generateKey(), storage });
		await log.append(
			0,
			Array.from({ length: 300 }, (_, i) => Buffer.from(`{"n":${i}}`)),
		);
		put('minutes', log.checkpoint().note);
		// Enough for tiles of three levels.
		await log.append(
			300,
			Array.from({ length: 69_700 }, (_, i) => Buffer.from(`{"n":${i}}`)),
		);
		await log.addCosignatures(cosign(readNote(log.checkpoint().note).text, clerk, 1_770_000_000), [clerk]);
		for (const [path, bytes] of storage.files) put(`year/${path}`, bytes);
		vkey = log.vkey;
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	it('says size, root and who else signed', async () => {
		const witness = formatVkey(clerk, 'cosignature');
		const { code, said } = await run('year', vkey, '--since', 'minutes', '--witness', witness, '--need', '1');
		expect(code, said).to.equal(0);
		expect(said)
			.to.match(/^SOUND\. 70000 entries in accountability\.library\.example\/log\/2026, root \S{44}\n/)
			.and.to.contain('Also signed by clerk.example/witness, 2026-02-02');
	});

	it('refuses a witness that did not sign, a key that did not, and a folder that is none, each in a sentence', async () => {
		const stranger = formatVkey({ name: 'else.example', key: generateKey() }, 'cosignature');
		const other = formatVkey({ name: origin, key: generateKey() });
		const looks: [words: string[], said: RegExp][] = [
			[['year', vkey, '--witness', stranger, '--need', '1'], /^NOT PROVEN\. 0 of these witnesses signed/],
			[['year', other], /^NOT PROVEN\. The checkpoint is missing, of another log, or not signed/],
			[['nowhere', vkey], /^NOT PROVEN\. The checkpoint is missing/],
			[['year', 'no key'], /^NOT PROVEN\. This is not a verifier key/],
			[['year', vkey, '--since', 'year/tile/0/000'], /^NOT PROVEN\. A checkpoint that you kept/],
		];
		for (const [words, expected] of looks) {
			const { code, said } = await run(...words);
			expect([code, expected.test(said)], `${words.join(' ')}: ${said}`).to.deep.equal([1, true]);
		}
	});

	it('says what it has to be given when it is not given that', async () => {
		for (const words of [[], ['year'], ['year', vkey, '--need', '1'], ['year', vkey, '--what', 'x']])
			expect((await run(...words)).code, words.join(' ')).to.equal(2);
	});
});
