import { expect } from 'chai';
import { seededRandom } from '../../../test/seeded-random.ts';
import { auditLog, type LogAudit } from '../src/audit.ts';
import { signCheckpoint } from '../src/checkpoint.ts';
import { generateKey } from '../src/keys.ts';
import { beginLog } from '../src/log.ts';
import { formatVkey } from '../src/note.ts';
import { decodeBundle, encodeBundle } from '../src/tiles.ts';
import { memoryStorage } from './memory-storage.ts';

const origin = 'accountability.library.example/log/2026';
const key = generateKey();
const vkey = formatVkey({ name: origin, key });
/** Written down, so that each run looks at the same tamperings. */
const SEED = 20_261_126;

describe('a look through a whole downloaded log', () => {
	const logs = new Map<number, Map<string, Buffer>>();
	before(async () => {
		for (const size of [0, 1, 255, 256, 257, 700]) {
			const storage = memoryStorage();
			const log = await beginLog({ origin, key, storage });
			await log.append(
				0,
				Array.from({ length: size }, (_, i) => Buffer.from(`{"n":${i}}`)),
			);
			logs.set(size, storage.files);
		}
	});
	const audit = (
		files: ReadonlyMap<string, Buffer>,
		each?: (entry: Buffer) => string | null,
	): Promise<LogAudit> =>
		auditLog({ vkey, read: async (path) => files.get(path) ?? null, ...(each ? { each } : {}) });

	it('finds nothing wrong with an honest copy, of any size', async () => {
		for (const [size, files] of logs) expect(await audit(files)).to.include({ ok: true, origin, size });
	});

	it('shows every entry to whoever wants to look closer, and believes what they say', async () => {
		const seen: string[] = [];
		await audit(logs.get(257)!, (entry) => {
			seen.push(entry.toString());
			return null;
		});
		expect(seen).to.have.length(257);
		expect(seen.at(-1)).to.equal('{"n":256}');
		const found = await audit(logs.get(257)!, (entry) =>
			entry.toString() === '{"n":3}' ? 'it lies.' : null,
		);
		expect(found).to.deep.equal({ ok: false, reason: 'Entry 3: it lies.' });
	});

	it('a checkpoint of the same log by another key is refused', async () => {
		const files = new Map(logs.get(257)!);
		const { note } = (await beginLog({ origin, key, storage: memoryStorage(files) })).checkpoint();
		const [, size, root = ''] = note.split('\n');
		const forged = { origin, size: Number(size), root: Buffer.from(root, 'base64') };
		files.set('checkpoint', Buffer.from(signCheckpoint(forged, generateKey())));
		expect(await audit(files)).to.include({ ok: false });
	});

	it('catches every one of 10,000 random tamperings, and refuses none of as many honest looks', async function () {
		this.timeout(120_000);
		const random = seededRandom(SEED);
		const pick = (n: number) => Math.floor(random() * n);
		const sizes = [1, 255, 256, 257, 700];
		// Auditing is pure, so one look at each honest copy stands for all of them; that it has no memory is what this loop shows.
		let honest = 0;
		for (let i = 0; i < 10_000; i++) {
			const original = logs.get(sizes[pick(sizes.length)]!)!;
			const files = new Map(original);
			const what = tamper(files, pick, random);
			const found = await audit(files);
			expect(found.ok, `${what} in tampering ${i}`).to.equal(false);
			if (i % 100 === 0) {
				for (const files of logs.values()) {
					expect((await audit(files)).ok).to.equal(true);
					honest++;
				}
			}
		}
		expect(honest).to.equal(600);
	});
});

/** Changes a copy in one of the ways of somebody who wants the past to be different. Says which. */
function tamper(files: Map<string, Buffer>, pick: (n: number) => number, random: () => number): string {
	const paths = [...files.keys()].filter((path) => path !== 'checkpoint');
	// Only what the checkpoint counts: narrower tiles of before are left-overs that nobody reads.
	const read = newest(paths);
	const path = read[pick(read.length)]!;
	const bytes = files.get(path)!;
	const bundles = read.filter((one) => one.startsWith('tile/entries/'));
	const bundle = bundles[pick(bundles.length)]!;
	const entries = decodeBundle(files.get(bundle)!);
	const at = pick(entries.length);
	const rewrite = (changed: Buffer[]) => files.set(bundle, encodeBundle(changed));
	switch (pick(8)) {
		case 0: {
			const changed = Buffer.from(bytes);
			changed[pick(changed.length)]! ^= 1 << pick(8);
			files.set(path, changed);
			return `a bit flipped in ${path}`;
		}
		case 1:
			files.delete(path);
			return `${path} dropped`;
		case 2:
			files.set(path, bytes.subarray(0, pick(bytes.length)));
			return `${path} truncated`;
		case 3:
			rewrite(entries.toSpliced(at, 1));
			return 'an entry dropped';
		case 4:
			rewrite(entries.with(at, Buffer.from(`{"n":${random()}}`)));
			return 'an entry edited';
		case 5: {
			if (entries.length === 1) {
				rewrite([...entries, entries[0]!]);
				return 'an entry added';
			}
			const other = (at + 1 + pick(entries.length - 1)) % entries.length;
			rewrite(entries.with(at, entries[other]!).with(other, entries[at]!));
			return 'entries put in another order';
		}
		case 6: {
			const others = read.filter((one) => one !== path && !files.get(one)!.equals(bytes));
			if (others.length === 0) files.delete(path);
			else files.set(path, files.get(others[pick(others.length)]!)!);
			return `${path} swapped`;
		}
		default: {
			const [name, size, root, ...rest] = files.get('checkpoint')!.toString('utf8').split('\n');
			const other = [name, String(Number(size) - 1), root, ...rest].join('\n');
			files.set('checkpoint', Buffer.from(other));
			return 'the checkpoint made to say less';
		}
	}
}

/** Of each tile, the widest. */
function newest(paths: readonly string[]): string[] {
	const widest = new Map<string, { path: string; width: number }>();
	for (const path of paths) {
		const [tile = '', width] = path.split('.p/');
		const wide = width === undefined ? 256 : Number(width);
		if (wide > (widest.get(tile)?.width ?? 0)) widest.set(tile, { path, width: wide });
	}
	return [...widest.values()].map(({ path }) => path);
}
