import { createPublicKey, verify } from 'node:crypto';
import { expect } from 'chai';
import { signCheckpoint } from '../src/checkpoint.ts';
import { readCosignatures } from '../src/cosignature.ts';
import { generateKey } from '../src/keys.ts';
import { beginLog, type LogStorage } from '../src/log.ts';
import { BadNote, formatVkey, parseVkey, readNote } from '../src/note.ts';
import { EMPTY_ROOT } from '../src/tree.ts';
import { createWitness, formatRequest, pathOf, type WitnessParts } from '../src/witness.ts';
import { memoryStorage } from './memory-storage.ts';

const origin = 'accountability.library.example/log/2026';
const name = 'clerk.anytown.example/witness';
const logKey = generateKey();
const key = generateKey();
const NOW = 1_700_000_000;

describe('a witness (C2SP tlog-witness v1.0.0)', () => {
	const open = (given: Partial<WitnessParts> = {}) =>
		createWitness({
			name,
			key,
			logs: [{ name: origin, key: logKey }],
			storage: memoryStorage(),
			now: () => NOW * 1_000,
			...given,
		});
	async function logOf(...sizes: number[]) {
		const log = await beginLog({ origin, key: logKey, storage: memoryStorage() });
		for (const size of sizes) {
			const at = log.checkpoint().size;
			await log.append(
				at,
				Array.from({ length: size - at }, (_, i) => Buffer.from(`entry ${at + i}`)),
			);
		}
		return log;
	}
	const request = async (log: Awaited<ReturnType<typeof logOf>>, old: number) =>
		formatRequest({ old, proof: old === 0 ? [] : await log.consistency(old), note: log.checkpoint().note });

	it('cosigns what grew out of what it saw before, with the time, and keeps it', async () => {
		const witness = open();
		const log = await logOf(5);
		const first = await witness.addCheckpoint(await request(log, 0));
		expect(first.status, first.body).to.equal(200);
		await log.append(5, [Buffer.from('entry 5')]);
		const second = await witness.addCheckpoint(await request(log, 5));
		expect(second.status).to.equal(200);
		const self = parseVkey(witness.vkey, 'cosignature');
		const kept = (await witness.latest(origin))!;
		expect(readCosignatures(kept, [self])).to.deep.equal([{ witness: self, time: NOW }]);
		expect(readNote(kept).text).to.equal(readNote(log.checkpoint().note).text);
	});

	it('signs exactly the bytes that the specification names, under its own type of key', async () => {
		const witness = open();
		const log = await logOf(3);
		const { body } = await witness.addCheckpoint(await request(log, 0));
		const { text, signatures } = readNote(`${readNote(log.checkpoint().note).text}\n${body}`);
		const [{ id, signature }] = signatures as [(typeof signatures)[number]];
		const x = Buffer.from(key.publicKey, 'base64').toString('base64url');
		const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
		const message = Buffer.from(`cosignature/v1\ntime ${NOW}\n${text}`);
		expect(signature.readBigUInt64BE(0)).to.equal(BigInt(NOW));
		expect(verify(null, message, publicKey, signature.subarray(8))).to.equal(true);
		expect(witness.vkey).to.equal(formatVkey({ name, key }, 'cosignature'));
		expect(id.toString('hex')).to.equal(witness.vkey.split('+')[1]);
		expect(Buffer.from(witness.vkey.split('+').slice(2).join('+'), 'base64')[0]).to.equal(4);
	});

	const note = (size: number, root: Buffer, signer = logKey) =>
		signCheckpoint({ origin, size, root }, signer);
	const refusals: [what: string, body: string, status: number][] = [
		['nothing', '', 400],
		['a request without its first line', `\n\n${note(0, EMPTY_ROOT)}`, 400],
		['an old size with a zero before it', `old 00\n\n${note(0, EMPTY_ROOT)}`, 400],
		['a size past what can be counted', `old 9007199254740993\n\n${note(0, EMPTY_ROOT)}`, 400],
		['a proof line that is no hash', `old 0\nAAAA\n\n${note(1, EMPTY_ROOT)}`, 400],
		[
			'64 proof lines',
			`old 0\n${`${EMPTY_ROOT.toString('base64')}\n`.repeat(64)}\n${note(1, EMPTY_ROOT)}`,
			400,
		],
		['an old size larger than the new one', `old 4\n\n${note(3, EMPTY_ROOT)}`, 400],
		['a text that is too long', `old 0\n\n${'x'.repeat(20_000)}`, 400],
		['a note that is not a checkpoint', 'old 0\n\nhello\n\n— a AAAAAAAA\n', 400],
		[
			'a log it does not watch',
			`old 0\n\n${signCheckpoint({ origin: 'other.example/log', size: 0, root: EMPTY_ROOT }, logKey)}`,
			404,
		],
		['a checkpoint that the log did not sign', `old 0\n\n${note(1, EMPTY_ROOT, generateKey())}`, 403],
		['a first time with a proof', `old 0\n${EMPTY_ROOT.toString('base64')}\n\n${note(1, EMPTY_ROOT)}`, 422],
	];
	for (const [what, body, status] of refusals) {
		it(`answers ${status} to ${what}, and keeps nothing`, async () => {
			const storage = memoryStorage();
			expect((await open({ storage }).addCheckpoint(body)).status).to.equal(status);
			expect([...storage.files.keys()]).to.deep.equal([]);
		});
	}

	it('says where it stands to a log that remembers something else', async () => {
		const witness = open();
		const log = await logOf(5);
		await witness.addCheckpoint(await request(log, 0));
		const answer = await witness.addCheckpoint(await request(log, 3));
		expect(answer).to.deep.equal({ status: 409, contentType: 'text/x.tlog.size', body: '5\n' });
	});

	it('does not cosign a second history, whatever proof comes with it', async () => {
		const witness = open();
		const log = await logOf(5);
		await witness.addCheckpoint(await request(log, 0));
		const other = await beginLog({ origin, key: logKey, storage: memoryStorage() });
		await other.append(
			0,
			Array.from({ length: 8 }, (_, i) => Buffer.from(`another ${i}`)),
		);
		const forked = await witness.addCheckpoint(await request(other, 5));
		expect(forked.status).to.equal(422);
		const sameSize = formatRequest({ old: 5, proof: [], note: note(5, other.checkpoint().root) });
		expect((await witness.addCheckpoint(sameSize)).status).to.equal(409);
		expect(readNote((await witness.latest(origin))!).text).to.equal(readNote(log.checkpoint().note).text);
	});

	it('cosigns the same checkpoint again, with a new time', async () => {
		let now = NOW;
		const witness = open({ now: () => now * 1_000 });
		const log = await logOf(5);
		await witness.addCheckpoint(await request(log, 0));
		now += 60;
		const again = await witness.addCheckpoint(
			formatRequest({ old: 5, proof: [], note: log.checkpoint().note }),
		);
		expect(again.status).to.equal(200);
		const self = parseVkey(witness.vkey, 'cosignature');
		expect(readCosignatures((await witness.latest(origin))!, [self])[0]!.time).to.equal(NOW + 60);
	});

	it('of requests at once, none rolls back what another was told', async () => {
		const witness = open();
		const log = await logOf(2);
		await witness.addCheckpoint(await request(log, 0));
		const bodies: string[] = [];
		for (let size = 3; size <= 12; size++) {
			await log.append(size - 1, [Buffer.from(`entry ${size - 1}`)]);
			bodies.push(await request(log, 2));
		}
		const answers = await Promise.all(bodies.map((body) => witness.addCheckpoint(body)));
		const told = answers.flatMap(({ status }, i) => (status === 200 ? [i + 3] : []));
		expect(told).to.have.length(1);
		expect(readNote((await witness.latest(origin))!).text.split('\n')[1]).to.equal(String(told[0]));
	});

	it('says nothing before what it says is kept', async () => {
		const inner = memoryStorage();
		const full: LogStorage = { ...inner, write: async () => Promise.reject(new Error('no space')) };
		const log = await logOf(5);
		const failed = await open({ storage: full })
			.addCheckpoint(await request(log, 0))
			.then(
				() => null,
				(error: Error) => error.message,
			);
		expect(failed).to.equal('no space');
		expect(inner.files.size).to.equal(0);
		// After a disk with room again, it goes on.
		expect((await open({ storage: inner }).addCheckpoint(await request(log, 0))).status).to.equal(200);
	});

	it('does not go on from a file that somebody changed', async () => {
		const storage = memoryStorage();
		const witness = open({ storage });
		const log = await logOf(5);
		await witness.addCheckpoint(await request(log, 0));
		storage.files.set(pathOf(origin), Buffer.from(note(1, EMPTY_ROOT)));
		const error = await witness.addCheckpoint(await request(log, 1)).then(
			() => null,
			(reason: unknown) => reason,
		);
		expect(error).to.be.instanceOf(BadNote);
	});

	it('goes on after a start where it stood', async () => {
		const storage = memoryStorage();
		const log = await logOf(5);
		await open({ storage }).addCheckpoint(await request(log, 0));
		await log.append(5, [Buffer.from('entry 5')]);
		expect((await open({ storage }).addCheckpoint(await request(log, 0))).body).to.equal('5\n');
		expect((await open({ storage }).addCheckpoint(await request(log, 5))).status).to.equal(200);
	});
});

