import { expect } from 'chai';
import { auditLog, type LogAudit } from '../src/audit.ts';
import { signCheckpoint } from '../src/checkpoint.ts';
import { generateKey } from '../src/keys.ts';
import { beginLog } from '../src/log.ts';
import { formatVkey } from '../src/note.ts';
import { memoryStorage } from './memory-storage.ts';

const origin = 'accountability.library.example/log/2026';
const key = generateKey();
const vkey = formatVkey({ name: origin, key });

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

	it('of a log that did not grow out of a checkpoint that somebody kept is refused, whoever signed it', async () => {
		const files = logs.get(700)!;
		const kept = logs.get(257)!.get('checkpoint')!;
		const grown = (since: Buffer[], copy: ReadonlyMap<string, Buffer> = files) =>
			auditLog({ vkey, since, read: async (path) => copy.get(path) ?? null });
		expect((await grown([kept, logs.get(0)!.get('checkpoint')!])).ok).to.equal(true);
		expect(await grown([files.get('checkpoint')!], logs.get(257))).to.deep.equal({
			ok: false,
			reason: 'The log has 257 entries, and had 700 when the checkpoint that you kept was signed.',
		});
		const storage = memoryStorage();
		const other = await beginLog({ origin, key, storage });
		await other.append(
			0,
			Array.from({ length: 700 }, (_, i) => Buffer.from(`{"n":${i === 12 ? 13 : i}}`)),
		);
		expect(await grown([kept], storage.files)).to.deep.equal({
			ok: false,
			reason: 'The first 257 entries are not those of the checkpoint that you kept.',
		});
		const forged = signCheckpoint({ origin, size: 0, root: Buffer.alloc(32) }, generateKey());
		expect((await grown([Buffer.from(forged)])).ok).to.equal(false);
	});
});
