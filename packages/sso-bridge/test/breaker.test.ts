import { expect } from 'chai';
import { withBreaker } from '../src/connectors/breaker.ts';
import type { CardResult, Connector, Reached, When } from '../src/connectors/connector.ts';
import { inLine } from '../src/connectors/in-line.ts';

const NO: CardResult = { outcome: 'bad_credentials' };
const SILENT: CardResult = { outcome: 'unavailable', reason: 'silent' };

/** A catalogue that answers what it is told to, and counts. */
function catalogue() {
	const state = { answer: NO, there: true, checks: 0, reaches: 0 };
	const reached = (): Reached => {
		state.reaches++;
		return state.there ? { outcome: 'there' } : { outcome: 'unavailable', reason: 'unreachable' };
	};
	const connector: Connector = {
		kind: 'test',
		check: async () => {
			state.checks++;
			return state.answer;
		},
		probe: async () => state.answer,
		reach: async () => reached(),
	};
	return { state, connector };
}

describe('a catalogue that does not answer', () => {
	const at = (now: number): When => ({ now, zone: 'UTC' });
	function guarded() {
		const { state, connector } = catalogue();
		const told: string[] = [];
		const breaker = withBreaker(connector, { changed: (what) => told.push(what) });
		const check = (now: number) => breaker.check('2', '1', at(now));
		return { state, told, check, breaker };
	}

	it('is left alone after five silences in a row, and nobody waits for it', async () => {
		const { state, told, check } = guarded();
		state.answer = SILENT;
		for (let times = 0; times < 5; times++) expect(await check(0)).to.deep.equal(SILENT);
		expect(await check(1_000)).to.deep.equal({ outcome: 'unavailable', reason: 'resting' });
		expect(state.checks).to.equal(5);
		expect(told).to.deep.equal(['resting']);
	});

	it('is asked on while it answers between silences, and a refusal is an answer', async () => {
		const { state, told, check } = guarded();
		for (let times = 0; times < 20; times++) {
			state.answer = times % 5 === 4 ? NO : SILENT;
			await check(0);
		}
		expect(state.checks).to.equal(20);
		expect(told).to.deep.equal([]);
	});

	it('is looked for without anybody’s card when it has rested, by one of those who come, and then asked again', async () => {
		const { state, told, check } = guarded();
		state.answer = SILENT;
		for (let times = 0; times < 5; times++) await check(0);
		state.answer = NO;
		const all = await Promise.all([1, 2, 3, 4].map(() => check(30_000)));
		expect(all).to.deep.equal([NO, NO, NO, NO]);
		expect([state.reaches, state.checks]).to.deep.equal([1, 9]);
		expect(told).to.deep.equal(['resting', 'back']);
	});

	it('rests again while it is still away, and no PIN is used up for finding out', async () => {
		const { state, told, check } = guarded();
		state.answer = SILENT;
		state.there = false;
		for (let times = 0; times < 5; times++) await check(0);
		expect((await check(30_000)).outcome).to.equal('unavailable');
		expect((await check(59_000)).outcome).to.equal('unavailable');
		expect([state.reaches, state.checks]).to.deep.equal([1, 5]);
		await check(60_000);
		expect([state.reaches, state.checks]).to.deep.equal([2, 5]);
		expect(told).to.deep.equal(['resting']);
	});

	it('can still be tried by the self-test', async () => {
		const { state, breaker, check } = guarded();
		state.answer = SILENT;
		for (let times = 0; times < 5; times++) await check(0);
		state.answer = NO;
		expect(await breaker.probe('2', '1', at(0))).to.deep.equal(NO);
		expect(await breaker.reach(at(0))).to.deep.equal({ outcome: 'there' });
	});
});

describe('the line before a catalogue', () => {
	/** A catalogue whose answers are let go one by one. */
	function slow() {
		const waiting: (() => void)[] = [];
		const state = { running: 0, most: 0 };
		const answer = async (): Promise<CardResult> => {
			state.running++;
			state.most = Math.max(state.most, state.running);
			await new Promise<void>((resolve) => waiting.push(resolve));
			state.running--;
			return NO;
		};
		const connector: Connector = {
			kind: 'test',
			check: answer,
			probe: answer,
			reach: async () => ({ outcome: 'there' }),
		};
		const letGo = async () => {
			for (let quiet = 0; quiet < 3; ) {
				const next = waiting.shift();
				next?.();
				quiet = next ? 0 : quiet + 1;
				await new Promise((resolve) => setImmediate(resolve));
			}
		};
		return { connector, state, letGo };
	}
	const when: When = { now: 0, zone: 'UTC' };

	it('lets so many to it at once and no more, and everybody in the end', async () => {
		const { connector, state, letGo } = slow();
		const line = inLine(connector, { atOnce: 3, waitMs: 5_000 });
		const asked = Array.from({ length: 20 }, () => line.check('2', '1', when));
		await letGo();
		expect(await Promise.all(asked)).to.deep.equal(Array.from({ length: 20 }, () => NO));
		expect(state.most).to.equal(3);
	});

	it('is left when it takes too long, and the place goes to the next', async () => {
		const { connector, letGo } = slow();
		const line = inLine(connector, { atOnce: 1, waitMs: 20 });
		const first = line.check('2', '1', when);
		const second = await line.check('2', '1', when);
		expect(second).to.deep.equal({ outcome: 'unavailable', reason: 'line_too_long' });
		const third = line.check('2', '1', when);
		await letGo();
		expect(await Promise.all([first, third])).to.deep.equal([NO, NO]);
	});

	it('has an end: whoever comes after two hundred is told at once', async () => {
		const { connector, letGo } = slow();
		const line = inLine(connector, { atOnce: 1, waitMs: 5_000 });
		const asked = Array.from({ length: 202 }, () => line.check('2', '1', when));
		expect(await asked[201]).to.deep.equal({ outcome: 'unavailable', reason: 'line_too_long' });
		await letGo();
		const answers = await Promise.all(asked.slice(0, 201));
		expect(new Set(answers)).to.have.lengthOf(1);
	});

	it('keeps its places when a question breaks', async () => {
		let times = 0;
		const connector: Connector = {
			kind: 'test',
			check: async () => {
				times++;
				throw new Error('broken');
			},
			probe: async () => NO,
			reach: async () => ({ outcome: 'there' }),
		};
		const line = inLine(connector, { atOnce: 1, waitMs: 1_000 });
		for (let at = 0; at < 3; at++) {
			const broke = await line.check('2', '1', when).then(
				() => false,
				() => true,
			);
			expect(broke).to.equal(true);
		}
		expect(times).to.equal(3);
	});
});
