import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import {
	type AccountRow,
	accountFor,
	confirmStaff,
	type Known,
	staffCandidate,
} from '../src/store/accounts.ts';
import { type Database, openDatabase } from '../src/store/database.ts';

describe('the account of a card', () => {
	const library = randomUUID();
	let database: Database;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
	});
	after(() => database?.destroy());

	const known = (card: string, ilsId: string | null, more: Partial<Known> = {}): Known => ({
		library,
		card,
		ilsId,
		keyVersion: 1,
		ageBand: 'adult',
		standing: 'full',
		month: '2026-11',
		freshId: randomUUID(),
		...more,
	});
	async function account(one: Known): Promise<AccountRow> {
		const found = await accountFor(database, one);
		if (found === 'another_holder') throw new Error('another holder');
		return found;
	}

	it('is the same after the card was replaced, where the catalogue has an id of its own', async () => {
		const before = await account(known('card-1', 'person-1'));
		const after = await account(known('card-2', 'person-1'));
		expect(after.id).to.equal(before.id);
		expect((await account(known('card-2', null))).id).to.equal(before.id);
	});

	it('is found by its card alone where the catalogue has no ids, and gains one when it begins to', async () => {
		const before = await account(known('card-3', null));
		expect((await account(known('card-3', 'person-3'))).id).to.equal(before.id);
		expect((await account(known('card-4', 'person-3'))).id).to.equal(before.id);
	});

	it('is not handed to the next holder of a reassigned card', async () => {
		await account(known('card-5', 'person-5'));
		expect(await accountFor(database, known('card-5', 'person-6'))).to.equal('another_holder');
		const rows = await database('identity').where({ hash: 'person-6' });
		expect(rows).to.deep.equal([]);
	});

	it('goes with its person when their new card is somebody’s old one', async () => {
		const before = await account(known('card-7', 'person-7'));
		const other = await account(known('card-8', 'person-8'));
		const moved = await account(known('card-8', 'person-7'));
		expect(moved.id).to.equal(before.id);
		expect((await account(known('card-9', 'person-8'))).id).to.equal(other.id);
	});

	it('is another one at another library', async () => {
		const here = await account(known('card-10', 'person-10'));
		const there = await account(known('card-10', 'person-10', { library: randomUUID() }));
		expect(there.id).to.not.equal(here.id);
	});

	it('takes up what the card says today', async () => {
		await account(known('card-11', null, { ageBand: 'teen' }));
		const later = await account(known('card-11', null, { standing: 'porch', month: '2027-01' }));
		expect(later).to.include({ age_band: 'adult', standing: 'porch' });
	});

	it('has no staff id until one was granted something', async () => {
		const patron = await account(known('card-12', null));
		const offered = await staffCandidate(database, patron, randomUUID());
		expect((await account(known('card-12', null))).staff_id).to.equal(null);
		expect(await staffCandidate(database, patron, randomUUID())).to.equal(offered);
		await confirmStaff(database, patron, offered);
		expect((await account(known('card-12', null))).staff_id).to.equal(offered);
	});
});
