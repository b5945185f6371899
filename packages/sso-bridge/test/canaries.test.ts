import { randomBytes, randomUUID } from 'node:crypto';
import { stoppedClock } from '@understory/core/clock.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { createLog } from '@understory/http/log.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { type Ils, startIls } from '@understory/sip2/server.ts';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Canaries, createCanaries } from '../src/card/canaries.ts';
import { selfTest } from '../src/card/self-test.ts';
import { catalogueLines } from '../src/connectors/catalogue-lines.ts';
import { type Connectors, createConnectors } from '../src/connectors/connectors.ts';
import { createPace } from '../src/guessing/pace.ts';
import { libraryKeys } from '../src/keys.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { alertsOf } from '../src/store/tallies.ts';
import { networksHere } from './fixtures/here.ts';

const HOUR = 3_600_000;
const zone = 'America/Los_Angeles';
const library = { id: randomUUID(), slug: 'salem', card_digits: 14, zone } as LibraryRecord;

interface Process {
	readonly canaries: Canaries;
	readonly connectors: Connectors;
	readonly database: Database;
}

describe('a library’s canary', () => {
	const clock = stoppedClock(Date.UTC(2026, 9, 8, 18));
	const deck = demoDeck('canary').map((one) => ({ ...one }));
	const canary = deck.find(({ name }) => name.startsWith('Okafor'))! as { card: string; pin: string };
	const master = randomBytes(32);
	const log: string[] = [];
	const processes: Process[] = [];
	let ils: Ils;
	let settings: SignInSettings;
	/** Called before each question about the canary; what it throws is as a process that is killed then. */
	let hook: (() => void) | null = null;

	async function startProcess(url: string): Promise<Process> {
		const database = await openDatabase(url);
		const written = createLog({
			level: 'debug',
			role: 'sso-bridge',
			to: { write: (line) => void log.push(line) },
		});
		const keysOf = (id: string) => libraryKeys({ master }, id);
		const made = createConnectors({
			catalogueLines: catalogueLines({ town: false }),
			networksOf: () => networksHere(settings.connector),
			database,
			keysOf,
			log: written,
		});
		const connectors: Connectors = {
			...made,
			of(about, now) {
				const connector = made.of(about, now);
				const probe: typeof connector.probe = (...asked) => {
					hook?.();
					return connector.probe(...asked);
				};
				return { ...connector, probe };
			},
		};
		const pace = createPace({ minimum: 0, now: () => 0, until: async () => undefined, random: () => 0 });
		const parts = {
			database,
			clock,
			log: written,
			randomId: randomUUID,
			keysOf,
			signIn: () => settings,
			pace,
		};
		return { database, connectors: made, canaries: createCanaries({ ...parts, connectors }) };
	}

	before(async () => {
		ils = await startIls({ deck });
		const connector = { kind: 'sip2', host: '127.0.0.1', port: ils.port } as const;
		const timeouts = { answer: 200, whole: 600 };
		settings = { version: 1, state: 'live', connector, timeouts, canaries: [canary] };
		const url = await freshDatabase('sso_bridge');
		for (let one = 0; one < 2; one += 1) processes.push(await startProcess(url));
	});
	after(async () => {
		for (const { connectors, database } of processes) {
			await connectors.close();
			await database.destroy();
		}
		await ils?.close();
	});
	beforeEach(async () => {
		hook = null;
		ils.misbehave(null);
		// What a process looked at a moment ago it does not look at again.
		clock.advance(HOUR);
		for (const table of ['canary_verdict', 'attempt', 'alert']) await database()(table).delete();
		log.length = 0;
	});
	const database = () => processes[0]!.database;
	const daily = () => Promise.all(processes.map(({ canaries }) => canaries.tryDaily(library, settings)));
	const beliefs = () => Promise.all(processes.map(({ canaries }) => canaries.believes(library, settings)));
	async function askedDuring(work: () => Promise<unknown>): Promise<number> {
		const asked = ils.asked(canary.card);
		await work();
		return ils.asked(canary.card) - asked;
	}

	it('is tried once a day, by one of all processes, whether anybody signs in or not', async () => {
		const once = await askedDuring(daily);
		expect(once).to.be.within(3, 5);
		expect(await askedDuring(daily), 'the same day').to.equal(0);
		clock.advance(24 * HOUR);
		expect(await askedDuring(daily), 'the next day').to.equal(once);
		expect(await askedDuring(beliefs), 'and whoever signs in goes by it').to.equal(0);
		expect(await beliefs()).to.deep.equal(['yes', 'yes']);
		const draft = { ...settings, state: 'test' as const };
		clock.advance(24 * HOUR);
		expect(await askedDuring(() => processes[0]!.canaries.tryDaily(library, draft)), 'not live').to.equal(0);
	});

	it('shows a catalogue that says yes to anything: it is off in every process at once, staff and library IT are told once, and stays off until a self-test passed', async () => {
		await daily();
		clock.advance(24 * HOUR);
		ils.misbehave('says_yes');
		await daily();
		expect(await beliefs()).to.deep.equal(['off', 'off']);
		expect((await alertsOf(database(), library.id, 0)).map(({ kind }) => kind)).to.deep.equal([
			'catalogue_lies',
		]);
		const told: { accepted: string; of: boolean }[] = [];
		for (const { canaries } of [...processes, ...processes]) {
			await canaries.tell(async ({ accepted, isOf }) => void told.push({ accepted, of: isOf(settings) }));
		}
		expect(told).to.deep.equal([{ accepted: 'empty_pin', of: true }]);
		ils.misbehave(null);
		clock.advance(48 * HOUR);
		expect(await askedDuring(daily), 'nothing is tried by itself').to.equal(0);
		expect(await beliefs()).to.deep.equal(['off', 'off']);
		const when = { now: clock.now(), zone };
		const [{ connectors, canaries }] = processes as [Process];
		const test = () =>
			connectors.once(library.id, settings, (one) => selfTest(one, settings, { when, stopwatch: () => 0 }));
		ils.misbehave('dead');
		await canaries.tested(library, settings, await test());
		expect(await beliefs(), 'a self-test that failed').to.deep.equal(['off', 'off']);
		ils.misbehave(null);
		await canaries.tested(library, settings, await test());
		expect(await beliefs()).to.deep.equal(['yes', 'yes']);
	});

	it('of other settings says nothing about these, which are tried before the first patron', async () => {
		ils.misbehave('says_yes');
		await daily();
		ils.misbehave(null);
		const other = { ...settings, canaries: [{ card: deck[1]!.card, pin: deck[1]!.pin! }] };
		expect(await processes[0]!.canaries.believes(library, other)).to.equal('yes');
		expect(await processes[1]!.canaries.believes(library, other)).to.equal('yes');
	});

	it('is not given more wrong PINs than its card may have when every try is cut off in the middle', async () => {
		const again = async (times: number) => {
			for (let one = 0; one < times; one += 1) {
				let left = 4;
				hook = () => {
					left -= 1;
					if (left === 0) throw new Error('killed');
				};
				clock.advance(11 * 60_000);
				await processes[one % 2]!.canaries.tryDaily(library, settings).catch(() => undefined);
			}
		};
		// Up to the question about a wrong PIN, and no further: its own PIN never sets the count back.
		const wrong = await askedDuring(() => again(12));
		const [row] = await database()('attempt').whereNotNull('day_until').select('day_failures');
		expect(row.day_failures, 'counted before it is sent').to.be.within(1, 5);
		const [{ wrong_ones }] = await database()('canary_verdict').select('wrong_ones');
		expect(wrong_ones).to.be.at.most(24);
		expect(wrong, 'with those that hold no PIN').to.be.below(12 * 3);
		hook = null;
		clock.advance(24 * HOUR);
		await daily();
		expect(await beliefs(), 'a day later').to.deep.equal(['yes', 'yes']);
	});

	it('whose own PIN is refused proves nothing: library IT is alarmed, and patrons come in for two days on what was found before', async () => {
		await daily();
		const at = deck.findIndex(({ card }) => card === canary.card);
		const good = deck[at]!;
		deck[at] = { ...good, pin: '999999' };
		clock.advance(24 * HOUR);
		await daily();
		expect(await beliefs()).to.deep.equal(['yes', 'yes']);
		expect((await alertsOf(database(), library.id, 0)).map(({ kind }) => kind)).to.deep.equal([
			'catalogue_wrong',
		]);
		clock.advance(25 * HOUR);
		expect(await beliefs()).to.deep.equal(['unknown', 'unknown']);
		deck[at] = good;
		expect(await beliefs()).to.deep.equal(['yes', 'yes']);
	});

	it('leaves nothing of its card and PIN in the database and in the log', async () => {
		await daily();
		const { rows } = await database().raw('select row_to_json(v)::text as row from canary_verdict v');
		const kept = JSON.stringify(rows) + log.join('');
		expect(kept).to.not.include(canary.card).and.not.include(canary.pin);
	});
});
