import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { createLog } from '@understory/http/log.ts';
import type { IlsPatron } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import { filesBelow } from '../../../test/files-below.ts';
import { startPostgres } from '../../town/src/postgres.ts';
import { createCanaries } from '../src/card/canaries.ts';
import { createCardChecker } from '../src/card/check-card.ts';
import { selfTest } from '../src/card/self-test.ts';
import { catalogueLines } from '../src/connectors/catalogue-lines.ts';
import { createConnectors } from '../src/connectors/connectors.ts';
import { uploadList } from '../src/connectors/list-upload.ts';
import type { CardParts } from '../src/context.ts';
import { createPace } from '../src/guessing/pace.ts';
import { libraryKeys } from '../src/keys.ts';
import { openDatabase } from '../src/store/database.ts';
import { type AnyCatalogue, everyCatalogue } from './fixtures/every-connector.ts';
import { networksHere } from './fixtures/here.ts';
import { captureErrors, everyRow } from './fixtures/left-behind.ts';

/** Nine kinds of catalogue and the list: a hundred people each. */
const KINDS = 10;
const EACH = 100;
/** The hashes of the list are as slow as they are in `list.test.ts`; here they are quick. */
const LIST_COST = 1_024;

/** Every value of a person begins with one of these, and they stand nowhere by chance. */
const MARKS = {
	card: '2718281828',
	pin: 'Zaunkoenig',
	wrong: 'Wiedehopf',
	name: 'Quackenbush',
	born: '19530717',
	email: 'ottilie.sentinel',
	address: 'Vineyard Sentinel',
	phone: '555-0142-7731',
	id: '161803',
} as const;

type Person = IlsPatron & { readonly pin: string };

function person(kind: number, at: number): Person {
	const number = `${String(kind).padStart(1, '0')}${String(at).padStart(3, '0')}`;
	return {
		card: `${MARKS.card}${number}`,
		pin: `${MARKS.pin}${number}`,
		name: `${MARKS.name}${number}, Ottilie`,
		born: MARKS.born,
		expires: at % 9 === 4 ? '20200113' : '20310429',
		state: at % 9 === 4 ? 'expired' : at % 11 === 5 ? 'blocked' : 'good',
		kind: 'adult',
		internalId: `i${MARKS.id}${number}`,
		home: 'ZZPLACE9',
		address: `${number} ${MARKS.address} Way`,
		email: `${MARKS.email}${number}@example.org`,
		phone: MARKS.phone,
	};
}

const peopleOf = (kind: number) => Array.from({ length: EACH }, (_, at) => person(kind, at));

