import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { stoppedClock } from '@understory/core/clock.ts';
import { silentLog } from '@understory/core/log.ts';
import { keysWithStates } from '@understory/core/signing-keys.ts';
import { expect } from 'chai';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { freshDatabase } from '../../town/src/test-postgres.ts';
import { libraryKeys } from '../src/keys.ts';
import {
	createSigningKeyring,
	KEPT_AFTER,
	LOOK_AGAIN,
	PUBLISHED_BEFORE,
	RENEWED_AFTER,
} from '../src/openid/signing-keys.ts';
import { openDatabase } from '../src/store/database.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { beginAt, configOf, giveCard, registerServer } from './fixtures/foreign-client.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('the keys an issuer signs with', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(() => bed?.close());

	const published = async (): Promise<JSONWebKeySet & { keys: { kid: string; alg: string }[] }> =>
		JSON.parse((await bed.outgoing.request({ url: `${bed.salem.origin}/jwks` })).body.toString());
	const kids = async () => (await published()).keys.map(({ kid }) => kid);
	const signIn = async () => (await belmont.signIn(visitorOf(bed), bed.person('Okafor'))).idToken;
	const listed = () => keysWithStates(bed.provisioner.keyLists.get(bed.salem.id)!, bed.clock.now());
	const states = () => listed().map(({ state }) => state);
	const kidOf = (token: string) => decodeProtectedHeader(token).kid;
	/** What a client says that fetched the keys at that time and has kept them since. */
	const verifies = (token: string, kept: JSONWebKeySet) =>
		jwtVerify(token, createLocalJWKSet(kept), { issuer: bed.salem.origin }).then(
			() => true,
			() => false,
		);
	const pass = async (milliseconds: number) => {
		bed.clock.advance(milliseconds);
		await bed.bridge().settle();
	};

	it('are one for RS256, published first, and one for ES256, each for whoever asks for it', async () => {
		const { keys } = await published();
		expect(keys.map(({ alg }) => alg)).to.deep.equal(['RS256', 'ES256']);
		for (const key of keys) expect(key).to.not.have.any.keys('d', 'p', 'q');
		expect(decodeProtectedHeader(await signIn())).to.deep.include({ alg: 'RS256', kid: keys[0]!.kid });
		const server = await registerServer(bed, bed.salem, { id: 'curves', id_token_alg: 'ES256' });
		const config = await configOf(bed, bed.salem, server);
		const begun = await beginAt(config, server.record);
		const visitor = visitorOf(bed);
		const page = await giveCard(visitor, begun.url, bed.person('Okafor'));
		const back = await visitor.send(page, '/agree/', { handle: 'plover', rules: 'yes' });
		const tokens = await openid.authorizationCodeGrant(config, new URL(back.url), begun.checks);
		expect(decodeProtectedHeader(tokens.id_token!)).to.deep.include({ alg: 'ES256', kid: keys[1]!.kid });
	});

	it('are told to library IT as soon as they were made', async () => {
		await published();
		await bed.bridge().settle();
		expect(states()).to.deep.equal(['signing', 'signing']);
	});

	it('stay the same through a restart', async () => {
		const before = await kids();
		await bed.restart();
		expect(await kids()).to.deep.equal(before);
	});

	it('are made anew after 90 days: published for a day before they sign, kept until nothing they signed is of use', async () => {
		const keptAtFirst = await published();
		const first = keptAtFirst.keys.map(({ kid }) => kid);
		await pass(RENEWED_AFTER - HOUR);
		expect(await kids()).to.deep.equal(first);
		await pass(2 * HOUR);

		const keptWhenNew = await published();
		const [rsa, ec, ...fresh] = keptWhenNew.keys.map(({ kid }) => kid);
		expect([rsa, ec]).to.deep.equal(first);
		expect(fresh).to.have.length(2);
		const old = await signIn();
		expect(kidOf(old)).to.equal(rsa);
		expect(await verifies(old, keptAtFirst), 'by who has not looked since').to.equal(true);

		await pass(PUBLISHED_BEFORE);
		expect(await kids()).to.have.members([...first, ...fresh]);
		const young = await signIn();
		expect(kidOf(young)).to.equal(fresh[0]);
		expect(await verifies(young, keptWhenNew), 'by who looked the day before').to.equal(true);
		expect(await verifies(old, await published()), 'the old one by who looks now').to.equal(true);

		await pass(KEPT_AFTER - HOUR);
		expect(await kids()).to.include.members(first);
		const leave = openid.buildEndSessionUrl(belmont.config, { id_token_hint: old });
		expect((await visitorOf(bed).open(leave.href)).text).to.include('You are signed out');
		await pass(2 * HOUR);
		expect(await kids()).to.deep.equal(fresh);
		expect(kidOf(await signIn())).to.equal(fresh[0]);
	});

	it('are turned when library IT says so: once, however often it is said before the new ones sign', async () => {
		const before = await kids();
		await bed.orderKeys(bed.salem, 'turn');
		const turned = await kids();
		expect(turned.slice(0, 2)).to.deep.equal(before);
		expect(turned).to.have.length(4);
		await bed.orderKeys(bed.salem, 'turn');
		expect(await kids()).to.deep.equal(turned);
		expect(states()).to.deep.equal(['waiting', 'waiting', 'signing', 'signing']);
		expect(bed.provisioner.keyOrders).to.deep.equal([]);
	});

	it('that leaked are withdrawn: gone at once, believed by nobody, and everybody is signed out everywhere', async () => {
		await bed.orderKeys(bed.salem, 'turn');
		const [rsa, ec, waiting] = await kids();
		const visitor = visitorOf(bed);
		const { idToken } = await belmont.signIn(visitor, bed.person('Okafor'));
		expect((await belmont.signIn(visitor, bed.person('Okafor'))).asked).to.equal(false);
		bed.told.length = 0;
		bed.branchesAnswer = 503;
		await bed.orderKeys(bed.salem, 'withdraw', [rsa!]);

		const left = await kids();
		expect(left.slice(0, 2)).to.deep.equal([waiting, ec]);
		expect(left).to.not.include(rsa);
		expect(await verifies(idToken, await published())).to.equal(false);
		expect(states().filter((state) => state === 'withdrawn')).to.have.length(1);
		expect((await belmont.signIn(visitor, bed.person('Okafor'))).asked).to.equal(true);
		// A branch that is away, and a bridge that is killed, put nothing off for good.
		await bed.restart();
		bed.branchesAnswer = 200;
		bed.told.length = 0;
		await pass(HOUR);
		const atBelmont = bed.told.filter(({ host }) => host.startsWith('belmont.'));
		const tokens = atBelmont.map(({ body }) => new URLSearchParams(body).get('logout_token')!);
		expect(tokens.length).to.be.greaterThan(0);
		for (const token of tokens) expect(kidOf(token)).to.equal(waiting);
	});

	it('that are withdrawn before they signed anything sign nobody out, and the others go on', async () => {
		await pass(PUBLISHED_BEFORE);
		await bed.orderKeys(bed.salem, 'turn');
		const signing = (await kids()).slice(0, 2);
		const waiting = listed().flatMap(({ kid, state }) => (state === 'waiting' ? [kid] : []));
		const visitor = visitorOf(bed);
		await belmont.signIn(visitor, bed.person('Okafor'));
		await bed.orderKeys(bed.salem, 'withdraw', waiting);
		expect(await kids())
			.to.include.members(signing)
			.and.not.include.members(waiting);
		expect((await belmont.signIn(visitor, bed.person('Okafor'))).asked).to.equal(false);
		// Nothing comes after them now, so they stay.
		await pass(KEPT_AFTER + DAY);
		expect((await kids()).slice(0, 2)).to.deep.equal(signing);
	});

	it('of one library are nobody else’s business', async () => {
		const there = async () =>
			(await bed.outgoing.request({ url: `${bed.bend.origin}/jwks` })).body.toString();
		const before = await there();
		await bed.orderKeys(bed.salem, 'withdraw', (await kids()) as string[]);
		expect(await kids()).to.have.length(2);
		expect(await there()).to.equal(before);
	});
});

