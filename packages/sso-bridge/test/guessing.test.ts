import { randomBytes, randomUUID } from 'node:crypto';
import { stoppedClock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import type { Seen } from '../../../test/e2e/visitor.ts';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { addressGroup } from '../src/guessing/address-group.ts';
import { DAY_MS, QUARTER_MS } from '../src/guessing/budget.ts';
import { createPace } from '../src/guessing/pace.ts';
import { type Caller, createWatch, type Watch } from '../src/guessing/watch.ts';
import { libraryKeys } from '../src/keys.ts';
import { sweepAttempts } from '../src/store/attempts.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { alertsOf, sweepTallies } from '../src/store/tallies.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

describe('guessing PINs', () => {
	const clock = stoppedClock(Date.UTC(2026, 10, 26, 18));
	const master = randomBytes(32);
	const told: string[] = [];
	const log = {
		info: () => undefined,
		warn: () => undefined,
		error: (event: string) => void told.push(event),
	} as Log;
	let database: Database;
	let watch: Watch;
	let library: LibraryRecord;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
		watch = createWatch({ database, clock, log, keysOf: (id) => libraryKeys({ master }, id) });
	});
	after(() => database?.destroy());
	beforeEach(() => {
		library = { id: randomUUID(), slug: 'salem' } as LibraryRecord;
		told.length = 0;
	});

	const from = (address: string, more: Partial<Caller> = {}): Caller => ({
		address,
		age: 0,
		form: randomUUID(),
		browser: null,
		...more,
	});
	const look = (caller: Caller, familiar = false) => watch.look(library, caller, async () => familiar);
	const seconds = async (caller: Caller, familiar = false) => (await look(caller, familiar)).seconds;
	/** One PIN, many cards, each from another place. */
	async function spray(cards: number): Promise<void> {
		for (let at = 0; at < cards; at++) await watch.wrong(library, from(`198.51.${at}.7`), true);
	}

	it('addresses are counted by their /24 and /64', () => {
		expect(addressGroup('203.0.113.9')).to.equal('203.0.113.0/24');
		expect(addressGroup('::ffff:203.0.113.200')).to.equal('203.0.113.0/24');
		expect(addressGroup('2001:db8:1:2:3:4:5:6')).to.equal('2001:db8:1:2::/64');
		expect(addressGroup(undefined)).to.equal('');
	});

	it('many wrong tries from one place ask the next form from there to be ten seconds old, and then older', async () => {
		const where = from('203.0.113.9');
		for (let tries = 0; tries < 9; tries++) await watch.wrong(library, where, false);
		expect(await seconds(where)).to.equal(0);
		await watch.wrong(library, from('203.0.113.77'), false);
		expect(await seconds(where)).to.equal(10);
		expect(await seconds(from('203.0.113.200', { age: 4_000 })), 'the same /24').to.equal(6);
		expect(await seconds(from('203.0.114.9')), 'the next one').to.equal(0);
		for (let tries = 0; tries < 200; tries++) await watch.wrong(library, where, false);
		expect(await seconds(where), 'and never longer than a minute').to.equal(60);
		clock.advance(QUARTER_MS + 1);
		expect(await seconds(where), 'it ends by itself').to.equal(0);
	});

	it('a form that waited long enough may be used once', async () => {
		for (let tries = 0; tries < 10; tries++) await watch.wrong(library, from('203.0.113.9'), false);
		const patient = from('203.0.113.9', { age: 11_000 });
		expect(await look(patient)).to.deep.equal({ seconds: 0, anew: false });
		expect(await look(patient)).to.deep.equal({ seconds: 10, anew: true });
		const forged = from('203.0.113.9', { age: 11_000, form: null });
		expect(await look(forged)).to.deep.equal({ seconds: 10, anew: true });
		const many = from('203.0.113.9', { age: 11_000 });
		const looks = await Promise.all(Array.from({ length: 6 }, () => look(many)));
		expect(looks.filter((one) => one.seconds === 0)).to.have.length(1);
	});

	it('one PIN tried with many cards is noticed, however many places it comes from, and staff are told once', async () => {
		await spray(19);
		expect(await seconds(from('192.0.2.1'))).to.equal(0);
		await spray(1);
		expect(await seconds(from('192.0.2.1'))).to.equal(20);
		await spray(30);
		expect(told).to.deep.equal(['guessing_suspected']);
		const [alert] = await alertsOf(database, library.id, clock.now() - DAY_MS);
		expect(alert).to.include({ kind: 'guessing', since: clock.now() });
		expect(await seconds(from('192.0.2.1', { age: 21_000 })), 'nobody is refused').to.equal(0);
		expect(await seconds(from('192.0.2.1'), true), 'whoever is known here goes on as ever').to.equal(0);
		clock.advance(2 * QUARTER_MS + 1);
		expect(await seconds(from('192.0.2.1')), 'and it ends by itself').to.equal(0);
	});

	it('a busy evening is not taken for it: as long as most cards are right, nobody waits', async () => {
		for (let at = 0; at < 60; at++) await watch.right(library);
		await spray(50);
		expect(await seconds(from('192.0.2.1'))).to.equal(0);
		expect(told).to.deep.equal([]);
		const other = { id: randomUUID(), slug: 'bend' } as LibraryRecord;
		await spray(30);
		expect(
			(await watch.look(other, from('192.0.2.1'), async () => false)).seconds,
			'another library',
		).to.equal(0);
	});

	it('the same card again and again is not many cards', async () => {
		for (let at = 0; at < 60; at++) await watch.wrong(library, from(`198.51.${at}.7`), at === 0);
		expect(await seconds(from('192.0.2.1'))).to.equal(0);
	});

	it('of an address nothing is written but a hash, under a key that is gone the next day', async () => {
		await watch.wrong(library, from('203.0.113.9'), false);
		const rows = await database('attempt').where({ library: library.id });
		expect(JSON.stringify(rows)).to.not.include('203.0.113');
		expect(await database('day_key').where({ library: library.id })).to.have.length(1);
		const [first] = rows;
		clock.advance(DAY_MS);
		await watch.wrong(library, from('203.0.113.9'), false);
		await sweepAttempts(database, clock.now());
		await sweepTallies(database, { now: clock.now(), quarter: QUARTER_MS });
		const later = await database('attempt').where({ library: library.id });
		expect(later).to.have.length(1);
		expect(later[0].hash).to.not.equal(first.hash);
		expect(await database('day_key').where({ library: library.id })).to.have.length(1);
	});
});

