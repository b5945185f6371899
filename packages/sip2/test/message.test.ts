import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { fromBytes, toBytes } from '../src/wire/charset.ts';
import { checksum } from '../src/wire/checksum.ts';
import { decodeMessage } from '../src/wire/decode.ts';
import { encodeMessage, fitsField } from '../src/wire/encode.ts';
import { STANDARD_FORM } from '../src/wire/form.ts';
import { Framer } from '../src/wire/framer.ts';
import { transactionDate, wallClock } from '../src/wire/local-time.ts';
import { onlyField } from '../src/wire/message.ts';

const ANSWER = `64${' '.repeat(14)}00020261122    185100${'0000'.repeat(6)}`;

function decoded(text: string | Buffer, charset: 'utf-8' | 'latin1' | 'cp850' = 'utf-8') {
	const read = decodeMessage(Buffer.from(text as string), { ...STANDARD_FORM, charset });
	if (typeof read === 'string') throw new Error(`unreadable: ${read}`);
	return read;
}

describe('a SIP2 message', () => {
	it('is summed over bytes, not over characters', () => {
		const message = { code: '94', fixed: '1', fields: [['AF', 'Márquez'] as const], sequence: '3' };
		for (const charset of ['utf-8', 'latin1', 'cp850'] as const) {
			const bytes = encodeMessage(message, { ...STANDARD_FORM, charset });
			const body = bytes.subarray(0, bytes.length - 5);
			expect(bytes.subarray(-5, -1).toString()).to.equal(checksum(body));
			expect(onlyField(decoded(bytes.subarray(0, -1), charset), 'AF')).to.equal('Márquez');
		}
	});

	it('comes out of bytes as it went in', () => {
		const message = {
			code: '63',
			fixed: `00020261122    181500${' '.repeat(10)}`,
			fields: [
				['AO', 'UWOLS'],
				['AA', '29000000000001'],
				['AD', '1234'],
				['AC', ''],
			] as const,
			sequence: '7',
		};
		const bytes = encodeMessage(message);
		expect(bytes.at(-1)).to.equal(13);
		expect(decoded(bytes.subarray(0, -1))).to.deep.equal({
			...message,
			sealed: true,
			ids: ['AO', 'AA', 'AD', 'AC'],
			junk: 0,
		});
	});

	it('cut short anywhere is no message that says yes', () => {
		const whole = `${ANSWER}AOUWOLS|AA1|AEAda|BLY|CQY|`;
		for (let length = 0; length < whole.length - 2; length++) {
			const read = decodeMessage(Buffer.from(whole.slice(0, length)));
			if (typeof read === 'string') expect(read).to.be.oneOf(['too_short', 'unknown_code']);
			else expect(onlyField(read, 'CQ'), String(length)).to.not.equal('Y');
		}
	});

	it('takes a value to the letter, so that a lost delimiter makes no yes', () => {
		expect(onlyField(decoded(`${ANSWER}AA1|BLYBV7.00|CQY|`), 'BL')).to.equal('YBV7.00');
		expect(onlyField(decoded(`${ANSWER}AA1|BLY |CQY|`), 'BL')).to.equal('Y ');
	});

	it('with a field twice says nothing by that field', () => {
		expect(onlyField(decoded(`${ANSWER}CQN|CQY|`), 'CQ')).to.equal(null);
		expect(onlyField(decoded(`${ANSWER}CQY|CQY|`), 'CQ')).to.equal(null);
	});

	it('goes on behind parts that are no field, as behind a delimiter inside a value', () => {
		const read = decoded(`${ANSWER}AOnypl |BEleona|rdr@|bar.com||x|CQY|`);
		expect(read.fields).to.deep.equal([
			['AO', 'nypl '],
			['BE', 'leona'],
			['CQ', 'Y'],
		]);
	});

	it('is read with blanks before its trailer and without a delimiter there', () => {
		const text = `98YYYYNY99999920240417    0830582.00AF|AG|AM|AN|AO25404|BXYYYYYYYYYNYYNNNYY${' '.repeat(30)}AY2AZ`;
		const read = decoded(text + checksum(Buffer.from(text)));
		expect(read.sequence).to.equal('2');
		expect(onlyField(read, 'AO')).to.equal('25404');
	});

	it('may have a sequence without a checksum, and the sequence still counts', () => {
		expect(decoded(`${ANSWER}CQY|AY5`)).to.include({ sequence: '5', sealed: false });
	});

	it('ends at its sequence, wherever that stands', () => {
		const read = decoded(`${ANSWER}AA1|BLY|AY5|CQY|`);
		expect(read).to.deep.include({ sequence: '5', ids: ['AA', 'BL'] });
		expect(onlyField(read, 'CQ')).to.equal(null);
	});

	it('that is no text in the charset that was agreed on is refused', () => {
		const bytes = Buffer.concat([Buffer.from(`${ANSWER}AE`), Buffer.of(0xa0), Buffer.from('|BLY|CQY|')]);
		expect(decodeMessage(bytes)).to.equal('not_text');
		expect(onlyField(decoded(bytes, 'cp850'), 'AE')).to.equal('á');
	});

	it('of a code that is not known is not guessed at', () => {
		expect(decodeMessage(Buffer.from('55hello|'))).to.equal('unknown_code');
		expect(decodeMessage(Buffer.from('6'))).to.equal('too_short');
		expect(decodeMessage(Buffer.alloc(0))).to.equal('too_short');
	});

	it('agrees with what another project recorded, where that was not changed afterwards', () => {
		const file = new URL(
			'./vectors/vendor/palace-circulation-Apache-2.0/sip2-messages.json',
			import.meta.url,
		);
		const { messages } = JSON.parse(readFileSync(file, 'utf8')) as {
			messages: { name: string; message: string }[];
		};
		const right = messages.filter(({ message }) => {
			const read = decodeMessage(Buffer.from(message.replace(/\r$/, '')));
			return typeof read !== 'string' && read.sealed;
		});
		expect(right.map(({ name }) => name).filter(Boolean)).to.deep.equal([
			'polaris_no_such_patron',
			'tlc_no_such_patron',
		]);
		expect(right.length).to.equal(4);
	});
});

