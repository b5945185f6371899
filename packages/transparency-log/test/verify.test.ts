import { expect } from 'chai';
import { generateKey } from '../src/keys.ts';
import { beginLog, type Log } from '../src/log.ts';
import { formatVkey } from '../src/note.ts';
import { BadProof, formatProof, parseProof } from '../src/proof.ts';
import { verifyEntry } from '../src/verify.ts';

const origin = 'accountability.library.example/log/2026';
const key = generateKey();

describe('a proof in hand (C2SP tlog-proof v1)', () => {
	let log: Log;
	let proof: string;
	const entry = '{"id":"5"}';
	before(async () => {
		const files = new Map<string, Buffer>();
		log = await beginLog({
			origin,
			key,
			storage: {
				read: async (path) => files.get(path) ?? null,
				write: async (path, bytes) => void files.set(path, Buffer.from(bytes)),
			},
		});
		await log.append(
			0,
			Array.from({ length: 11 }, (_, i) => Buffer.from(`{"id":"${i}"}`)),
		);
		proof = await log.proof(5);
	});

	it('proves its entry with the key of the log alone', () => {
		expect(verifyEntry({ entry, proof, vkey: log.vkey })).to.deep.equal({
			ok: true,
			origin,
			index: 5,
			size: 11,
			root: log.checkpoint().root.toString('base64'),
		});
	});

	it('is written and read the same, with extra data passed over', () => {
		expect(formatProof(parseProof(proof))).to.equal(proof);
		const withExtra = proof.replace('\nindex', '\nextra aGVsbG8=\nindex');
		expect(verifyEntry({ entry, proof: withExtra, vkey: log.vkey }).ok).to.equal(true);
	});

	it('proves nothing else: not another entry, not with another key, not for another log', () => {
		expect(verifyEntry({ entry: '{"id":"6"}', proof, vkey: log.vkey }).ok).to.equal(false);
		expect(verifyEntry({ entry: `${entry} `, proof, vkey: log.vkey }).ok).to.equal(false);
		expect(verifyEntry({ entry, proof, vkey: formatVkey({ name: origin, key: generateKey() }) }).ok).to.equal(
			false,
		);
		expect(verifyEntry({ entry, proof, vkey: formatVkey({ name: 'other.example', key }) }).ok).to.equal(
			false,
		);
		expect(verifyEntry({ entry, proof, vkey: 'no key' }).ok).to.equal(false);
	});

	it('proves nothing when any byte of it is changed, and says why in a sentence', () => {
		const bytes = Buffer.from(proof);
		for (let at = 0; at < bytes.length; at++) {
			const other = Buffer.from(bytes);
			other[at]! ^= 1;
			const verdict = verifyEntry({ entry, proof: other.toString('utf8'), vkey: log.vkey });
			expect(verdict.ok, `byte ${at}`).to.equal(false);
			if (!verdict.ok) expect(verdict.reason).to.match(/^[A-Z].*\.$|tlog-proof@v1$/);
		}
	});

	it('proves nothing when cut anywhere', () => {
		for (let end = 0; end < proof.length; end += 3) {
			expect(verifyEntry({ entry, proof: proof.slice(0, end), vkey: log.vkey }).ok, `${end}`).to.equal(false);
		}
	});

	it('is refused as text when it is not one', () => {
		const checkpoint = proof.split('\n\n').slice(1).join('\n\n');
		for (const text of [
			'',
			proof.replace('@v1', '@v2'),
			proof.replace('index 5', 'index 05'),
			proof.replace('index 5', 'index -5'),
			proof.replace('index 5\n', ''),
			proof.replace('index 5', 'index 9007199254740993'),
			`c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n${checkpoint}`,
			`c2sp.org/tlog-proof@v1\nindex 0\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${checkpoint}`,
		]) {
			expect(() => parseProof(text), text.slice(0, 60)).to.throw(BadProof);
		}
	});
});
