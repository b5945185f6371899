import { expect } from 'chai';
import { askFacts } from '../src/client.ts';
import { type Asked, decide } from '../src/decision.ts';
import { DIALECTS } from '../src/dialects.ts';
import { decodeMessage } from '../src/wire/decode.ts';
import { Framer } from '../src/wire/framer.ts';
import { allButOne, scriptedAcs } from './acs.ts';
import { recorded } from './recordings.ts';

const WHEN = { now: Date.UTC(2026, 10, 22, 18, 51), zone: 'America/Los_Angeles' };
const CARD = '29000000000001';
const OUTCOMES = ['ok', 'bad_credentials', 'misconfigured'];
/** Written down, so that what failed once fails again. */
const SEED = 20_261_122;

type Random = (below: number) => number;

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

const SIGNS = Buffer.from('|||YYNN BLCQAAAYAZ0123456789\r\n\u0000^\u00ff6424', 'latin1');

/** One random change: a bit, a byte more or less, a piece twice, elsewhere or missing, the end cut off, the end of another message. */
function changed(bytes: Buffer, other: Buffer, random: Random): Buffer {
	const at = random(bytes.length + 1);
	const to = Math.min(bytes.length, at + 1 + random(12));
	const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
	switch (random(8)) {
		case 0:
			return Buffer.concat([
				before,
				Buffer.from(piece.map((byte, i) => (i === 0 ? byte ^ (1 << random(8)) : byte))),
				after,
			]);
		case 1:
			return Buffer.concat([before, SIGNS.subarray(random(SIGNS.length)).subarray(0, 1), piece, after]);
		case 2:
			return Buffer.concat([before, after]);
		case 3:
			return Buffer.concat([before, piece, piece, after]);
		case 4:
			return Buffer.concat([piece, before, after]);
		case 5:
			return Buffer.from(before);
		case 6:
			return Buffer.concat([before, other.subarray(random(other.length))]);
		default:
			return Buffer.concat([before, Buffer.from(piece.map(() => SIGNS[random(SIGNS.length)]!)), after]);
	}
}

const asked = (more: Partial<Asked> = {}): Asked => ({
	question: '63',
	card: CARD,
	sequence: '1',
	errorDetection: 'send',
	today: '20261122',
	map: DIALECTS.compliant.fields,
	needs: new Set(['age', 'expiry', 'type', 'location', 'stable_id', 'fees']),
	...more,
});

/** Everything that two servers were recorded to answer about patrons. */
function answers(): Buffer[] {
	return (['peer-a', 'peer-b'] as const)
		.flatMap((peer) => recorded(peer).flatMap(({ turns }) => turns.flatMap((turn) => turn.answers)))
		.flatMap((bytes) => new Framer().push(bytes))
		.filter((bytes) => bytes.toString('latin1', 0, 2) === '64');
}

/** Told another way than the decoder does: by the letters alone. */
function plainlyYes(text: string): boolean {
	const listed = text.slice(61).split(/AY\d?(?:AZ[0-9A-F]{4})?$|\|AY/)[0]!;
	const parts = listed.split('|').filter((part) => /^[A-Z][A-Z0-9]/.test(part));
	const of = (id: string) => parts.filter((part) => part.startsWith(id)).map((part) => part.slice(2));
	const only = (id: string, value: string) => of(id).length === 1 && of(id)[0] === value;
	return text.startsWith('64') && only('BL', 'Y') && only('CQ', 'Y') && only('AA', CARD);
}

describe('answers with random changes', function () {
	this.timeout(60_000);

	it('never break anything, and are a yes only where every mark of one stands in them', () => {
		const random = randomFrom(SEED);
		const all = answers();
		const counted = { read: 0, ok: 0 };
		for (let round = 0; round < 100_000; round++) {
			let bytes = all[random(all.length)]!;
			for (let times = 1 + random(4); times > 0; times--)
				bytes = changed(bytes, all[random(all.length)]!, random);
			const [message, ...more] = new Framer().push(Buffer.concat([bytes, Buffer.from('\r')]));
			if (!message || more.length > 0) continue;
			const read = decodeMessage(message);
			if (typeof read === 'string') continue;
			counted.read++;
			const decided = decide(read, asked({ sequence: read.sequence }));
			expect(decided.outcome).to.be.oneOf(OUTCOMES);
			if (decided.outcome !== 'ok') continue;
			counted.ok++;
			expect(plainlyYes(message.toString('latin1')), message.toString('latin1')).to.equal(true);
		}
		expect(counted.read, 'many were still messages').to.be.greaterThan(10_000);
		expect(counted.ok, 'and some still a yes').to.be.greaterThan(100);
	});

	it('never make a yes of an answer to a wrong PIN, where error detection is required and one byte was changed', () => {
		const random = randomFrom(SEED + 1);
		const no = answers().filter((bytes) => /CQN.*AY\dAZ/.test(bytes.toString('latin1')));
		expect(no.length).to.be.greaterThan(1);
		for (let round = 0; round < 50_000; round++) {
			const bytes = Buffer.from(no[random(no.length)]!);
			bytes[random(bytes.length)] = random(256);
			const read = decodeMessage(bytes);
			if (typeof read === 'string') continue;
			const required = asked({ sequence: read.sequence, errorDetection: 'require' });
			expect(decide(read, required).outcome, bytes.toString('latin1')).to.not.equal('ok');
		}
	});

	it('that are nothing but noise are never a yes', () => {
		const random = randomFrom(SEED + 2);
		for (let round = 0; round < 50_000; round++) {
			const length = random(200);
			const noise = Buffer.from(
				Array.from({ length }, () => (random(2) ? SIGNS[random(SIGNS.length)]! : random(256))),
			);
			for (const message of new Framer().push(Buffer.concat([Buffer.from('64'), noise, Buffer.from('\r')]))) {
				for (const form of [undefined, { charset: 'cp850', separator: '^', terminator: 'CR' }] as const) {
					const read = decodeMessage(message, form);
					if (typeof read !== 'string') expect(decide(read, asked()).outcome).to.not.equal('ok');
				}
			}
		}
	});

	it('come to a plain outcome over a real connection too, and never to a yes for a wrong PIN', async () => {
		const random = randomFrom(SEED + 3);
		const all = answers();
		const no = all.filter((bytes) => /\|CQN\|/.test(bytes.toString('latin1')));
		let bytes = Buffer.alloc(0);
		const acs = await scriptedAcs(allButOne('63', () => bytes));
		const settings = {
			host: '127.0.0.1',
			port: acs.port,
			errorDetection: 'off',
			timeouts: { answer: 25 },
		} as const;
		try {
			for (let round = 0; round < 300; round++) {
				const base = Buffer.from(
					no[random(no.length)]!.toString('latin1').replace(/AY\dAZ.{4}$/, ''),
					'latin1',
				);
				const mark = base.indexOf('|CQN|');
				// Everything but the mark itself: to turn that around is not a change but a lie.
				const [head, tail] = [base.subarray(0, mark), base.subarray(mark + 5)];
				const quiet = Buffer.from('64|AAx|BLY|');
				bytes = Buffer.concat([
					changed(head, quiet, random),
					Buffer.from('|CQN|'),
					changed(tail, quiet, random),
					Buffer.from('\r'),
				]);
				const answer = await askFacts(settings, { card: CARD, pin: '0000' }, WHEN);
				expect(answer.outcome, bytes.toString('latin1')).to.be.oneOf([
					'bad_credentials',
					'misconfigured',
					'unavailable',
				]);
			}
		} finally {
			await acs.close();
		}
	});
});
