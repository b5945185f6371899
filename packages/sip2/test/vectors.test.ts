import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { decide, faultOfStatus, questionFor } from '../src/decision.ts';
import { DIALECTS } from '../src/dialects.ts';
import { checksum } from '../src/wire/checksum.ts';
import { decodeMessage } from '../src/wire/decode.ts';
import { STANDARD_FORM } from '../src/wire/form.ts';
import { Framer } from '../src/wire/framer.ts';
import { recorded } from './recordings.ts';

interface Shapes {
	readonly messages: readonly { name: string; message: string; separator?: string; answer: string }[];
	readonly checksums: readonly { message: string; right: boolean }[];
}

const CARD = '29000000000001';

function shapes(): Shapes {
	return JSON.parse(readFileSync(new URL('./vectors/shapes.json', import.meta.url), 'utf8')) as Shapes;
}

describe('a checksum of another project', () => {
	for (const { message, right } of shapes().checksums) {
		it(`${right ? 'is ours too' : 'that was wrong is refused'}: ${message.slice(0, 30)} … ${message.slice(-6)}`, () => {
			const body = Buffer.from(message.slice(0, -4));
			expect(checksum(body) === message.slice(-4)).to.equal(right);
			const read = decodeMessage(Buffer.from(message));
			if (right) expect(read).to.have.property('sealed', true);
			else expect(read).to.equal('checksum');
		});
	}

	it('that was right once is refused with any digit changed', () => {
		for (const { message, right } of shapes().checksums) {
			if (!right) continue;
			for (let at = message.length - 4; at < message.length; at++) {
				const other = message[at] === '0' ? '1' : '0';
				const changed = message.slice(0, at) + other + message.slice(at + 1);
				expect(decodeMessage(Buffer.from(changed)), changed).to.equal('checksum');
			}
		}
	});
});

describe('a message in a shape that others met', () => {
	for (const { name, message, separator = '|', answer } of shapes().messages) {
		it(`${name}: ${answer}`, () => {
			const body = message.replace('{card}', CARD).replace(/\.{4}$/, '');
			const form = { ...STANDARD_FORM, separator };
			const read = decodeMessage(Buffer.from(body + checksum(Buffer.from(body))), form);
			if (typeof read === 'string') throw new Error(read);
			if (answer === 'on_line') {
				expect(faultOfStatus(read)).to.equal(null);
				expect(questionFor('63', read)).to.equal('63');
				return;
			}
			const decided = decide(read, {
				question: '63',
				card: CARD,
				sequence: read.sequence,
				errorDetection: 'require',
				today: '20261122',
				map: DIALECTS.compliant.fields,
				needs: new Set(),
			});
			expect(decided.outcome).to.equal(answer);
		});
	}
});

describe('every recorded message', () => {
	for (const peer of ['peer-a', 'peer-b'] as const) {
		it(`is the same, wherever its bytes are split (${peer})`, () => {
			let count = 0;
			for (const { name, turns } of recorded(peer)) {
				for (const bytes of turns.flatMap(({ sent, answers }) => [sent, ...answers])) {
					const whole = new Framer().push(bytes).map((message) => decodeMessage(message));
					const byteByByte = new Framer();
					expect(
						[...bytes].flatMap((byte) => byteByByte.push(Buffer.of(byte))).map((one) => decodeMessage(one)),
					).to.deep.equal(whole);
					for (let at = 0; at <= bytes.length; at++) {
						const framer = new Framer();
						const messages = [...framer.push(bytes.subarray(0, at)), ...framer.push(bytes.subarray(at))];
						expect(
							messages.map((message) => decodeMessage(message)),
							`${name} at ${at}`,
						).to.deep.equal(whole);
						count++;
					}
				}
			}
			expect(count).to.be.greaterThan(2_000);
		});
	}

	it('is read, and its checksum is right, but for those that were spoilt on purpose', () => {
		const unread = (['peer-a', 'peer-b'] as const).flatMap((peer) =>
			recorded(peer).flatMap(({ name, turns }) =>
				turns.flatMap(({ sent, answers }) =>
					[sent, ...answers]
						.flatMap((bytes) => new Framer().push(bytes))
						.map((message) => decodeMessage(message))
						.filter((read) => typeof read === 'string')
						.map((fault) => `${name}: ${fault}`),
				),
			),
		);
		expect(unread).to.deep.equal([
			'bad checksum -> 96, then resend without AY: checksum',
			'unknown message code 55: unknown_code',
			'CR truncation: card = "29000000000001<CR>", PIN = x: unknown_code',
			'CR truncation with error detection on (checksum over whole): checksum',
			'bad checksum: checksum',
			// The second half of one.
			'split message over two segments: unknown_code',
		]);
	});
});
