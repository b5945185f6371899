import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '@understory/cli/exit-code.ts';
import { runCommand } from '@understory/cli/program.ts';
import { cosign } from '@understory/transparency-log/cosignature.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { readNote } from '@understory/transparency-log/note.ts';
import { expect } from 'chai';
import { memoryFolder } from '../../../test/memory-folder.ts';
import { seededRandom } from '../../../test/seeded-random.ts';
import { times } from '../../../test/short-run.ts';
import { type Cast, type Copy, createCast, growLog, trimmed } from './log-copies.ts';
import { TAMPERINGS } from './tamper.ts';

const SCRIPT = new URL('../../transparency-log/standalone/check-log.mjs', import.meta.url);
const { checkLog } = (await import(fileURLToPath(SCRIPT))) as {
	checkLog(given: {
		read: (path: string) => Promise<Buffer | null>;
		vkey: string;
		since?: readonly Buffer[];
		witnesses?: readonly string[];
		need?: number;
	}): Promise<{ ok: boolean; reason?: string; size?: number }>;
};

/** Written down, so that each run looks at the same copies. */
const SEED = 20_261_127;
const COPIES = times(10_000, 300);
/** Mostly small ones, since their number is what counts, and those around the edge of a tile. */
const SIZES = [...Array.from({ length: 24 }, (_, n) => n + 1), 255, 256, 257, 300];

describe('a downloaded log', function () {
	this.timeout(900_000);
	let folder: string;
	let cast: Cast;
	let grown: Map<number, Copy>;
	before(async () => {
		folder = memoryFolder('understory-tampering-');
		cast = createCast();
		grown = await growLog(cast, SIZES);
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	/** Puts what a copy has otherwise than an honest one of its size into that one's folder, and answers with what puts it back. */
	function lay(copy: Copy, size: number): { place: string; restore(): void } {
		const place = join(folder, String(size));
		const honest = trimmed(grown.get(size)!);
		const put = (path: string, bytes: Buffer | undefined): void => {
			mkdirSync(dirname(join(place, path)), { recursive: true });
			if (bytes) writeFileSync(join(place, path), bytes);
			else rmSync(join(place, path), { force: true });
		};
		if (!existsSync(place)) for (const [path, bytes] of honest) put(path, bytes);
		const others = [...new Set([...honest.keys(), ...copy.keys()])].filter(
			(path) => honest.get(path) !== copy.get(path),
		);
		for (const path of others) put(path, copy.get(path));
		return {
			place,
			restore() {
				for (const path of others) put(path, honest.get(path));
			},
		};
	}

	/** What both verifiers say of a copy: the command, which reads it from a folder, and the script that shares nothing with it. */
	async function look(copy: Copy, given: { size: number; since: Copy[]; need: number }) {
		const { place, restore } = lay(copy, given.size);
		const since = given.since.map((one) => one.get('checkpoint')!);
		const files = since.map((bytes, n) => {
			writeFileSync(join(folder, `kept-${n}`), bytes);
			return join(folder, `kept-${n}`);
		});
		const witnesses = cast.witnesses.map(({ vkey }) => vkey);
		const words = ['verify', 'log', place, '--key', cast.vkey, '--need', String(given.need)];
		if (files.length > 0) words.push('--since', ...files);
		let said = '';
		const code = await runCommand([...words, '--witness', ...witnesses], {
			...{ config: { url: null, token: null, loginFile: join(folder, 'login.json') }, seen: false },
			...{ now: () => 0, askSecret: async () => '', stopped: async () => undefined, out: () => undefined },
			say: (text) => {
				said += text;
			},
			file: () => Promise.reject(new Error('nothing is sent')),
			client: () => {
				throw new Error('nobody is asked');
			},
		});
		const script = await checkLog({
			...{ read: async (path) => copy.get(path) ?? null, vkey: cast.vkey, since, witnesses },
			need: given.need,
		});
		restore();
		return { code, said, script };
	}

	it(`that was tampered with in one of ${COPIES} ways is refused by the command and by the script`, async () => {
		const random = seededRandom(SEED);
		const pick = (n: number) => Math.floor(random() * n);
		const counts = new Map<string, number>();
		for (let i = 0; i < COPIES; i++) {
			const tampering = TAMPERINGS[i % TAMPERINGS.length]!;
			const sizes = SIZES.filter((_, at) => (SIZES[at - 1] ?? 0) >= tampering.least);
			const size = sizes[pick(sizes.length)]!;
			const earlier = trimmed(grown.get(SIZES[SIZES.indexOf(size) - 1]!)!);
			const honest = trimmed(grown.get(size)!);
			const copy = await tampering.change(honest, { cast, pick, earlier });
			const since = tampering.seenBy === 'since' ? [grown.get(size)!, earlier] : [];
			const need = tampering.seenBy === 'witnesses' ? 2 : 0;
			const { code, said, script } = await look(copy, { size, since, need });
			const what = `${tampering.name}, ${size} entries, copy ${i}: ${said} ${script.reason}`;
			expect(code, what).to.equal(EXIT.refused);
			expect(said, what).to.match(/^NOT PROVEN\. \S/);
			expect(script.ok, what).to.equal(false);
			counts.set(tampering.name, (counts.get(tampering.name) ?? 0) + 1);
		}
		for (const { name } of TAMPERINGS) expect(counts.get(name), name).to.be.greaterThan(COPIES / 30);
	});

	it(`that is honest is refused in none of ${COPIES} copies`, async () => {
		const random = seededRandom(SEED + 1);
		const pick = (n: number) => Math.floor(random() * n);
		const stranger = { name: 'stranger.example/witness', key: generateKey() };
		for (let i = 0; i < COPIES; i++) {
			const at = pick(SIZES.length);
			const whole = grown.get(SIZES[at]!)!;
			// Some keep what earlier sizes left behind; some have a line more, of a witness that nobody here asks about.
			const copy = new Map(pick(2) === 0 ? whole : trimmed(whole));
			if (pick(2) === 0) {
				const note = copy.get('checkpoint')!.toString('utf8');
				copy.set('checkpoint', Buffer.from(note + cosign(readNote(note).text, stranger, 1_770_000_000 + i)));
			}
			const since = Array.from({ length: pick(3) }, () => grown.get(SIZES[pick(at + 1)]!)!);
			const { code, said, script } = await look(copy, { size: SIZES[at]!, since, need: pick(3) });
			expect(code, `copy ${i}: ${said}`).to.equal(EXIT.done);
			expect(script, `copy ${i}`).to.include({ ok: true, size: SIZES[at] });
		}
	});
});
