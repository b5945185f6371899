import { expect } from 'chai';
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '../src/checkpoint.ts';
import { generateKey, publicKeyOf } from '../src/keys.ts';
import { BadNote, formatVkey, openNote, parseVkey, signNote } from '../src/note.ts';
import { EMPTY_ROOT } from '../src/tree.ts';

// The example of golang.org/x/mod/sumdb/note, which the C2SP format comes from.
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT =
	"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
	'— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const NOTE = `${TEXT}\n${SIGNATURE}`;

describe('signed notes (C2SP signed-note v1.0.0)', () => {
	const peter = parseVkey(VKEY);
	const key = generateKey();
	const me = { name: 'library.example/log', key: publicKeyOf(key) };

	it('open with the key that others published for them', () => {
		expect(openNote(NOTE, [peter])).to.deep.equal({ text: TEXT, signedBy: [peter] });
		expect(openNote(Buffer.from(NOTE), [peter]).text).to.equal(TEXT);
		expect(formatVkey(peter)).to.equal(VKEY);
	});

	it('open with our own', () => {
		const note = signNote(TEXT, me.name, key);
		expect(openNote(note, [me]).text).to.equal(TEXT);
		expect(parseVkey(formatVkey(me))).to.deep.equal(me);
	});

	it('may have empty lines in their text', () => {
		const note = signNote('one\n\ntwo\n\n', me.name, key);
		expect(openNote(note, [me]).text).to.equal('one\n\ntwo\n\n');
	});

	it('pass over signatures of others, also under the same name', () => {
		const stranger = { name: me.name, key: generateKey() };
		const note = signNote(TEXT, me.name, key);
		const other = signNote(TEXT, stranger.name, stranger.key).slice(TEXT.length + 1);
		expect(openNote(note + other, [me]).signedBy).to.deep.equal([me]);
		const many = Array.from({ length: 16 }, () => other).join('');
		expect(openNote(`${TEXT}\n${many}${note.slice(TEXT.length + 1)}`, [me]).signedBy).to.deep.equal([me]);
	});

	it('are refused when any one bit is changed', () => {
		const bytes = Buffer.from(NOTE);
		for (let at = 0; at < bytes.length; at++) {
			const other = Buffer.from(bytes);
			other[at]! ^= 1 << (at % 7);
			expect(() => openNote(other, [peter]), `byte ${at}`).to.throw(BadNote);
		}
	});

	it('are refused when cut anywhere', () => {
		for (let end = 0; end < NOTE.length; end++) {
			expect(() => openNote(NOTE.slice(0, end), [peter]), `${end} characters`).to.throw(BadNote);
		}
	});

	it('are refused when a known signer signed wrongly, though another signed well', () => {
		const good = signNote(TEXT, me.name, key);
		const wrong = signNote('Something else.\n', 'PeterNeumann', generateKey()).split('\n\n')[1]!;
		const base64 = Buffer.concat([Buffer.from('c74f20a3', 'hex'), Buffer.alloc(64)]).toString('base64');
		expect(openNote(good + wrong, [me, peter]).signedBy).to.deep.equal([me]);
		expect(() => openNote(`${good}— PeterNeumann ${base64}\n`, [me, peter])).to.throw(BadNote, 'wrong');
	});

	const malformed: [why: string, note: string | Uint8Array][] = [
		['nothing', ''],
		['text alone', TEXT],
		['no newline at the end', NOTE.slice(0, -1)],
		['a hyphen for the dash', NOTE.replace('—', '-')],
		['two spaces', NOTE.replace('— ', '—  ')],
		['a tab in the text', NOTE.replace('think', 'thi\tnk')],
		['a carriage return', NOTE.replaceAll('\n', '\r\n')],
		['half a character', `\ud800${NOTE}`],
		['bytes that are not UTF-8', Buffer.concat([Buffer.of(0xff), Buffer.from(NOTE)])],
		['base64 spelt otherwise', NOTE.replace('AM=\n', 'AN=\n')],
		['a signature of three bytes', `${TEXT}\n— PeterNeumann AAAA\n`],
		['an empty line after the signature', `${NOTE}\n`],
		['a plus in a name', NOTE.replace('PeterNeumann', 'Peter+Neumann')],
		['a million characters', `${'a'.repeat(1_000_001)}\n${NOTE}`],
		['101 signatures', NOTE + SIGNATURE.repeat(100)],
	];
	for (const [why, note] of malformed) {
		it(`are refused with ${why}`, () => {
			expect(() => openNote(note, [peter])).to.throw(BadNote);
		});
	}

	it('cannot be made of a text or under a name that would not be read again', () => {
		for (const text of ['', 'no newline', 'tab\t\n', '\ud800\n']) {
			expect(() => signNote(text, me.name, key), JSON.stringify(text)).to.throw(BadNote);
		}
		for (const name of ['', 'two words', 'a+b', 'line\n', 'wide\u3000space', 'next\u0085line']) {
			expect(() => signNote(TEXT, name, key), JSON.stringify(name)).to.throw(BadNote);
		}
	});

	it('refuse a verifier key with anything changed', () => {
		for (let end = 0; end < VKEY.length; end++) {
			expect(() => parseVkey(VKEY.slice(0, end)), `${end} characters`).to.throw(BadNote);
		}
		for (const vkey of [
			VKEY.replace('c7', 'c8'),
			VKEY.replace('Peter', 'Pater'),
			VKEY.replace('+AR', '+BB'),
			`${VKEY}A`,
			`${VKEY}\n`,
		]) {
			expect(() => parseVkey(vkey), vkey).to.throw(BadNote);
		}
	});
});

describe('checkpoints (C2SP tlog-checkpoint v1.0.0)', () => {
	const key = generateKey();
	const origin = 'accountability.library.example:4000/log/2026';
	const vkey = formatVkey({ name: origin, key });
	const checkpoint = { origin, size: 70_000, root: EMPTY_ROOT };

	it('say origin, size and root, signed under the name of the origin', () => {
		const note = signCheckpoint(checkpoint, key);
		expect(note).to.match(
			/^accountability\.library\.example:4000\/log\/2026\n70000\n47DEQ[\w+/]+=\n\n— acc\S+ \S+\n$/,
		);
		expect(openCheckpoint(note, vkey)).to.deep.equal(checkpoint);
	});

	it('of another log are refused, though signed by the same key', () => {
		const note = signNote(`other.example/log\n0\n${EMPTY_ROOT.toString('base64')}\n`, origin, key);
		expect(() => openCheckpoint(note, vkey)).to.throw(BadNote, 'another log');
	});

	it('may carry extension lines', () => {
		expect(parseCheckpoint(`o\n1\n${EMPTY_ROOT.toString('base64')}\nmore\n`).size).to.equal(1);
	});

	const root = EMPTY_ROOT.toString('base64');
	for (const text of [
		`\n1\n${root}\n`,
		`o\n01\n${root}\n`,
		`o\n-1\n${root}\n`,
		`o\n1.5\n${root}\n`,
		`o\n9007199254740992\n${root}\n`,
		`o\n1\n${root.slice(4)}\n`,
		`o\n1\n${root.replace('=', '')}\n`,
		`o\n1\n${root}`,
		`o\n1\n${root}\n\nmore\n`,
		'o\n1\n',
	]) {
		it(`are refused as ${JSON.stringify(text.replace(root, '<root>'))}`, () => {
			expect(() => parseCheckpoint(text)).to.throw(BadNote);
		});
	}
});
