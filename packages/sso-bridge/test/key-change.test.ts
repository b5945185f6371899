import { randomBytes, randomUUID } from 'node:crypto';
import { seal, unseal } from '@understory/core/seal.ts';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { type Keyring, openKeyring, purgeWhenDue } from '../src/keyring.ts';
import type { MasterSecrets } from '../src/keys.ts';
import { giveRecoveryCode } from '../src/recovery/recovery-code.ts';
import { type AccountRow, accountById, accountFor } from '../src/store/accounts.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { aboutSigning } from '../src/store/sealed-keys.ts';
import { aboutUpstreamKey, keepUpstreamKey, upstreamKey } from '../src/store/upstream-keys.ts';

describe('a change of the bridge’s secret', () => {
	const library = randomUUID();
	const until = Date.UTC(2027, 0, 1);
	const first: MasterSecrets = { master: randomBytes(32) };
	const second: MasterSecrets = { master: randomBytes(32), version: 2, before: { ...first, until } };
	const third: MasterSecrets = {
		master: randomBytes(32),
		version: 3,
		before: { master: second.master, version: 2, until },
	};
	let database: Database;
	beforeEach(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
	});
	afterEach(() => database?.destroy());

	async function comeIn(ring: Keyring, card: string, ilsId?: string): Promise<AccountRow> {
		const keys = ring(library);
		const sought = await accountFor(database, {
			library,
			links: [
				{ kind: 'card', hash: keys.identity('card', card) },
				...(ilsId ? [{ kind: 'ils_id' as const, hash: keys.identity('ils_id', ilsId) }] : []),
			],
			ageBand: 'adult',
			standing: 'full',
			month: '2026-11',
			week: '2026-11-23',
			freshId: randomUUID(),
		});
		if (sought.outcome !== 'found') throw new Error(sought.outcome);
		return sought.account;
	}
	const versions = async () =>
		(await database('identity').orderBy('key_version').select('key_version')).map((row) => row.key_version);

	it('hashes each card anew at the next sign-in, while both keys are alive', async () => {
		const old = await openKeyring(database, first);
		const ana = await comeIn(old, 'ana', 'ana-id');
		const bo = await comeIn(old, 'bo');
		const fresh = await openKeyring(database, second);
		expect((await comeIn(fresh, 'ana', 'ana-id')).id).to.equal(ana.id);
		expect(await versions()).to.deep.equal([1, 2, 2]);
		expect((await comeIn(fresh, 'bo')).id).to.equal(bo.id);
		expect(await versions()).to.deep.equal([2, 2, 2]);
		expect((await comeIn(fresh, 'ana-new-card', 'ana-id')).id).to.equal(ana.id);
	});

	it('keeps the month in which a card was first seen', async () => {
		await comeIn(await openKeyring(database, first), 'ana');
		await database('identity').update({ first_seen: '2024-02' });
		await comeIn(await openKeyring(database, second), 'ana');
		expect((await database('identity').first()).first_seen).to.equal('2024-02');
	});

	it('keeps everybody’s name at their branches, through this change and the next', async () => {
		const old = await openKeyring(database, first);
		const ana = await comeIn(old, 'ana');
		const name = old(library).subject('belmont', ana.id);
		for (const secrets of [second, third, { master: third.master, version: 3 }]) {
			const ring = await openKeyring(database, secrets);
			expect(ring(library).subject('belmont', ana.id), `version ${secrets.version}`).to.equal(name);
		}
	});

	it('gives a library that comes later a key of the new secret, which it keeps too', async () => {
		await comeIn(await openKeyring(database, first), 'ana');
		const fresh = await openKeyring(database, second);
		const later = randomUUID();
		const name = fresh(later).subject('belmont', 'a');
		await database('account').insert({
			id: randomUUID(),
			library: later,
			age_band: 'adult',
			standing: 'full',
			created_month: '2026-11',
			seen_month: '2026-11',
		});
		expect((await openKeyring(database, second))(later).subject('belmont', 'a'), 'after a restart').to.equal(
			name,
		);
		expect((await openKeyring(database, third))(later).subject('belmont', 'a')).to.equal(name);
	});

	it('seals anew what was sealed, once, also when several processes begin at the same moment', async () => {
		const old = await openKeyring(database, first);
		const about = aboutSigning(library);
		const since = { made: new Date(0), signs_from: new Date(0) };
		const row = { id: randomUUID(), library, alg: 'RS256', kid: 'one', ...since };
		// Of one that was withdrawn nothing is left to seal.
		await database('signing_key').insert({ ...row, id: randomUUID(), withdrawn: new Date(0), sealed: null });
		await database('signing_key').insert({ ...row, sealed: seal(old(library).seal, about, 'the key') });
		const upstream = { library, purpose: 'saml_signing', number: 1 };
		const aboutUpstream = aboutUpstreamKey(upstream);
		await keepUpstreamKey(database, {
			...upstream,
			sealed: seal(old(library).seal, aboutUpstream, 'the other key'),
			certificate: 'x',
		});
		await comeIn(old, 'ana');
		const rings = await Promise.all([1, 2, 3].map(() => openKeyring(database, second)));
		const { sealed } = await database('signing_key').whereNull('withdrawn').first();
		for (const ring of rings) expect(unseal(ring(library).seal, about, sealed)).to.equal('the key');
		expect(() => unseal(old(library).seal, about, sealed)).to.throw();
		const other = await upstreamKey(database, upstream);
		for (const ring of rings)
			expect(unseal(ring(library).seal, aboutUpstream, other!.sealed)).to.equal('the other key');
	});

	it('finds one account for one card that comes to an old and a new process at the same moment', async () => {
		const old = await openKeyring(database, first);
		const fresh = await openKeyring(database, second);
		for (let round = 0; round < 8; round++) {
			const both = await Promise.all([comeIn(old, `c${round}`), comeIn(fresh, `c${round}`)]);
			const again = await comeIn(fresh, `c${round}`);
			expect(
				both.map(({ id }) => id),
				'the last key finds one of them',
			).to.include(again.id);
			expect(await database('account').where({ id: again.id })).to.have.length(1);
		}
	});

	it('deletes after the deadline what nobody came back for; a recovery code still proves whose it was', async () => {
		const old = await openKeyring(database, first);
		const gone = await comeIn(old, 'never-again');
		const coded = await comeIn(old, 'with-a-code');
		await giveRecoveryCode({ database, library }, coded.id, '2026-11');
		const fresh = await openKeyring(database, second);
		const back = await comeIn(fresh, 'came-back', 'x');
		const purge = purgeWhenDue(database, second);
		await purge(until - 1);
		expect(await versions()).to.deep.equal([1, 1, 2, 2]);
		await purge(until);
		expect(await versions()).to.deep.equal([2, 2]);
		expect(await accountById(database, library, gone.id)).to.equal(undefined);
		expect((await accountById(database, library, coded.id))!.id).to.equal(coded.id);
		expect((await comeIn(fresh, 'came-back')).id).to.equal(back.id);
	});

	it('is refused when the secret is short, or its version does not grow', async () => {
		const wrong: MasterSecrets[] = [
			{ master: randomBytes(16) },
			{ ...first, before: { ...first, until } },
			{ master: randomBytes(32), version: 2, before: { master: randomBytes(31), until } },
		];
		for (const secrets of wrong) {
			const refused = await openKeyring(database, secrets).catch((error: Error) => error);
			expect(refused).to.be.instanceOf(RangeError);
		}
	});
});
