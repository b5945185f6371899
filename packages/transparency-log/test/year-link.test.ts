import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { auditLog } from '../src/audit.ts';
import { auditYears } from '../src/audit-years.ts';
import { signCheckpoint } from '../src/checkpoint.ts';
import { generateKey, type SigningKey } from '../src/keys.ts';
import { beginLog, type Log } from '../src/log.ts';
import { formatVkey, parseVkey } from '../src/note.ts';
import { createWitness, formatRequest } from '../src/witness.ts';
import { readYearLink, yearLink } from '../src/year-link.ts';
import { memoryStorage } from './memory-storage.ts';

const FILE = fileURLToPath(new URL('../standalone/check-proof.mjs', import.meta.url));
const { checkYears } = (await import(FILE)) as {
	checkYears(given: {
		entry: Uint8Array;
		proof: string;
		vkey: string;
		witnesses?: readonly string[];
		later: readonly { entry: Uint8Array; proof: string }[];
	}): Promise<{ ok: boolean; why?: string; size?: number; newest?: { origin: string; size: number } }>;
};

const PREFIX = 'accountability.library.example/log';
const key = generateKey();
const entry = (year: number, i: number) => Buffer.from(`{"id":"${year}-${i}"}`);

interface Year {
	readonly log: Log;
	readonly files: Map<string, Buffer>;
}

/** A log of so many entries, begun with the state of the year before where there is one. */
async function makeYear(year: number, count: number, before?: Log, by: SigningKey = key): Promise<Year> {
	const storage = memoryStorage();
	const log = await beginLog({ origin: `${PREFIX}/${year}`, key: by, storage });
	const entries = Array.from({ length: count }, (_, i) => entry(year, i));
	await log.append(0, before ? [yearLink(before.checkpoint(), by), ...entries] : entries);
	return { log, files: storage.files };
}