describe('the keyring of issuers', () => {
	const parts = (
		database: Awaited<ReturnType<typeof openDatabase>>,
		clock = stoppedClock(Date.UTC(2026, 0, 1)),
	) => ({
		database,
		clock,
		keysOf: (library: string) => libraryKeys({ master: Buffer.alloc(32, 7) }, library),
		randomId: randomUUID,
		log: silentLog,
	});

	it('makes the first keys once, however many processes are asked at the same moment', async () => {
		const url = await freshDatabase('sso_bridge');
		const databases = await Promise.all([openDatabase(url), openDatabase(url)]);
		const library = randomUUID();
		const both = await Promise.all(databases.map((one) => createSigningKeyring(parts(one)).of(library)));
		expect(both[0]).to.deep.equal(both[1]);
		await Promise.all(databases.map((one) => one.destroy()));
	});

	it('turns what is old once, and another process sees it within seconds', async () => {
		const url = await freshDatabase('sso_bridge');
		const databases = await Promise.all([openDatabase(url), openDatabase(url)]);
		const library = randomUUID();
		const clock = stoppedClock(Date.UTC(2026, 0, 1));
		const [one, other] = databases.map((database) => createSigningKeyring(parts(database, clock)));
		await one!.of(library);
		clock.advance(91 * DAY);
		await other!.of(library);
		await Promise.all([one!.turnOld(), other!.turnOld()]);
		clock.advance(LOOK_AGAIN);
		expect((await one!.of(library)).keys).to.have.length(4);
		expect(await other!.of(library)).to.deep.equal(await one!.of(library));
		await Promise.all(databases.map((each) => each.destroy()));
	});

	it('withdraws a key once, whichever processes are told, and keeps nothing of it but its dates', async () => {
		const url = await freshDatabase('sso_bridge');
		const databases = await Promise.all([openDatabase(url), openDatabase(url)]);
		const library = randomUUID();
		const clock = stoppedClock(Date.UTC(2026, 0, 1));
		const [one, other] = databases.map((database) => createSigningKeyring(parts(database, clock)));
		const leaked = (await one!.of(library)).keys[0]!.kid!;
		await other!.of(library);
		await Promise.all([one!.withdraw(library, [leaked]), other!.withdraw(library, [leaked])]);
		const { keys } = await other!.of(library, { now: true });
		expect(keys.map(({ alg }) => alg)).to.deep.equal(['RS256', 'ES256']);
		expect(keys.map(({ kid }) => kid)).to.not.include(leaked);
		expect(await one!.of(library)).to.deep.equal(await other!.of(library));
		const rows = await databases[0]!('signing_key').where({ kid: leaked }).select('sealed', 'withdrawn');
		expect(rows).to.deep.equal([{ sealed: null, withdrawn: new Date(clock.now()) }]);
		await Promise.all(databases.map((each) => each.destroy()));
	});

	it('names none so that it would be taken for an option where it is typed', async () => {
		const database = await openDatabase(await freshDatabase('sso_bridge'));
		const isDashed = (id: string) => createHash('sha256').update(id).digest('base64url').startsWith('-');
		const randomId = () => {
			let id = randomUUID();
			while (!isDashed(id)) id = randomUUID();
			return id;
		};
		const { keys } = await createSigningKeyring({ ...parts(database), randomId }).of(randomUUID());
		for (const { kid } of keys) expect(kid).to.match(/^\w[\w-]{11}$/);
		await database.destroy();
	});

	it('keeps them sealed by a key that is not in the database', async () => {
		const database = await openDatabase(await freshDatabase('sso_bridge'));
		const library = randomUUID();
		const { keys } = await createSigningKeyring(parts(database)).of(library);
		const rows = JSON.stringify(await database('signing_key').select('*'));
		for (const key of keys) expect(rows).to.not.include(key.d!);
		const stranger = {
			...parts(database),
			keysOf: (id: string) => libraryKeys({ master: randomBytes(32) }, id),
		};
		const opened = await createSigningKeyring(stranger)
			.of(library)
			.catch(() => 'closed');
		expect(opened).to.equal('closed');
		await database.destroy();
	});
});