describe('the time that a refusal takes', () => {
	/** How far two samples are apart at most (Kolmogorov and Smirnov): 0 the same, 1 nothing in common. */
	function apart(a: readonly number[], b: readonly number[]): number {
		const share = (all: readonly number[], x: number) => all.filter((one) => one <= x).length / all.length;
		return Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))));
	}
	/** Numbers by chance that are the same in every run. */
	function chance(seed: number): () => number {
		let state = seed;
		return () => {
			state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
			return state / 4_294_967_296;
		};
	}

	/** How long 400 refusals of each kind take to the one who waits for them, with a catalogue that takes `answer` milliseconds. */
	async function lengths(answer: (random: () => number) => { unknown: number; wrong: number }) {
		const random = chance(7);
		let now = 0;
		const pace = createPace({
			minimum: 800,
			now: () => now,
			until: async (moment) => {
				now = Math.max(now, moment);
			},
			random,
		});
		const kinds = { unknown: [] as number[], wrong: [] as number[], local: [] as number[] };
		for (let round = 0; round < 400; round++) {
			const takes = answer(random);
			for (const kind of ['unknown', 'wrong', 'local'] as const) {
				const started = now;
				const asked = kind !== 'local';
				// What is known without asking costs a few milliseconds of the database.
				now += asked ? takes[kind] : 3 + random() * 4;
				if (asked) pace.heard('salem', takes[kind]);
				await pace.refuse('salem', { started, asked });
				kinds[kind].push(now - started);
			}
		}
		return kinds;
	}

	it('tells nothing of what it was made of: unknown card, wrong PIN and not asked any more look alike', async () => {
		for (const [how, answer] of [
			['quick', (random: () => number) => ({ unknown: 20 + random() * 20, wrong: 90 + random() * 60 })],
			['slow', (random: () => number) => ({ unknown: 900 + random() * 500, wrong: 950 + random() * 500 })],
		] as const) {
			const { unknown, wrong, local } = await lengths(answer);
			expect(apart(unknown, wrong), `${how}: unknown and wrong`).to.be.below(0.1);
			expect(apart(unknown, local), `${how}: unknown and local`).to.be.below(0.1);
			expect(apart(wrong, local), `${how}: wrong and local`).to.be.below(0.1);
			expect(Math.min(...local), 'at least the minimum').to.be.at.least(800);
			expect(new Set(local.map(Math.round)).size, 'with jitter').to.be.above(50);
		}
	});

	it('the measure would notice if it did', () => {
		const random = chance(3);
		const many = (from: number) => Array.from({ length: 400 }, () => from + random() * 200);
		expect(apart(many(800), many(860))).to.be.above(0.2);
	});
});

