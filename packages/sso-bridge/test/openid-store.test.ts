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
		await sweepExpired(database, Date.now());
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
	const keys = libraryKeys(master, 'salem');

	it('somebody is another one at every branch, and always the same at each', () => {
		expect(keys.subject('belmont', 'a')).to.match(/^[a-z2-7]{26}$/);
		expect(keys.subject('belmont', 'a')).to.equal(libraryKeys(master, 'salem').subject('belmont', 'a'));
		expect(keys.subject('belmont', 'a')).to.not.equal(keys.subject('kenton', 'a'));
		expect(keys.subject('belmont', 'a')).to.not.equal(keys.subject('belmont', 'b'));
	});

	it('a card and an ILS id of the same digits are told apart, and so are libraries and purposes', () => {
		const hashes = [
			keys.identity('card', '1'),
			keys.identity('ils_id', '1'),
			keys.attempt('1'),
			libraryKeys(master, 'elsewhere').identity('card', '1'),
			libraryKeys(randomBytes(32), 'salem').identity('card', '1'),
		];
		expect(new Set(hashes).size).to.equal(hashes.length);
	});
});
