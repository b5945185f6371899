import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { libraryKeys } from '../src/keys.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { createAdapter, sweepExpired } from '../src/store/oidc-adapter.ts';

describe('the store of an issuer', () => {
	const library = randomUUID();
	let database: Database;
	before(async () => {
		database = await openDatabase(await freshDatabase('sso_bridge'));
	});
	after(() => database?.destroy());

	it('a code that many redeem at the same moment is redeemed once', async () => {
		const codes = createAdapter(database, library, 'AuthorizationCode');
		await codes.upsert('code-1', { grantId: 'g' }, 60);
		const tries = await Promise.allSettled(Array.from({ length: 8 }, () => codes.consume('code-1')));
		expect(tries.filter((one) => one.status === 'fulfilled')).to.have.length(1);
		for (const one of tries)
			if (one.status === 'rejected') expect(one.reason.error).to.equal('invalid_grant');
		expect(await codes.find('code-1')).to.have.property('consumed');
	});

	it('a refresh token that two hold ends the grant for both, whoever comes first', async () => {
		const grants = createAdapter(database, library, 'Grant');
		const tokens = createAdapter(database, library, 'RefreshToken');
		const access = createAdapter(database, library, 'AccessToken');
		await grants.upsert('grant-1', { jti: 'grant-1' }, 60);
		await grants.upsert('grant-2', { jti: 'grant-2' }, 60);
		await tokens.upsert('refresh-1', { grantId: 'grant-1' }, 60);
		await tokens.upsert('refresh-2', { grantId: 'grant-2' }, 60);
		await access.upsert('access-1', { grantId: 'grant-1' }, 60);
		const tries = await Promise.allSettled([1, 2].map(() => tokens.consume('refresh-1')));
		expect(tries.filter((one) => one.status === 'fulfilled')).to.have.length(1);
		expect(await grants.find('grant-1')).to.equal(undefined);
		expect(await tokens.find('refresh-1')).to.equal(undefined);
		expect(await access.find('access-1')).to.equal(undefined);
		expect(await grants.find('grant-2')).to.not.equal(undefined);
		expect(await tokens.find('refresh-2')).to.not.equal(undefined);
	});

	it('a signed request is taken once, and its number may come again when it has expired', async () => {
		const seen = createAdapter(database, library, 'ReplayDetection');
		const tries = await Promise.allSettled([1, 2, 3].map(() => seen.upsert('jti-1', { jti: 'jti-1' }, 60)));
		expect(tries.filter((one) => one.status === 'fulfilled')).to.have.length(1);
		await seen.upsert('jti-2', { jti: 'jti-2' }, -1);
		await seen.upsert('jti-2', { jti: 'jti-2' }, 60);
		const again = await seen.upsert('jti-2', { jti: 'jti-2' }, 60).catch(({ name }: Error) => name);
		expect(again).to.equal('InvalidClient');
	});

	it('what ends or is spent is on the disk before anybody is told; what only makes somebody sign in again need not be', async () => {
		const waits = async (model: string, act: (store: ReturnType<typeof createAdapter>) => Promise<unknown>) =>
			database.transaction(async (transaction) => {
				// The database of the tests waits for no disk by itself.
				await transaction.raw('set local synchronous_commit = on');
				await act(createAdapter(transaction, library, model));
				const { rows } = await transaction.raw('show synchronous_commit');
				return rows[0].synchronous_commit;
			});
		const upsert = (store: ReturnType<typeof createAdapter>) => store.upsert('s', { jti: 's', uid: 'u' }, 60);
		for (const model of ['Session', 'Interaction', 'AuthorizationCode', 'AccessToken', 'Grant'])
			expect(await waits(model, upsert), model).to.equal('off');
		expect(await waits('Interaction', (store) => store.destroy('s'))).to.equal('off');
		expect(await waits('Session', (store) => store.destroy('s'))).to.equal('on');
		expect(await waits('AuthorizationCode', (store) => store.consume('s'))).to.equal('on');
		expect(await waits('ReplayDetection', upsert)).to.equal('on');
		expect(await waits('Grant', (store) => store.revokeByGrantId('s'))).to.equal('on');
	});

	it('a hint at who signs in, which may be a card, is not kept', async () => {
		const interactions = createAdapter(database, library, 'Interaction');
		const hints = { login_hint: '21234000123456' };
		const prompt = { name: 'login', reasons: ['no_session'], details: { ...hints } };
		await interactions.upsert('i-2', { jti: 'i-2', params: { ...hints, state: 's' }, prompt }, 60);
		expect(JSON.stringify(await database('oidc').select('*'))).to.not.contain('21234000123456');
		expect((await interactions.find('i-2'))?.params).to.deep.equal({ state: 's' });
	});

	it('a token that is stolen from the database is only the hash of one', async () => {
		const tokens = createAdapter(database, library, 'AccessToken');
		await tokens.upsert('secret-token', { jti: 'secret-token', accountId: 'a' }, 60);
		expect(JSON.stringify(await database('oidc').select('*'))).to.not.contain('secret-token');
		expect(await tokens.find('secret-token')).to.include({ accountId: 'a', jti: 'secret-token' });
	});

	it('the id of a session stands nowhere, not even in an interaction of it', async () => {
		const sessions = createAdapter(database, library, 'Session');
		await sessions.upsert('secret-session', { jti: 'secret-session', uid: 'uid-1', accountId: 'a' }, 60);
		const interactions = createAdapter(database, library, 'Interaction');
		const session = { accountId: 'a', uid: 'uid-1', cookie: 'secret-session' };
		await interactions.upsert('i-1', { jti: 'i-1', session }, 60);
		expect(JSON.stringify(await database('oidc').select('*'))).to.not.contain('secret-session');
		expect(await sessions.findByUid('uid-1')).to.include({ accountId: 'a' });
		expect((await interactions.find('i-1'))?.session).to.deep.equal({ accountId: 'a', uid: 'uid-1' });
	});

	it('one library finds nothing of another', async () => {
		const theirs = createAdapter(database, randomUUID(), 'AccessToken');
		expect(await theirs.find('secret-token')).to.equal(undefined);
	});

	it('what has expired is not found, and is swept away', async () => {
		const tokens = createAdapter(database, library, 'AccessToken');
		await tokens.upsert('old', {}, -1);
		expect(await tokens.find('old')).to.equal(undefined);
		await sweepExpired(database);
		expect(await database('oidc').where('expires_at', '<', new Date())).to.deep.equal([]);
	});

	it('a grant that is revoked takes its tokens with it', async () => {
		const tokens = createAdapter(database, library, 'AccessToken');
		await tokens.upsert('mine', { grantId: 'gone' }, 60);
		await tokens.upsert('yours', { grantId: 'stays' }, 60);
		await tokens.revokeByGrantId('gone');
		expect(await tokens.find('mine')).to.equal(undefined);
		expect(await tokens.find('yours')).to.not.equal(undefined);
	});
});

describe('the keys of a library', () => {
	const master = randomBytes(32);
	const keys = libraryKeys({ master }, 'salem');

	it('somebody is another one at every branch, and always the same at each', () => {
		expect(keys.subject('belmont', 'a')).to.match(/^[a-z2-7]{26}$/);
		expect(keys.subject('belmont', 'a')).to.equal(libraryKeys({ master }, 'salem').subject('belmont', 'a'));
		expect(keys.subject('belmont', 'a')).to.not.equal(keys.subject('kenton', 'a'));
		expect(keys.subject('belmont', 'a')).to.not.equal(keys.subject('belmont', 'b'));
	});

	it('a card and an ILS id of the same digits are told apart, and so are libraries and purposes', () => {
		const hashes = [
			keys.identity('card', '1').hash,
			keys.identity('ils_id', '1').hash,
			keys.attempt('1'),
			libraryKeys({ master }, 'elsewhere').identity('card', '1').hash,
			libraryKeys({ master: randomBytes(32) }, 'salem').identity('card', '1').hash,
		];
		expect(new Set(hashes).size).to.equal(hashes.length);
	});
});
