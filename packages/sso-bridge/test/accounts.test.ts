import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { makeDeskCode } from '../src/desk/desk-code.ts';
import { libraryKeys } from '../src/keys.ts';
import { readProof } from '../src/recovery/proof.ts';
import { giveRecoveryCode } from '../src/recovery/recovery-code.ts';
import {
	type AccountRow,
	accountById,
	accountFor,
	confirmStaff,
	type Known,
	type Sought,
	staffCandidate,
	unlinkCard,
} from '../src/store/accounts.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { eraseAccount } from '../src/store/leaving.ts';

describe('the account of a card', () => {
	const library = randomUUID();
	const keys = libraryKeys({ master: randomBytes(32) }, library);
	const now = Date.UTC(2026, 10, 26);
	let database: Database;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
	});
	after(() => database?.destroy());

	function known(card: string, ilsId: string | null, more: Partial<Known> = {}): Known {
		const links: Known['links'] = [
			{ kind: 'card', hash: keys.identity('card', card) },
			...(ilsId === null ? [] : [{ kind: 'ils_id' as const, hash: keys.identity('ils_id', ilsId) }]),
		];
		return {
			library,
			links,
			ageBand: 'adult',
			standing: 'full',
			month: '2026-11',
			week: '2026-11-23',
			freshId: randomUUID(),
			...more,
		};
	}
	const seek = (one: Known): Promise<Sought> => accountFor(database, one);
	async function account(one: Known): Promise<AccountRow> {
		const found = await seek(one);
		if (found.outcome !== 'found') throw new Error(found.outcome);
		return found.account;
	}
	const linksOf = (id: string) =>
		database('identity')
			.where({ account: id })
			.orderBy(['kind', 'first_seen'])
			.select('kind', 'first_seen', 'last_ok');

	it('is not written again when somebody comes back in the same week, and is when anything else is told', async () => {
		const before = await account(known('card-week', 'person-week'));
		const rows = async () => {
			const own = database('account').where({ id: before.id }).select(database.raw('xmin::text'));
			const links = database('identity').where({ account: before.id }).select(database.raw('xmin::text'));
			return JSON.stringify([await own, await links.orderBy('kind')]);
		};
		const first = await rows();
		expect(await account(known('card-week', 'person-week'))).to.deep.equal(before);
		expect(await account(known('card-week', null))).to.deep.equal(before);
		expect(await rows()).to.equal(first);
		const later = await account(known('card-week', 'person-week', { week: '2026-11-30', standing: 'porch' }));
		expect(later).to.include({ id: before.id, vouched_week: '2026-11-30', standing: 'porch' });
		expect(await rows()).to.not.equal(first);
	});

	describe('where the catalogue has an id of its own', () => {
		it('is the same after the card was replaced', async () => {
			const before = await account(known('card-1', 'person-1'));
			const after = await account(known('card-2', 'person-1'));
			expect(after.id).to.equal(before.id);
			expect((await account(known('card-2', null))).id).to.equal(before.id);
		});

		it('is one for somebody with several cards', async () => {
			const ids = [];
			for (const card of ['pocket', 'keyring', 'phone'])
				ids.push((await account(known(card, 'person-3c'))).id);
			expect(new Set(ids).size).to.equal(1);
			expect(await linksOf(ids[0]!)).to.have.length(4);
		});

		it('goes with its person when their new card is somebody’s old one', async () => {
			const before = await account(known('card-7', 'person-7'));
			const other = await account(known('card-8', 'person-8'));
			const moved = await account(known('card-8', 'person-7'));
			expect(moved.id).to.equal(before.id);
			expect((await account(known('card-9', 'person-8'))).id).to.equal(other.id);
		});

		it('is not handed to the next holder of a reassigned card: they are refused until staff have looked', async () => {
			const before = await account(known('card-5', 'person-5'));
			expect((await seek(known('card-5', 'person-6'))).outcome).to.equal('another_holder');
			expect(await linksOf(before.id)).to.have.length(2);
			expect(await unlinkCard(database, library, keys.identity('card', 'card-5'))).to.equal(true);
			const next = await account(known('card-5', 'person-6'));
			expect(next.id).to.not.equal(before.id);
			expect((await account(known('card-5b', 'person-5'))).id).to.equal(before.id);
		});

		it('outlives a new catalogue whose ids are all new, as long as the card was in use', async () => {
			const used = await account(known('in-use', 'old-1', { month: '2026-03' }));
			const still = await account(known('lay-still', 'old-2', { month: '2025-05' }));
			const later = { month: '2026-11', newIdsSince: '2026-09' };
			expect((await seek(known('in-use', 'new-1'))).outcome, 'nobody said that it is new').to.equal(
				'another_holder',
			);
			expect((await account(known('in-use', 'new-1', later))).id).to.equal(used.id);
			expect((await seek(known('in-use', 'new-9', later))).outcome, 'and then it is reassigned').to.equal(
				'another_holder',
			);
			expect((await seek(known('lay-still', 'new-2', later))).outcome).to.equal('another_holder');
			expect((await accountById(database, library, still.id))!.seen_month).to.equal('2025-05');
		});
	});

	describe('where the catalogue has none', () => {
		it('is found by its card, and gains an id when the catalogue begins to give one', async () => {
			const before = await account(known('card-3', null));
			expect((await account(known('card-3', 'person-3'))).id).to.equal(before.id);
			expect((await account(known('card-4', 'person-3'))).id).to.equal(before.id);
		});

		it('is another one with another card, since nothing says who that is', async () => {
			const before = await account(known('twin-a', null));
			expect((await account(known('twin-b', null))).id).to.not.equal(before.id);
		});

		it('is carried over to a new card by the recovery code, which then is worth nothing', async () => {
			const before = await account(known('lost-1', null));
			const code = await giveRecoveryCode({ database, library }, before.id, '2026-11');
			const proof = await readProof(
				{ database, keys, library, now },
				code.toLowerCase().replaceAll('-', ' '),
			);
			expect((await account(known('found-1', null, { proven: proof! }))).id).to.equal(before.id);
			expect(await readProof({ database, keys, library, now }, code)).to.equal(null);
			expect((await account(known('found-1', null))).id).to.equal(before.id);
		});

		it('is carried over by a code from the desk, within its time and once', async () => {
			const before = await account(known('lost-2', null));
			const parts = { database, keys, library, now };
			const code = await makeDeskCode(parts, {
				opens: 'card',
				account: before.id,
				from: now,
				until: now + 1000,
			});
			expect(await readProof({ ...parts, now: now - 1 }, code), 'not yet').to.equal(null);
			expect(await readProof({ ...parts, now: now + 1000 }, code), 'no longer').to.equal(null);
			const proof = await readProof(parts, code);
			expect((await account(known('found-2', null, { proven: proof! }))).id).to.equal(before.id);
			expect(await readProof(parts, code)).to.equal(null);
		});

		it('is carried over by one of five who show one code at the same moment', async () => {
			const before = await account(known('lost-3', null));
			const code = await giveRecoveryCode({ database, library }, before.id, '2026-11');
			const proofs = await Promise.all(
				Array.from({ length: 5 }, () => readProof({ database, keys, library, now }, code)),
			);
			const sought = await Promise.all(
				proofs.map((proof, at) => seek(known(`racing-${at}`, null, { proven: proof! }))),
			);
			expect(sought.map(({ outcome }) => outcome).sort()).to.deep.equal(['found', ...Array(4).fill('spent')]);
			expect(await linksOf(before.id), 'the old card and one new one').to.have.length(2);
		});

		it('is never made one with another account, and the code is still good afterwards', async () => {
			const one = await account(known('hers', null));
			const two = await account(known('his', null));
			const code = await giveRecoveryCode({ database, library }, one.id, '2026-11');
			const proof = await readProof({ database, keys, library, now }, code);
			expect((await seek(known('his', null, { proven: proof! }))).outcome).to.equal('another_account');
			expect((await account(known('his', null))).id).to.equal(two.id);
			expect(await readProof({ database, keys, library, now }, code)).to.not.equal(null);
		});
	});

	it('a family that shares a card shares an account, since nothing tells them apart', async () => {
		const mother = await account(known('family', 'household'));
		const son = await account(known('family', 'household'));
		expect(son.id).to.equal(mother.id);
	});

	it('is kept when the card expires, and opens again when it is renewed, without anybody’s doing', async () => {
		const before = await account(known('card-11', null, { ageBand: 'teen' }));
		const late = await account(
			known('card-11', null, { standing: 'porch', month: '2027-01', week: '2027-01-04' }),
		);
		expect(late).to.include({
			id: before.id,
			age_band: 'adult',
			standing: 'porch',
			vouched_week: '2027-01-04',
		});
		const renewed = await account(known('card-11', null, { month: '2027-02', week: '2027-02-01' }));
		expect(renewed).to.include({ id: before.id, standing: 'full', seen_month: '2027-02' });
	});

	it('is not made for somebody whose card ended before they were ever here', async () => {
		expect((await seek(known('too-late', null, { mayBegin: false }))).outcome).to.equal('nobody');
		expect(await database('identity').where({ hash: keys.identity('card', 'too-late').hash })).to.deep.equal(
			[],
		);
	});

	it('knows of each card and id the month it was first and last good, and no day', async () => {
		const { id } = await account(known('months', 'months-id', { month: '2026-05' }));
		await account(known('months', 'months-id', { month: '2026-08' }));
		expect(await linksOf(id)).to.deep.equal([
			{ kind: 'card', first_seen: '2026-05', last_ok: '2026-08' },
			{ kind: 'ils_id', first_seen: '2026-05', last_ok: '2026-08' },
		]);
	});

	it('is another one at another library', async () => {
		const here = await account(known('card-10', 'person-10'));
		const there = await account(known('card-10', 'person-10', { library: randomUUID() }));
		expect(there.id).to.not.equal(here.id);
	});

	it('is one, however many come in with the same new card at the same moment, and with two cards of one person', async () => {
		const same = await Promise.all(Array.from({ length: 8 }, () => account(known('rush', null))));
		expect(new Set(same.map(({ id }) => id)).size).to.equal(1);
		const both = await Promise.all(
			Array.from({ length: 8 }, (_, at) => account(known(`rush-${at % 2}`, 'rush-person'))),
		);
		expect(new Set(both.map(({ id }) => id)).size).to.equal(1);
	});

	it('that is deleted while somebody signs in is gone, and never comes back under its number', async () => {
		for (let round = 0; round < 10; round++) {
			const before = await account(known(`going-${round}`, null));
			const [, sought] = await Promise.all([
				eraseAccount(database, library, before.id),
				seek(known(`going-${round}`, null)),
			]);
			expect(sought.outcome).to.equal('found');
			const after = await account(known(`going-${round}`, null));
			expect(await accountById(database, library, before.id)).to.equal(undefined);
			expect(after.id).to.not.equal(before.id);
		}
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

describe('a recovery code', () => {
	const library = randomUUID();
	let database: Database;
	let holder: AccountRow;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
		const keys = libraryKeys({ master: randomBytes(32) }, library);
		const sought = await accountFor(database, {
			library,
			links: [{ kind: 'card', hash: keys.identity('card', '1') }],
			ageBand: 'adult',
			standing: 'full',
			month: '2026-11',
			week: '2026-11-23',
			freshId: randomUUID(),
		});
		if (sought.outcome !== 'found') throw new Error(sought.outcome);
		holder = sought.account;
	});
	after(() => database?.destroy());
	const read = (typed: string) =>
		readProof(
			{ database, keys: libraryKeys({ master: randomBytes(32) }, library), library, now: Date.now() },
			typed,
		);

	it('is four groups of five signs that nobody mistakes, and is read however it is typed', async () => {
		const code = await giveRecoveryCode({ database, library }, holder.id, '2026-11');
		expect(code).to.match(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
		const typed = code.toLowerCase().replaceAll('-', ' – ').replaceAll('0', 'o').replaceAll('1', 'l');
		expect((await read(typed))!.account).to.equal(holder.id);
	});

	it('is worth nothing once a new one was asked for', async () => {
		const old = await giveRecoveryCode({ database, library }, holder.id, '2026-11');
		const fresh = await giveRecoveryCode({ database, library }, holder.id, '2026-12');
		expect(await read(old)).to.equal(null);
		expect((await read(fresh))!.account).to.equal(holder.id);
		expect(await database('recovery_code').where({ account: holder.id })).to.have.length(1);
	});

	it('does not work with one sign changed, cut, at another library, or as text that is no code', async () => {
		const code = await giveRecoveryCode({ database, library }, holder.id, '2026-11');
		const last = code.at(-1) === '7' ? '8' : '7';
		for (const wrong of [code.slice(0, -1) + last, code.slice(0, -1), '', 'x'.repeat(400), '💙'.repeat(20)]) {
			expect(await read(wrong), wrong.slice(0, 30)).to.equal(null);
		}
		const parts = {
			database,
			keys: libraryKeys({ master: randomBytes(32) }, 'x'),
			library: randomUUID(),
			now: 0,
		};
		expect(await readProof(parts, code)).to.equal(null);
	});

	it('is stored as where to look and a slow hash: neither tells the rest', async () => {
		const code = await giveRecoveryCode({ database, library }, holder.id, '2026-11');
		const bare = code.replaceAll('-', '');
		const [row] = await database('recovery_code').where({ account: holder.id });
		expect(row.locator).to.equal(bare.slice(0, 5));
		expect(JSON.stringify(row)).to.not.include(bare.slice(5)).and.not.include(bare.slice(5, 12));
		expect(Buffer.from(row.hash, 'base64url')).to.have.length(32);
	});
});