describe('the years of a log', () => {
	let years: Map<number, Year>;
	beforeEach(async () => {
		const first = await makeYear(2026, 5);
		const second = await makeYear(2027, 300, first.log);
		const third = await makeYear(2029, 2, second.log);
		years = new Map([
			[2026, first],
			[2027, second],
			[2029, third],
		]);
	});
	const log = (year: number) => years.get(year)!.log;
	const vkeyOf = (year: number) => formatVkey({ name: `${PREFIX}/${year}`, key });
	const audit = (year = 2029) =>
		auditYears({
			vkey: vkeyOf(year),
			readOf: (origin) => async (path) => years.get(Number(origin.slice(-4)))?.files.get(path) ?? null,
		});
	const first = async (year: number) => ({
		entry: await log(year).entry(0),
		proof: await log(year).proof(0),
	});

	it('are followed back to the first, over a year in which nothing was decided', async () => {
		const found = await audit();
		expect(found.ok && found.years.map(({ origin, size }) => [origin.slice(-4), size])).to.deep.equal([
			['2029', 3],
			['2027', 301],
			['2026', 5],
		]);
	});

	it('begin with the same bytes whenever they are made, whoever cosigned since', () => {
		const again = yearLink(log(2026).checkpoint(), key);
		expect(again.equals(yearLink(log(2026).checkpoint(), key))).to.equal(true);
		expect(readYearLink(again, vkeyOf(2027))).to.include({ origin: `${PREFIX}/2026`, size: 5 });
	});

	it('that were made longer after they were closed are found', async () => {
		await log(2026).append(5, [entry(2026, 5)]);
		const found = await audit();
		expect(found.ok).to.equal(false);
		expect(!found.ok && found.reason)
			.to.contain('/2026')
			.and.to.contain('has 6 entries and should have 5');
	});

	it('that were made anew with other entries are found, though they are as long', async () => {
		years.set(2026, await makeYear(2026, 4));
		await log(2026).append(4, [Buffer.from('{"id":"other"}')]);
		expect((await audit()).ok).to.equal(false);
	});

	it('that are missing are found', async () => {
		years.delete(2027);
		expect((await audit()).ok).to.equal(false);
	});

	it('are not believed when another key signed the year before', async () => {
		const forged = signCheckpoint({ ...log(2026).checkpoint(), size: 4 }, generateKey());
		const storage = memoryStorage();
		const other = await beginLog({ origin: `${PREFIX}/2027`, key, storage });
		await other.append(0, [Buffer.from(forged)]);
		const read = async (path: string) => storage.files.get(path) ?? null;
		expect((await auditLog({ vkey: vkeyOf(2027), read })).ok).to.equal(false);
	});

	it('may be named in the first entry and nowhere else', async () => {
		await log(2029).append(3, [yearLink(log(2026).checkpoint(), key)]);
		const found = await audit();
		expect(!found.ok && found.reason).to.contain('Entry 3 is a state of a year before');
	});

	it('leave another log alone, whose first entry is a note of something else', async () => {
		const note = Buffer.from(
			signCheckpoint({ ...log(2026).checkpoint(), origin: 'else.example/log/2026' }, key),
		);
		expect(readYearLink(note, vkeyOf(2027))).to.equal(null);
		expect(readYearLink(entry(2027, 0), vkeyOf(2027))).to.equal(null);
		expect(readYearLink(yearLink(log(2027).checkpoint(), key), vkeyOf(2026))).to.equal(null);
	});

	describe('in the check that stands alone', () => {
		const given = async () => ({
			...{ entry: entry(2026, 2), proof: await log(2026).proof(2), vkey: vkeyOf(2026) },
			later: [await first(2027), await first(2029)],
		});

		it('carry an old receipt to the newest state, which a witness signed', async () => {
			const clerk = createWitness({
				...{ name: 'clerk.example/witness', key: generateKey(), storage: memoryStorage(), now: () => 1_000 },
				logs: [{ name: `${PREFIX}/2026`, key }],
			});
			const request = formatRequest({ old: 0, proof: [], note: log(2029).checkpoint().note });
			const { status, body } = await clerk.addCheckpoint(request);
			expect(status, 'whoever watches one year watches those after it').to.equal(200);
			await log(2029).addCosignatures(body, [{ name: 'clerk.example/witness', key: keyOf(clerk.vkey) }]);
			const verdict = await checkYears({ ...(await given()), witnesses: [clerk.vkey] });
			expect(verdict).to.deep.include({
				ok: true,
				size: 5,
				witnesses: [{ name: 'clerk.example/witness', time: 1 }],
			});
			expect(verdict.newest).to.include({ origin: `${PREFIX}/2029`, size: 3 });
		});

		it('do not carry a receipt of another state, a year that is left out, or one out of turn', async () => {
			const { later, ...receipt } = await given();
			expect(await checkYears({ ...receipt, later: [later[1]!] })).to.include({ ok: false, why: 'year' });
			expect(await checkYears({ ...receipt, later: [later[1]!, later[0]!] })).to.include({ ok: false });
			const longer = await makeYear(2026, 6);
			const newer = { ...receipt, proof: await longer.log.proof(2) };
			expect(await checkYears({ ...newer, later })).to.include({ ok: false, why: 'year' });
			const second = { entry: await log(2027).entry(1), proof: await log(2027).proof(1) };
			expect(await checkYears({ ...receipt, later: [second] })).to.include({ ok: false, why: 'year' });
		});

		it('are refused with any byte of the link changed', async () => {
			const { later, ...receipt } = await given();
			const [link] = later;
			for (let at = 0; at < link!.entry.length; at++) {
				const other = Buffer.from(link!.entry);
				other[at]! ^= 1;
				const verdict = await checkYears({ ...receipt, later: [{ ...link!, entry: other }] });
				expect(verdict.ok, `byte ${at}`).to.equal(false);
			}
		});

		it('are asked for after the word --then', async () => {
			const folder = mkdtempSync(join(tmpdir(), 'understory-years-'));
			try {
				const { later, ...receipt } = await given();
				const put = (name: string, bytes: Uint8Array | string): string => {
					writeFileSync(join(folder, name), bytes);
					return join(folder, name);
				};
				const files = later.flatMap((year, n) => [
					put(`${n}.entry`, year.entry),
					put(`${n}.proof`, year.proof),
				]);
				const words = [put('entry', receipt.entry), put('proof', receipt.proof), receipt.vkey, '--then'];
				const out = await new Promise<string>((resolve, reject) => {
					execFile(process.execPath, [FILE, ...words, ...files], (error, said) =>
						error ? reject(error) : resolve(said),
					);
				});
				expect(out)
					.to.contain('PROVEN. Entry 2 of 5')
					.and.to.contain(`Carried on to 3 entries in ${PREFIX}/2029`);
			} finally {
				rmSync(folder, { recursive: true, force: true });
			}
		});
	});
});

function keyOf(vkey: string): { id: string; publicKey: string } {
	return parseVkey(vkey, 'cosignature').key;
}
