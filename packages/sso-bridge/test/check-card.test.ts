import { randomBytes, randomUUID } from 'node:crypto';
import { stoppedClock } from '@understory/core/clock.ts';
import { silentLog } from '@understory/core/log.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { DemoPatron } from '@understory/sip2/deck.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Canaries, createCanaries } from '../src/card/canaries.ts';
import { type CardChecker, type Checked, createCardChecker } from '../src/card/check-card.ts';
import { catalogueLines } from '../src/connectors/catalogue-lines.ts';
import { type Connectors, createConnectors } from '../src/connectors/connectors.ts';
import type { CardParts } from '../src/context.ts';
import { DAY_MS, QUARTER_MS } from '../src/guessing/budget.ts';
import { createPace } from '../src/guessing/pace.ts';
import { libraryKeys } from '../src/keys.ts';
import { type AccountRow, staffCandidate } from '../src/store/accounts.ts';
import { MEMORY_MS } from '../src/store/attempts.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { networksHere } from './fixtures/here.ts';

const library = {
	id: randomUUID(),
	slug: 'salem',
	card_digits: 14,
	zone: 'America/Los_Angeles',
} as LibraryRecord;
const other = { ...library, id: randomUUID(), slug: 'elsewhere' };

describe('checking a card', () => {
	const clock = stoppedClock(Date.UTC(2026, 9, 8, 18));
	const deck = demoDeck('check');
	const person = (name: string) => deck.find((patron) => patron.name.startsWith(name))!;
	const master = randomBytes(32);
	const waits: number[] = [];
	const pace = createPace({
		minimum: 800,
		now: () => performance.now(),
		until: async (moment) => void waits.push(moment),
		random: () => 0.5,
	});
	let connectors: Connectors;
	let ils: Ils;
	let database: Database;
	let settings: SignInSettings;
	let checker: CardChecker;
	let parts: Omit<CardParts, 'canaries'>;
	let canaries: Canaries;

	before(async () => {
		ils = await startIls({ deck });
		database = await openDatabase(await freshDatabase('sso_bridge'));
		connectors = createConnectors({
			catalogueLines: catalogueLines({ town: true }),
			networksOf: () => networksHere(settings.connector),
			database,
			keysOf: (id) => libraryKeys({ master }, id),
			log: silentLog,
		});
		const timeouts = { answer: 100, whole: 300 };
		const connector = { kind: 'sip2', host: '127.0.0.1', port: ils.port } as const;
		settings = { version: 1, state: 'live', connector, timeouts };
		parts = {
			database,
			clock,
			log: silentLog,
			randomId: randomUUID,
			keysOf: (id) => libraryKeys({ master }, id),
			signIn: () => settings,
			connectors,
			pace,
		};
		canaries = createCanaries(parts);
		checker = createCardChecker({ ...parts, canaries });
	});
	after(async () => {
		await connectors.close();
		await database?.destroy();
		await ils?.close();
	});
	beforeEach(async () => {
		await database('attempt').delete();
		ils.misbehave(null);
		waits.length = 0;
	});

	const check = (patron: Pick<DemoPatron, 'card' | 'pin'>, of = library) =>
		checker(of, { ...patron, caller: null });
	const accountOf = (checked: Checked): AccountRow => {
		expect(checked.outcome).to.equal('ok');
		return (checked as { account: AccountRow }).account;
	};

	it('the same card is the same account, however it is typed, and another at another library', async () => {
		const teo = person('Halvorsen');
		const first = accountOf(await check(teo));
		const spaced = `${teo.card.slice(0, 1)} ${teo.card.slice(1, 5)}-${teo.card.slice(5)}`;
		expect(accountOf(await check({ card: spaced, pin: teo.pin })).id).to.equal(first.id);
		expect(accountOf(await check(teo, other)).id).to.not.equal(first.id);
	});

	it('two people who sign in at once for the first time get an account each, and one person gets one', async () => {
		const dov = person('Lindqvist');
		const rudy = person('Aguilar');
		const ids = (await Promise.all([dov, dov, rudy, dov, rudy].map((patron) => check(patron)))).map(
			(one) => accountOf(one).id,
		);
		expect(new Set(ids).size).to.equal(2);
	});

	it('age leaves the check as a band, and an expired card keeps the porch', async () => {
		expect(accountOf(await check(person('Nguyen'))).age_band).to.equal('teen');
		expect(await check(person('Park')), 'under 13 where nothing is said').to.include({
			obstacle: 'too_young',
		});
		const plain = settings;
		settings = { ...plain, rules: { minimum_age: 9 } };
		expect(accountOf(await check(person('Park'))).age_band).to.equal('child');
		settings = plain;
		const ida = person('Castellano');
		expect(await check(ida)).to.deep.equal({
			outcome: 'not_admitted',
			obstacle: 'ended',
			endedOn: '2025-10-01',
		});
		expect(
			await database('account').where({ standing: 'porch' }),
			'nobody begins on the porch',
		).to.deep.equal([]);
		const at = deck.indexOf(ida);
		deck[at] = { ...ida, expires: '20301231' };
		const before = accountOf(await check(ida));
		deck[at] = ida;
		const after = accountOf(await check(ida));
		expect([after.id, after.age_band, after.standing]).to.deep.equal([before.id, 'adult', 'porch']);
	});

	it('a lost or blocked card is for a desk, and only the holder of the PIN learns that', async () => {
		expect((await check(person('Ferreira'))).outcome).to.equal('see_desk');
		expect(await check(person('Brandt'))).to.include({ outcome: 'not_admitted', obstacle: 'barred' });
		expect((await check({ card: person('Ferreira').card, pin: '0000' })).outcome).to.equal('no_match');
	});

	it('a card of another length is not asked about, and costs nothing', async () => {
		const { card } = person('Tanaka');
		const checked = await check({ card: card.slice(1), pin: '1' });
		expect(checked).to.deep.equal({ outcome: 'length', given: 13, wanted: 14 });
		expect(ils.asked(card.slice(1))).to.equal(0);
		expect((await check({ card: '', pin: '1' })).outcome).to.equal('empty');
		expect((await check({ card, pin: '' })).outcome).to.equal('empty');
	});

	it('a sign that no card has is not taken out, and the catalogue is not asked', async () => {
		const { card, pin } = person('Tanaka');
		const before = ils.asked(card);
		for (const odd of [
			`${card}\r`,
			`${card}|`,
			`${card}\n`,
			`${card}\t`,
			`${card.slice(1)}x`,
			`${card}\u200b`,
		]) {
			expect((await check({ card: odd, pin })).outcome, JSON.stringify(odd)).to.equal('signs');
		}
		const anyCard = { ...library, card_digits: null };
		expect((await check({ card: `${card}\r63`, pin }, anyCard)).outcome).to.equal('no_match');
		expect((await check({ card, pin: `${pin}\r` })).outcome).to.equal('no_match');
		expect((await check({ card, pin: `${pin}|` })).outcome).to.equal('no_match');
		expect(ils.asked(card)).to.equal(before);
	});

	it('three wrong PINs are passed on in fifteen minutes, and not one more; all are answered alike', async () => {
		const bea = person('Tanaka');
		const before = ils.asked(bea.card);
		for (const pin of ['0001', '0002', '0003', '0004', bea.pin])
			expect(await check({ card: bea.card, pin })).to.deep.equal({ outcome: 'no_match', tries: 3 });
		expect(ils.asked(bea.card) - before).to.equal(3);
		expect(waits, 'every refusal takes its time').to.have.length(5);
	});

	it('five wrong PINs are passed on in a day, and on the next day there are five again', async () => {
		const bea = person('Tanaka');
		const before = ils.asked(bea.card);
		const tryMany = async (from: number) => {
			for (let at = 0; at < 8; at++) {
				await check({ card: bea.card, pin: `0${from + at}` });
				if (at % 3 === 2) clock.advance(QUARTER_MS + 1);
			}
		};
		await tryMany(100);
		expect(ils.asked(bea.card) - before).to.equal(5);
		expect((await check(bea)).outcome, 'the right one neither').to.equal('no_match');
		clock.advance(DAY_MS);
		expect((await check(bea)).outcome).to.equal('ok');
		await tryMany(200);
		expect(ils.asked(bea.card) - before).to.equal(11);
	});

	it('the budget stays below the number of wrong PINs after which the catalogue locks', async () => {
		const bea = person('Tanaka');
		const plain = settings;
		try {
			for (const [lockAfter, passedOn] of [
				[10, 5],
				[5, 4],
				[3, 2],
				[2, 1],
				[1, 1],
			] as const) {
				settings = { ...plain, locks_after: lockAfter };
				const before = ils.asked(bea.card);
				for (let at = 0; at < 9; at++) {
					await check({ card: bea.card, pin: `${lockAfter}-${at}` });
					if (at % 3 === 2) clock.advance(QUARTER_MS + 1);
				}
				expect(ils.asked(bea.card) - before, `locks after ${lockAfter}`).to.equal(passedOn);
				clock.advance(DAY_MS);
			}
		} finally {
			settings = plain;
		}
	});

	it('an unknown card and a wrong PIN are told the same', async () => {
		const unknown = await check({ card: '29999999999999', pin: '1234' });
		const wrong = await check({ card: person('Whitehorse').card, pin: '0009' });
		expect(unknown).to.deep.equal(wrong);
	});

	it('the same wrong pair again is not a second try', async () => {
		const sam = person('Whitehorse');
		const before = ils.asked(sam.card);
		for (let clicks = 0; clicks < 4; clicks++) await check({ card: sam.card, pin: '0007' });
		expect(ils.asked(sam.card) - before).to.equal(1);
		expect((await check(sam)).outcome).to.equal('ok');
	});

	it('a right PIN makes the wrong ones before it forgotten', async () => {
		const sam = person('Whitehorse');
		await check({ card: sam.card, pin: '0011' });
		await check({ card: sam.card, pin: '0012' });
		expect((await check(sam)).outcome).to.equal('ok');
		expect(await check({ card: sam.card, pin: '0013' })).to.deep.equal({ outcome: 'no_match', tries: 3 });
	});

	it('many wrong PINs at the same moment are still three', async () => {
		const sam = person('Whitehorse');
		const before = ils.asked(sam.card);
		const pins = Array.from({ length: 12 }, (_, at) => `00${String(at + 40)}`);
		const checked = await Promise.all(pins.map((pin) => check({ card: sam.card, pin })));
		expect(checked.every(({ outcome }) => outcome === 'no_match')).to.equal(true);
		expect(ils.asked(sam.card) - before).to.equal(3);
	});

	it('a right PIN sent four times at once is one question', async () => {
		const sam = person('Whitehorse');
		const before = ils.asked(sam.card);
		const checked = await Promise.all([1, 2, 3, 4].map(() => check(sam)));
		expect(new Set(checked.map((one) => accountOf(one).id)).size).to.equal(1);
		expect(ils.asked(sam.card) - before).to.equal(1);
	});

	it('what was wrong five minutes ago is asked again', async () => {
		const sam = person('Whitehorse');
		await check({ card: sam.card, pin: '0031' });
		const before = ils.asked(sam.card);
		clock.advance(MEMORY_MS + 1);
		expect(await check({ card: sam.card, pin: '0031' })).to.deep.equal({ outcome: 'no_match', tries: 3 });
		expect(ils.asked(sam.card) - before).to.equal(1);
	});

	it('after fifteen minutes there are three tries again', async () => {
		const sam = person('Whitehorse');
		for (const pin of ['0021', '0022', '0023']) await check({ card: sam.card, pin });
		clock.advance(QUARTER_MS + 1);
		expect((await check(sam)).outcome).to.equal('ok');
	});

	it('an answer that breaks off when the PIN was on its way costs a try, and whoever has none left reads that the catalogue does not answer', async () => {
		const sam = person('Whitehorse');
		for (const [way, spent] of [
			['dead', 0],
			['offline', 0],
			['cut', 1],
			['bad_checksum', 1],
		] as const) {
			ils.misbehave(way);
			expect((await check(sam)).outcome, way).to.equal('silent');
			const [row] = await database('attempt').whereNotNull('day_until').select();
			expect(row?.day_failures ?? 0, way).to.equal(spent);
			await database('attempt').delete();
		}
		ils.misbehave('cut');
		for (const pin of ['0041', '0042', '0043']) await check({ card: sam.card, pin });
		ils.misbehave(null);
		const before = ils.asked(sam.card);
		expect((await check(sam)).outcome, 'the right one neither').to.equal('silent');
		expect(ils.asked(sam.card), 'not passed on').to.equal(before);
		clock.advance(QUARTER_MS + 1);
		expect((await check(sam)).outcome).to.equal('ok');
	});

	it('a catalogue that is dead, silent, lying or answers for somebody else lets nobody in', async () => {
		const sam = person('Whitehorse');
		for (const way of ['dead', 'silent'] as const) {
			ils.misbehave(way);
			for (let tries = 0; tries < 2; tries++) expect((await check(sam)).outcome, way).to.equal('silent');
		}
		ils.misbehave('another_patron');
		expect((await check(sam)).outcome).to.not.equal('ok');
		ils.misbehave(null);
		await database('attempt').delete();
		expect((await check(sam)).outcome).to.equal('ok');
	});

	it('a catalogue that says yes to everybody lets nobody in once a canary was sent ahead', async () => {
		const sam = person('Whitehorse');
		const plain = settings;
		try {
			ils.misbehave('says_yes');
			expect((await check({ card: sam.card, pin: '0051' })).outcome, 'without one').to.equal('ok');
			settings = { ...plain, canaries: [person('Okafor')] };
			expect((await check({ card: sam.card, pin: '0052' })).outcome).to.equal('switched_off');
			expect((await check(sam)).outcome).to.equal('switched_off');
			ils.misbehave(null);
			const tried = ils.asked(person('Okafor').card);
			clock.advance(25 * 3_600_000);
			expect((await check(sam)).outcome, 'mended, and not tried by itself').to.equal('switched_off');
			expect(ils.asked(person('Okafor').card)).to.equal(tried);
			await canaries.tested(library, settings, { ok: true, steps: [] });
			expect((await check(sam)).outcome, 'a self-test passed').to.equal('ok');
			expect(ils.asked(person('Okafor').card)).to.equal(tried);
		} finally {
			settings = plain;
		}
	});

	it('while settings are a draft nobody comes in, and while they are tried only the canaries do', async () => {
		const sam = person('Whitehorse');
		const plain = settings;
		const canary = person('Okafor');
		try {
			settings = { ...plain, state: 'draft', canaries: [canary] };
			const before = ils.asked(canary.card) + ils.asked(sam.card);
			expect(await check(canary)).to.deep.equal({ outcome: 'not_open' });
			expect(await check(sam)).to.deep.equal({ outcome: 'not_open' });
			expect(ils.asked(canary.card) + ils.asked(sam.card)).to.equal(before);
			settings = { ...plain, state: 'test', canaries: [canary] };
			expect((await check(canary)).outcome).to.equal('ok');
			expect((await check({ ...canary, pin: '0000' })).outcome).to.equal('no_match');
			expect(await check(sam)).to.deep.equal({ outcome: 'not_open' });
			settings = { ...plain, state: 'live', canaries: [canary] };
			expect((await check(canary)).outcome, 'a card of nobody').to.equal('no_match');
			expect((await check(sam)).outcome).to.equal('ok');
		} finally {
			settings = plain;
		}
	});

	it('a card without a PIN opens to nobody where the library has new cards tried, and is told like a wrong PIN', async () => {
		const open = { ...person('Tanaka'), card: '28888888888888', pin: null };
		deck.push(open as never);
		const plain = settings;
		try {
			expect((await check({ card: open.card, pin: '7777' })).outcome, 'without the try').to.equal('ok');
			await database('account').delete();
			settings = { ...plain, probe_new_cards: true };
			expect(await check({ card: open.card, pin: '7777' })).to.deep.equal({ outcome: 'no_match', tries: 3 });
			const sam = person('Whitehorse');
			const before = ils.asked(sam.card);
			expect((await check(sam)).outcome).to.equal('ok');
			expect(ils.asked(sam.card) - before, 'a wrong one, and then the right one').to.equal(2);
			expect((await check(sam)).outcome).to.equal('ok');
			expect(ils.asked(sam.card) - before, 'known from then on').to.equal(3);
			ils.misbehave('dead');
			const dov = person('Lindqvist');
			expect((await check(dov)).outcome).to.equal('silent');
		} finally {
			settings = plain;
			deck.pop();
		}
	});

	it('a library whose catalogue nobody named yet lets nobody in', async () => {
		const nowhere = createCardChecker({ ...parts, canaries, signIn: () => null });
		expect(await nowhere(library, { ...person('Whitehorse'), caller: null })).to.deep.equal({
			outcome: 'silent',
		});
	});

	it('the database holds no card, no PIN and no name, only keyed hashes', async () => {
		const teo = person('Halvorsen');
		await check({ card: teo.card, pin: '0099' });
		const tables = ['account', 'identity', 'attempt', 'oidc', 'signing_key'];
		const rows = JSON.stringify(await Promise.all(tables.map((table) => database(table).select('*'))));
		expect(rows).to.contain('"kind":"card"');
		for (const secret of [teo.card, teo.pin, 'Halvorsen', teo.born])
			expect(rows).to.not.contain(`"${secret}"`);
		const keys = libraryKeys({ master: randomBytes(32) }, library.id);
		expect(rows).to.not.contain(keys.identity('card', teo.card).hash);
	});

	it('a member of staff has one staff id, however often and however many at once ask for it', async () => {
		const account = accountOf(await check(person('Aldaba')));
		const ids = await Promise.all([1, 2, 3].map(() => staffCandidate(database, account, randomUUID())));
		expect(new Set(ids).size).to.equal(1);
	});
});