describe('after a thousand card sign-ins through every connector', function () {
	this.timeout(120_000);
	const root = mkdtempSync(join(tmpdir(), 'understory-thousand-'));
	const log: string[] = [];
	const errors: string[] = [];
	const outcomes = new Map<string, number>();
	let reports = '';
	let tables: string;
	let files: Map<string, Buffer>;

	before(async () => {
		const quiet = captureErrors(errors);
		const catalogues: AnyCatalogue[] = await everyCatalogue(peopleOf);
		const postgres = await startPostgres({ folder: join(root, 'postgres'), careless: true });
		const databaseUrl = await postgres.urlFor('sso_bridge');
		const database = await openDatabase(databaseUrl);
		const secrets = { master: randomBytes(32) };
		const keysOf = (id: string) => libraryKeys(secrets, id);
		const clock = { now: () => Date.now() };
		const written = createLog({
			level: 'debug',
			role: 'sso-bridge',
			to: { write: (line) => void log.push(line) },
		});
		const connectors = createConnectors({
			catalogueLines: catalogueLines({ town: true }),
			networksOf: () => catalogues.flatMap(({ connection }) => networksHere(connection)),
			database,
			keysOf,
			log: written,
			listCost: LIST_COST,
		});
		const libraries = Array.from({ length: KINDS }, (_, kind) => ({
			library: { id: randomUUID(), slug: `library-${kind}`, card_digits: 14, zone: 'UTC' } as LibraryRecord,
			settings: settingsOf(catalogues[kind] ?? null, kind),
		}));
		const parts: Omit<CardParts, 'canaries'> = {
			database,
			clock,
			log: written,
			randomId: randomUUID,
			keysOf,
			connectors,
			signIn: (slug) => libraries.find(({ library }) => library.slug === slug)!.settings,
			pace: createPace({
				minimum: 0,
				now: () => performance.now(),
				until: async () => undefined,
				random: () => 0.5,
			}),
		};
		const check = createCardChecker({ ...parts, canaries: createCanaries(parts) });
		await uploadList(
			{
				database,
				library: libraries[KINDS - 1]!.library.id,
				keys: () => keysOf(libraries[KINDS - 1]!.library.id),
				batch: randomUUID(),
				cost: LIST_COST,
				now: clock.now(),
			},
			csvOf(peopleOf(KINDS - 1)),
		);
		const give = async (library: LibraryRecord, card: string, pin: string) => {
			const { outcome } = await check(library, { card, pin, caller: null });
			outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
		};
		await Promise.all(
			libraries.map(async ({ library, settings }, kind) => {
				const catalogue = catalogues[kind];
				for (const { card, pin } of peopleOf(kind)) {
					const at = Number(card.slice(-3));
					if (at % 10 === 3) await give(library, card, `${MARKS.wrong}${at}`);
					if (at % 25 === 7) {
						catalogue?.trouble(at % 2 === 1 ? 'dead' : 'garbage');
						await give(library, card, pin);
						catalogue?.trouble(null);
					}
					await give(library, card, pin);
				}
				const when = { now: clock.now(), zone: 'UTC' };
				const report = await connectors.once(library.id, settings, (connector) =>
					selfTest(connector, settings, { when, stopwatch: () => performance.now() }),
				);
				reports += JSON.stringify(report);
			}),
		);
		await connectors.close();
		tables = await everyRow(databaseUrl);
		await database.destroy();
		await postgres.close();
		await Promise.all(catalogues.map((catalogue) => catalogue.close()));
		quiet();
		files = filesBelow(join(root, 'postgres'));
	});
	after(() => rmSync(root, { recursive: true, force: true }));

	it('everybody was asked about, and what came of it is what should have', () => {
		const of = (outcome: string) => outcomes.get(outcome) ?? 0;
		expect([...outcomes.values()].reduce((sum, one) => sum + one, 0)).to.be.greaterThan(KINDS * EACH);
		expect(of('ok')).to.be.greaterThan(KINDS * EACH * 0.7);
		expect(of('not_admitted'), 'expired ones').to.be.greaterThan(50);
		expect(of('no_match'), 'wrong PINs').to.be.greaterThan(90);
		expect(of('silent')).to.be.greaterThan(20);
		expect(log.length).to.be.greaterThan(KINDS * EACH);
		expect(log.join('')).to.include('catalogue_silent');
		expect(reports.match(/right_pin/g)).to.have.lengthOf(KINDS);
	});

	it('the search finds what is there', () => {
		const all = [...files.values()];
		expect(files.size).to.be.greaterThan(100);
		expect(
			all.some((bytes) => bytes.includes('ils_id')),
			'a kind of link',
		).to.equal(true);
		expect([...files.keys()].some((name) => name.includes('pg_wal'))).to.equal(true);
	});

	for (const [what, mark] of Object.entries(MARKS)) {
		it(`no ${what} is in the database’s files, its write-ahead log, a table, the log, the error output or a report`, () => {
			const places: [string, Buffer][] = [
				...files,
				['the tables', Buffer.from(tables)],
				['the log', Buffer.from(log.join('\n'))],
				['the error output', Buffer.from(errors.join('\n'))],
				['the reports of self-tests', Buffer.from(reports)],
			];
			for (const form of formsOf(mark)) {
				for (const [place, bytes] of places)
					expect(bytes.includes(form), `${form} in ${place}`).to.equal(false);
			}
		});
	}

	it('nor is a hash of a card that anybody could make', () => {
		const cards = Array.from({ length: KINDS }, (_, kind) => person(kind, 1).card);
		for (const card of cards) {
			for (const kind of ['md5', 'sha1', 'sha256', 'sha512']) {
				const digest = createHash(kind).update(card).digest();
				const forms = [digest.toString('hex'), digest.toString('base64url')];
				for (const [place, bytes] of files)
					expect(
						[digest, ...forms].some((form) => bytes.includes(form)),
						`${kind} in ${place}`,
					).to.equal(false);
			}
		}
	});
});

function settingsOf(catalogue: AnyCatalogue | null, kind: number): SignInSettings {
	const { card, pin } = person(kind, 0);
	return {
		version: 1,
		state: 'live',
		connector: catalogue?.connection ?? { kind: 'list', upload_key: 'key-of-the-list-0123456789' },
		canaries: [{ card, pin }],
		timeouts: { connect: 2_000, answer: 4_000, whole: 8_000 },
	};
}

async function* csvOf(people: readonly Person[]): AsyncGenerator<Buffer> {
	yield Buffer.from('card,pin,expires,age\n');
	for (const { card, pin, expires } of people) {
		yield Buffer.from(
			`${card},${pin},${expires.slice(0, 4)}-${expires.slice(4, 6)}-${expires.slice(6)},adult\n`,
		);
	}
}

/** As it stands, and as other programs would write it. */
function formsOf(mark: string): string[] {
	const hex = Buffer.from(mark).toString('hex');
	const base64 = [0, 1, 2].map((shift) => {
		const padded = Buffer.concat([Buffer.alloc(shift), Buffer.from(mark)])
			.toString('base64')
			.replace(/=+$/, '');
		return padded.slice(shift === 0 ? 0 : shift + 1, -2);
	});
	const utf16 = Buffer.from(mark, 'utf16le').toString('latin1');
	return [
		mark,
		mark.toLowerCase(),
		mark.toUpperCase(),
		hex,
		utf16,
		...base64.filter((one) => one.length >= 8),
	];
}