describe('the card page while somebody guesses', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		bed = await startBed({ deck: demoDeck('bed') });
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(() => bed?.close());

	async function open(language = 'en') {
		const visitor = visitorOf(bed, language);
		return { visitor, page: await visitor.open((await belmont.begin()).url) };
	}

	it('asks people to wait, without a script, asks the catalogue nothing meanwhile, and lets the right PIN in after', async () => {
		const known = bed.person('Okafor');
		const asked = () => Array.from({ length: 30 }, (_, at) => bed.ils.asked(`2999999999${1000 + at}`));
		for (let at = 0; at < 30; at++) {
			const { visitor, page } = await open();
			await visitor.send(page, '/sign-in/', { card: `2999999999${1000 + at}`, pin: '1234' });
		}
		expect(
			asked().reduce((sum, one) => sum + one),
			'whoever does not wait gets no further than this',
		).to.equal(10);
		const { card, pin } = known;
		const before = bed.ils.asked(card);
		const { visitor, page } = await open();
		const early = await visitor.send(page, '/sign-in/', { card, pin });
		expect(early.status).to.equal(429);
		expect(early.headers['retry-after']).to.equal('10');
		expect(early.text).to.include('Wait 10 seconds, and send it again').and.include('nothing is locked');
		expect(early.html).to.include(`value="${card}"`).and.not.include(pin);
		bed.clock.advance(7_000);
		const still = await visitor.send(early, '/sign-in/', { card, pin });
		expect(still.text).to.include('Wait 3 seconds');
		expect(bed.ils.asked(card)).to.equal(before);
		bed.clock.advance(3_000);
		const back = await visitor.send(still, '/sign-in/', { card, pin });
		expect(back.url).to.include(belmont.callback);
		const spanish = await open('es');
		expect((await spanish.visitor.send(spanish.page, '/sign-in/', { card, pin })).text).to.include(
			'Espere 10 segundos y envíelo otra vez',
		);
	});

	it('does not keep whoever takes their time to type', async () => {
		const { card, pin } = bed.person('Lindqvist');
		const { visitor, page } = await open();
		bed.clock.advance(21_000);
		expect((await visitor.send(page, '/sign-in/', { card, pin })).url).to.include(belmont.callback);
	});

	it('does not keep whoever came in in this browser before, with the same card', async () => {
		const { visitor, page } = await open();
		const { card, pin } = bed.person('Whitehorse');
		bed.clock.advance(61_000);
		await visitor.send(page, '/sign-in/', { card, pin });
		const again = await visitor.open((await belmont.begin({ prompt: 'login' })).url);
		const wrong = await visitor.send(again, '/sign-in/', { card: bed.person('Aguilar').card, pin: '1' });
		expect(wrong.status, 'another card, in the same browser').to.equal(429);
		const back = await visitor.send(again, '/sign-in/', { card, pin });
		expect(back.url).to.include(belmont.callback);
	});

	it('makes each try of a guesser cost a form of its own that waited', async () => {
		const { visitor, page } = await open();
		bed.clock.advance(61_000);
		const send = (pin: string, at: Seen) => visitor.send(at, '/sign-in/', { card: '29999999998888', pin });
		const before = bed.ils.asked('29999999998888');
		expect((await send('1', page)).text).to.include('do not match');
		expect((await send('2', page)).status).to.equal(429);
		expect((await send('3', page)).text).to.include('Wait');
		expect(bed.ils.asked('29999999998888') - before).to.equal(1);
	});
});
