import { randomBytes, randomUUID } from 'node:crypto';
import { BadInput } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { connectorRules } from '../src/connectors/conformance.ts';
import { type ListParts, listConnector } from '../src/connectors/list.ts';
import { uploadList } from '../src/connectors/list-upload.ts';
import { libraryKeys, type MasterSecrets } from '../src/keys.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { PEOPLE, WHEN } from './fixtures/connector-people.ts';

/** Hashes that are quick, for tests; the slow ones are looked at once. */
const QUICK = 1_024;

async function* bytes(text: string): AsyncGenerator<Buffer> {
	// In pieces that end in the middle of lines and of signs.
	const all = Buffer.from(text, 'utf8');
	for (let at = 0; at < all.length; at += 7) yield all.subarray(at, at + 7);
}

const dashed = (day: string) => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
const LIST = [
	'Card,PIN,Expires,Age',
	...Object.values(PEOPLE).map(({ card, pin, expires, kind }) => `${card},${pin},${dashed(expires)},${kind}`),
].join('\r\n');

describe('the list of a library without a catalogue', () => {
	const secrets: MasterSecrets = { master: randomBytes(32) };
	const library = randomUUID();
	let database: Database;
	let parts: ListParts;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
		parts = { database, library, keys: () => libraryKeys(secrets, library), cost: QUICK };
	});
	after(() => database?.destroy());

	const upload = (text: string, change: Partial<ListParts> = {}) =>
		uploadList({ ...parts, ...change, batch: randomUUID(), now: WHEN.now }, bytes(text));
	const faultsOf = (text: string) =>
		upload(text).then(
			() => null,
			(error: unknown) => {
				expect(error).to.be.instanceOf(BadInput);
				const { message, faults } = error as BadInput;
				return { message, faults };
			},
		);
	const check = (card: string, pin: string) => listConnector(parts).check(card, pin, WHEN);

	it('answers nobody before there is one', async () => {
		expect(await check('1', '1')).to.deep.equal({ outcome: 'misconfigured', reason: 'no_list' });
		expect(await listConnector(parts).reach(WHEN)).to.deep.equal({
			outcome: 'misconfigured',
			reason: 'no_list',
		});
	});

	describe('keeps the rules of connectors:', () => {
		const asked = new Map<string, number>();
		before(() => upload(LIST));
		for (const { rule, check: holds } of connectorRules()) {
			it(rule, () => {
				const connector = listConnector(parts);
				return holds({
					connector,
					when: WHEN,
					patron: { card: PEOPLE.patron.card, secret: PEOPLE.patron.pin },
					other: { card: PEOPLE.other.card, secret: PEOPLE.other.pin },
					personal: [PEOPLE.patron.pin],
					troubles: [],
					trouble: () => undefined,
					asked: (card) => asked.get(card) ?? 0,
					addresses: () => [],
					strange: () => [],
					people: Object.entries({
						patron: { age: 18, expired: false, expiresOn: '2030-06-30' },
						child: { age: 0 },
						teen: { age: 13 },
						lastDay: { expired: false },
						over: { expired: true, expiresOn: '2026-11-25' },
					}).map(([who, expected]) => {
						const { card, pin } = PEOPLE[who as keyof typeof PEOPLE];
						return { who, card, secret: pin, expected };
					}),
				});
			});
		}
	});

	it('is put in place as a whole: who is not on the new one is not on it any more', async () => {
		expect(await upload('card,pin\n111,1234\n222,5678\n')).to.deep.equal({ cards: 2, twice: 0 });
		expect((await check('111', '1234')).outcome).to.equal('ok');
		expect(await upload('card,pin\n222,9999\n')).to.deep.equal({ cards: 1, twice: 0 });
		expect((await check('111', '1234')).outcome).to.equal('bad_credentials');
		expect((await check('222', '5678')).outcome).to.equal('bad_credentials');
		expect((await check('222', '9999')).outcome).to.equal('ok');
		expect(await database('listed_card').where({ library })).to.have.lengthOf(1);
	});

	it('with one line that cannot be taken leaves the one before in force, and names the line and not what is in it', async () => {
		await upload('card,pin\n111,1234\n');
		const found = await faultsOf(
			'card,pin,expires,age\n222,5678,,\n333,,,\n444,1,30.6.2027,\n555,1,,old\n,1,,\n',
		);
		expect(found?.message).to.contain('stays in force');
		expect(found?.faults.map(({ field }) => field)).to.deep.equal(['line 3', 'line 4', 'line 5', 'line 6']);
		expect(JSON.stringify(found)).to.not.match(/333|444|555|30\.6/);
		expect((await check('111', '1234')).outcome).to.equal('ok');
		expect((await check('222', '5678')).outcome).to.equal('bad_credentials');
		expect(await database('listed_card').where({ library })).to.have.lengthOf(1);
	});

	it('that is no list is refused in a sentence', async () => {
		for (const text of [
			'',
			'card,pin\n',
			'name,card,pin\n',
			'card\n1\n',
			'card,pin,pin\n1,2,3\n',
			'card,pin\n"1,2\n',
		])
			expect((await faultsOf(text))?.message, JSON.stringify(text)).to.match(/^(There|The first|This list)/);
		expect((await check('111', '1234')).outcome, 'the one before').to.equal('ok');
	});

	it('may name a card twice: the first line holds, and the second is counted', async () => {
		expect(await upload('card,pin\n111,1234\n111,9999\n')).to.deep.equal({ cards: 1, twice: 1 });
		expect((await check('111', '1234')).outcome).to.equal('ok');
		expect((await check('111', '9999')).outcome).to.equal('bad_credentials');
	});

	it('of one library says nothing at another', async () => {
		const other = { ...parts, library: randomUUID() };
		await upload('card,pin\n111,1234\n', other);
		await upload('card,pin\n222,5678\n');
		expect((await listConnector(other).check('222', '5678', WHEN)).outcome).to.equal('bad_credentials');
		expect((await listConnector(other).check('111', '1234', WHEN)).outcome).to.equal('ok');
	});

	it('is read on while the bridge’s secret is changed', async () => {
		await upload('card,pin\n111,1234\n');
		const after: MasterSecrets = {
			master: randomBytes(32),
			version: 2,
			before: { ...secrets, until: WHEN.now + 1 },
		};
		const changed = { ...parts, keys: () => libraryKeys(after, library) };
		expect((await listConnector(changed).check('111', '1234', WHEN)).outcome).to.equal('ok');
		expect((await listConnector(changed).check('111', '4321', WHEN)).outcome).to.equal('bad_credentials');
		await upload('card,pin\n111,1234\n222,5678\n', changed);
		expect((await listConnector(changed).check('222', '5678', WHEN)).outcome).to.equal('ok');
	});

	it('is kept as keyed and slow hashes, and no two lines alike', async () => {
		await upload('card,pin\n27182818284590,Sentinel-4711\n31415926535897,Sentinel-4711\n');
		const rows: { hash: string; pin_hash: string }[] = await database('listed_card').where({ library });
		const text = JSON.stringify(rows);
		expect(text).to.not.match(/27182818284590|31415926535897|Sentinel/);
		expect(new Set(rows.map(({ pin_hash }) => pin_hash)).size).to.equal(2);
		const keys = libraryKeys(secrets, library);
		expect(rows.map(({ hash }) => hash)).to.not.include(keys.identity('card', '27182818284590').hash);
	});

	it('takes as long to refuse a card that is not on it as a wrong PIN', async () => {
		const { cost: _quick, ...usual } = parts;
		await uploadList({ ...usual, batch: randomUUID(), now: WHEN.now }, bytes('card,pin\n111,1234\n'));
		const connector = listConnector(usual);
		await connector.check('111', '0000', WHEN);
		const took = async (card: string) => {
			const times: number[] = [];
			for (let at = 0; at < 5; at++) {
				const started = performance.now();
				expect((await connector.check(card, '0000', WHEN)).outcome).to.equal('bad_credentials');
				times.push(performance.now() - started);
			}
			return times.sort((one, two) => one - two)[2]!;
		};
		const [wrong, unknown] = [await took('111'), await took('999')];
		expect(unknown, 'slow at all').to.be.greaterThan(5);
		expect(unknown / wrong).to.be.within(1 / 3, 3);
	});
});