describe('a log with witnesses', () => {
	it('carries their lines under its checkpoint, one a witness, until it grows', async () => {
		const log = await beginLog({ origin, key: logKey, storage: memoryStorage() });
		const witness = createWitness({
			name,
			key,
			logs: [{ name: origin, key: logKey }],
			storage: memoryStorage(),
			now: () => NOW * 1_000,
		});
		const self = parseVkey(witness.vkey, 'cosignature');
		const { note } = log.checkpoint();
		for (let times = 0; times < 2; times++) {
			const { body } = await witness.addCheckpoint(formatRequest({ old: 0, proof: [], note }));
			await log.addCosignatures(body, [self]);
		}
		expect(readNote(log.checkpoint().note).signatures).to.have.length(2);
		expect(readCosignatures(log.checkpoint().note, [self])).to.have.length(1);
		await log.append(0, [Buffer.from('entry')]);
		expect(readCosignatures(log.checkpoint().note, [self])).to.deep.equal([]);
	});

	it('takes no line of somebody it does not know, and no wrong one', async () => {
		const log = await beginLog({ origin, key: logKey, storage: memoryStorage() });
		const known = { name, key };
		for (const lines of [`— ${name} AAAAAAAA\n`, '— other.example AAAAAAAA\n', '']) {
			const error = await log.addCosignatures(lines, [known]).then(
				() => null,
				(reason: unknown) => reason,
			);
			expect(error).to.be.instanceOf(BadNote);
		}
		expect(readNote(log.checkpoint().note).signatures).to.have.length(1);
	});
});
