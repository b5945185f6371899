import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { libraryKeys } from '../src/keys.ts';
import { readProof } from '../src/recovery/proof.ts';
import { giveRecoveryCode } from '../src/recovery/recovery-code.ts';
import { isRestricted } from '../src/signing-in/standing.ts';
import { type AccountRow, accountById, accountFor, type Known, unlinkCard } from '../src/store/accounts.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { eraseAccount } from '../src/store/leaving.ts';
import { addPasskey, passkeyByCredential } from '../src/store/passkeys.ts';
import { isSamePerson } from '../src/store/restricted-people.ts';
import { addRestriction, confirmRestriction } from '../src/store/restrictions.ts';

const NOW = Date.UTC(2026, 10, 26);
const DAY = 86_400_000;

describe('whom a restriction is on', () => {
	const library = randomUUID();
	const master = randomBytes(32);
	let keys = libraryKeys({ master }, library);
	let database: Database;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
	});
	after(() => database?.destroy());
	afterEach(async () => {
		keys = libraryKeys({ master }, library);
		await database('restriction').delete();
	});

	function known(cards: readonly string[], more: Partial<Known> & { ilsId?: string } = {}): Known {
		const { ilsId, ...rest } = more;
		return {
			library,
			links: [
				...cards.map((card) => ({ kind: 'card' as const, hash: keys.identity('card', card) })),
				...(ilsId ? [{ kind: 'ils_id' as const, hash: keys.identity('ils_id', ilsId) }] : []),
			],
			ageBand: 'adult',
			standing: 'full',
			month: '2026-11',
			week: '2026-11-23',
			freshId: randomUUID(),
			...rest,
		};
	}
	async function come(...one: Parameters<typeof known>): Promise<AccountRow> {
		const found = await accountFor(database, known(...one));
		if (found.outcome !== 'found') throw new Error(found.outcome);
		return found.account;
	}
	const restrictedNow = (account: AccountRow) => isRestricted(account, NOW);
	async function propose(account: string): Promise<string> {
		const id = randomUUID();
		await addRestriction(
			database,
			{
				id,
				library,
				state: 'proposed',
				ground: 'conduct@2/no-threats',
				from_day: '2026-11-26',
				until_day: '2026-12-26',
				from_at: new Date(NOW),
				until_at: new Date(NOW + 30 * DAY),
				sealed: 'sealed',
				proposed_by: MEMBERS[0]!,
				confirmed_by: null,
				made_at: new Date(NOW),
			},
			account,
		);
		return id;
	}
	const MEMBERS = [randomUUID(), randomUUID()];
	const confirm = (id: string) =>
		confirmRestriction(database, { library, id, staff: MEMBERS[1]!, panel: new Set(MEMBERS) });
	/** Somebody with these cards is restricted and deletes their account. */
	async function leave(cards: readonly string[], more: { ilsId?: string } = {}): Promise<void> {
		let account = '';
		for (const card of cards)
			account = (await come([card], { ...more, ...(account ? { proven: { account } } : {}) })).id;
		expect(await confirm(await propose(account))).to.equal('confirmed');
		await eraseAccount(database, library, account);
	}

	it('every card they had, also when they come back with one of them first', async () => {
		await leave(['home', 'work']);
		expect(restrictedNow(await come(['home']))).to.equal(true);
		expect(restrictedNow(await come(['work'])), 'a second account by the other card').to.equal(true);
		expect(restrictedNow(await come(['of somebody else']))).to.equal(false);
	});

	it('a new card of the same person, by the catalogue’s id or by the cards it names as former', async () => {
		await leave(['old-1'], { ilsId: 'p-1' });
		expect(restrictedNow(await come(['new-1'], { ilsId: 'p-1' }))).to.equal(true);
		await leave(['old-2']);
		const formerCards = [{ kind: 'card' as const, hash: keys.identity('card', 'old-2') }];
		expect(restrictedNow(await come(['new-2'], { formerCards }))).to.equal(true);
	});

	it('an account that was there and gets the card they had', async () => {
		await leave(['left']);
		const other = await come(['other']);
		expect(restrictedNow(other)).to.equal(false);
		expect(restrictedNow(await come(['left'], { proven: { account: other.id } }))).to.equal(true);
	});

	it('nobody who was given their card later: another id of the catalogue says so, or the desk', async () => {
		await leave(['again'], { ilsId: 'p-2' });
		expect(restrictedNow(await come(['again'], { ilsId: 'p-3' }))).to.equal(false);
		await leave(['given']);
		await unlinkCard(database, library, keys.identity('card', 'given'));
		expect(restrictedNow(await come(['given']))).to.equal(false);
	});

	it('still them when the catalogue began to call everybody by other ids', () => {
		const hash = (kind: 'card' | 'ils_id', value: string) => keys.identity(kind, value);
		const left = [
			{ kind: 'card' as const, hash: hash('card', 'c').hash, last_ok: '2026-01' },
			{ kind: 'ils_id' as const, hash: hash('ils_id', 'old').hash, last_ok: '2026-01' },
		];
		const links = [
			{ kind: 'card' as const, hash: hash('card', 'c') },
			{ kind: 'ils_id' as const, hash: hash('ils_id', 'new') },
		];
		expect(isSamePerson(left, { library, links })).to.equal(false);
		expect(isSamePerson(left, { library, links, newIdsSince: '2026-05' })).to.equal(true);
		expect(isSamePerson(left, { library, links: [], formerCards: [] })).to.equal(false);
	});

	it('them under a new secret too, when they come while the one before is known', async () => {
		await leave(['secret']);
		keys = libraryKeys(
			{ master: Buffer.alloc(32, 9), version: 2, before: { master, until: NOW + DAY } },
			library,
		);
		const back = await come(['secret']);
		expect(restrictedNow(back)).to.equal(true);
		await eraseAccount(database, library, back.id);
		await database('restricted_link').where('key_version', '<', 2).delete();
		expect(restrictedNow(await come(['secret']))).to.equal(true);
	});

	it('one at a time: a second proposal cannot be confirmed, neither against another account of theirs', async () => {
		await leave(['one']);
		const back = await come(['one']);
		expect(await confirm(await propose(back.id))).to.equal('already');
		const stranger = await come(['stranger']);
		expect(await confirm(await propose(stranger.id))).to.equal('confirmed');
	});

	it('opens nothing by the passkey or the recovery code of a deleted account', async () => {
		const { id: account } = await come(['keys']);
		const months = { added_month: '2026-11', used_month: '2026-11' };
		const passkey = { id: randomUUID(), credential: 'made-by-a-phone', public_key: 'key', counter: 0 };
		const row = { ...passkey, ...months, library, account, transports: '', device: 'phone' } as const;
		expect(await addPasskey(database, row)).to.equal(true);
		const about = { database, keys, library, now: NOW };
		const code = await giveRecoveryCode(about, account, '2026-11');
		expect(await readProof(about, code)).to.include({ account });
		await confirm(await propose(account));
		await eraseAccount(database, library, account);
		expect(await passkeyByCredential(database, library, 'made-by-a-phone')).to.equal(undefined);
		expect(await readProof(about, code)).to.equal(null);
		expect(await accountById(database, library, account)).to.equal(undefined);
	});
});