describe('what a person typed', () => {
	it('is refused, not cleaned, when it would end a field or a message', () => {
		for (const text of [
			'29\r1',
			'29\n1',
			'29|1',
			'1234\r63',
			'\0',
			'1\u00851',
			'1\u20281',
			'1\u200b1',
			'\ud800',
		]) {
			expect(fitsField(text), JSON.stringify(text)).to.equal(false);
		}
	});

	it('is refused when it is empty, too long, or has no sign in the charset', () => {
		expect(fitsField('')).to.equal(false);
		expect(fitsField('1'.repeat(64))).to.equal(true);
		expect(fitsField('1'.repeat(65))).to.equal(false);
		expect(fitsField('пин', { ...STANDARD_FORM, charset: 'latin1' })).to.equal(false);
		expect(fitsField('пин')).to.equal(true);
	});

	it('may have any printed sign but the delimiter', () => {
		for (const text of ['ab!#', 'pïn', 'p^n&~', '1 2']) expect(fitsField(text), text).to.equal(true);
	});

	it('cannot be put into a message past that check either', () => {
		const encode = (value: string) => () =>
			encodeMessage({ code: '94', fixed: '1', fields: [['AA', value]], sequence: null });
		expect(encode('1\r2')).to.throw(RangeError);
		expect(encode('1|2')).to.throw(RangeError);
		expect(encode('1'.repeat(256))).to.throw(RangeError);
		expect(encode('1'.repeat(255))).to.not.throw();
	});
});

describe('the cutting of a stream', () => {
	const pieces = (framer: Framer, ...chunks: string[]) =>
		chunks.flatMap((chunk) => framer.push(Buffer.from(chunk)).map(String));

	it('gives the same messages however the bytes were split', () => {
		const stream = '941\r\n64abc|\r\r\n98x|\r';
		for (let at = 0; at <= stream.length; at++) {
			expect(pieces(new Framer(), stream.slice(0, at), stream.slice(at))).to.deep.equal([
				'941',
				'64abc|',
				'98x|',
			]);
		}
		expect(pieces(new Framer(), ...stream)).to.deep.equal(['941', '64abc|', '98x|']);
	});

	it('does not end at a line feed', () => {
		const framer = new Framer();
		expect(pieces(framer, '941\n64\n')).to.deep.equal([]);
		expect(framer.pending).to.be.greaterThan(0);
	});

	it('refuses a message without an end before it fills the memory', () => {
		const framer = new Framer(100);
		expect(() => framer.push(Buffer.alloc(101, 65))).to.throw(RangeError);
		expect(() => new Framer(100).push(Buffer.from(`${'x'.repeat(101)}\r`))).to.throw(RangeError);
	});
});

describe('a charset', () => {
	it('gives every byte back', () => {
		const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
		for (const charset of ['latin1', 'cp850'] as const) {
			expect(toBytes(fromBytes(bytes, charset)!, charset)).to.deep.equal(bytes);
		}
	});

	it('knows code page 850 by the signs people have in their names', () => {
		expect(fromBytes(Buffer.of(0x82, 0xa4, 0x81, 0xd0, 0xe1), 'cp850')).to.equal('éñüðß');
	});
});

describe('a transaction date', () => {
	it('is what the clock on the library’s wall shows, with four blanks', () => {
		const at = Date.UTC(2026, 10, 24, 7, 5, 9);
		expect(transactionDate(at, 'America/Los_Angeles')).to.equal('20261123    230509');
		expect(wallClock(Date.UTC(2026, 0, 1, 0, 0, 0), 'UTC')).to.deep.equal({
			date: '20260101',
			time: '000000',
		});
	});
});
