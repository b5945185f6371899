import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { cosign } from '../src/cosignature.ts';
import { generateKey } from '../src/keys.ts';
import { beginLog, type Log } from '../src/log.ts';
import { formatVkey, readNote } from '../src/note.ts';
import { verifyEntry } from '../src/verify.ts';
import { memoryStorage } from './memory-storage.ts';

const FILE = fileURLToPath(new URL('../standalone/check-proof.mjs', import.meta.url));
const { checkProof } = (await import(FILE)) as {
	checkProof(given: {
		entry: Uint8Array;
		proof: string;
		vkey: string;
		witnesses?: readonly string[];
	}): Promise<{ ok: boolean; why?: string; witnesses?: { name: string; time: number }[] }>;
};

const origin = 'accountability.library.example/log/2026';
const key = generateKey();
const witness = { name: 'clerk.example/witness', key: generateKey() };

describe('the check that stands alone, written apart from the log', () => {
	let log: Log;
	const entry = (i: number) => Buffer.from(`{"id":"${i}"}`);
	beforeEach(async () => {
		log = await beginLog({ origin, key, storage: memoryStorage() });
	});

	it('agrees with the log about every entry of every tree up to 40', async () => {
		for (let size = 1; size <= 40; size++) {
			await log.append(size - 1, [entry(size - 1)]);
			for (let i = 0; i < size; i++) {
				const given = { proof: await log.proof(i), vkey: log.vkey };
				expect(await checkProof({ ...given, entry: entry(i) }), `${i} of ${size}`).to.deep.include({
					ok: true,
					index: i,
					size,
				});
				expect((await checkProof({ ...given, entry: entry(i + 1) })).ok).to.equal(false);
			}
		}
	});

	it('agrees with the other one about a proof in which any byte was changed', async () => {
		await log.append(
			0,
			Array.from({ length: 11 }, (_, i) => entry(i)),
		);
		const bytes = Buffer.from(await log.proof(5));
		for (let at = 0; at < bytes.length; at++) {
			const other = Buffer.from(bytes);
			other[at]! ^= 1;
			const given = { entry: entry(5), proof: other.toString('utf8'), vkey: log.vkey };
			expect((await checkProof(given)).ok, `byte ${at}`)
				.to.equal(verifyEntry(given).ok)
				.and.to.equal(false);
		}
		for (let end = 0; end < bytes.length; end += 3) {
			const proof = bytes.subarray(0, end).toString('utf8');
			expect((await checkProof({ entry: entry(5), proof, vkey: log.vkey })).ok).to.equal(false);
		}
	});

	it('counts the witnesses whose keys it is given, and believes no wrong line', async () => {
		await log.append(0, [entry(0)]);
		const wanted = formatVkey(witness, 'cosignature');
		const stranger = formatVkey({ name: 'other.example', key: generateKey() }, 'cosignature');
		await log.addCosignatures(cosign(readNote(log.checkpoint().note).text, witness, 1_700_000_000), [
			witness,
		]);
		const given = { entry: entry(0), proof: await log.proof(0), vkey: log.vkey };
		expect((await checkProof({ ...given, witnesses: [wanted, stranger] })).witnesses).to.deep.equal([
			{ name: witness.name, time: 1_700_000_000 },
		]);
		const impostor = formatVkey({ name: witness.name, key: generateKey() }, 'cosignature');
		expect((await checkProof({ ...given, witnesses: [impostor] })).witnesses).to.deep.equal([]);
		const [head = '', line = ''] = given.proof.split(`— ${witness.name} `);
		const signature = Buffer.from(line.trim(), 'base64');
		signature[20]! ^= 1;
		const forged = `${head}— ${witness.name} ${signature.toString('base64')}\n`;
		expect(await checkProof({ ...given, proof: forged, witnesses: [wanted] })).to.deep.equal({
			ok: false,
			why: 'witness',
		});
		// A witness's key is no key of a log, and the other way round.
		expect(await checkProof({ ...given, vkey: wanted })).to.deep.equal({ ok: false, why: 'key' });
		expect(await checkProof({ ...given, witnesses: [log.vkey] })).to.deep.equal({ ok: false, why: 'key' });
	});

	it('runs as one file copied anywhere', async () => {
		await log.append(0, [entry(0), entry(1)]);
		const folder = mkdtempSync(join(tmpdir(), 'understory-check-'));
		try {
			cpSync(FILE, join(folder, 'check-proof.mjs'));
			writeFileSync(join(folder, 'entry.json'), entry(1));
			writeFileSync(join(folder, 'entry.tlog-proof'), await log.proof(1));
			const run = (...words: string[]) =>
				new Promise<{ code: number; said: string }>((resolve) => {
					execFile(process.execPath, ['check-proof.mjs', ...words], { cwd: folder }, (error, out, said) =>
						resolve({ code: error ? Number(error.code) : 0, said: out + said }),
					);
				});
			const proven = await run('entry.json', 'entry.tlog-proof', log.vkey);
			expect(proven).to.deep.include({ code: 0 });
			expect(proven.said).to.match(/^PROVEN\. Entry 1 of 2 in /);
			writeFileSync(join(folder, 'entry.json'), entry(0));
			expect((await run('entry.json', 'entry.tlog-proof', log.vkey)).said).to.match(/^NOT PROVEN\. /);
			expect((await run('entry.json')).code).to.equal(2);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
