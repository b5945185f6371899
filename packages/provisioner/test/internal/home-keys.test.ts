import { contentsOf, type HomeKeys, openHomeKeys, sealHomeKeys } from '@understory/core/home-keys.ts';
import { newBoxKey } from '@understory/core/sealed-box.ts';
import { exportKey, generateKey, publicKeyOf } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { forgetKeys } from '../../src/store/home-keys.ts';
import { BRANCH, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import type { TestHome } from '../fixtures/test-home.ts';

const DAY = 86_400_000;

interface Fetched {
	home: string;
	deposits: {
		sealed: string;
		recovery_key: string;
		role_key: string;
		deposited: number;
		confirmed: number;
	}[];
}

describe('the sealed keys of homes', () => {
	const recovery = newBoxKey();
	let platform: Platform;
	let second: TestHome;

	before(async () => {
		platform = await startPlatform();
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
		second = await platform.newHome('home-2');
		await second.enrol(platform.url, await platform.provisioner().enrolmentToken('home', 'home-2'));
	});
	after(() => platform.close());

	const keysFor = (home: TestHome, name: string, homeKey = 'one'): HomeKeys => ({
		...{ type: 'understory/home-keys/v1', home: name, day: '2026-11-28' },
		...{ home_key: Buffer.from(homeKey.padEnd(32, '.')).toString('base64'), role_key: exportKey(home.key) },
	});
	const idOf = async (home: TestHome): Promise<string> =>
		(await platform.provisioner().context.database('role').where({ key_id: home.key.id }).first('id')).id;
	async function deposit(
		home: TestHome,
		keys: HomeKeys,
		change: { to?: string; by?: TestHome['key']; over?: object } = {},
	): Promise<number> {
		const document = {
			...{ type: 'understory/key-deposit/v1', home: await idOf(home), issued: platform.clock.now() },
			...{ ...sealHomeKeys(change.to ?? recovery.publicKey, keys), contents: contentsOf(keys) },
			...change.over,
		};
		const answered = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/home-keys`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument(document, change.by ?? home.key)),
		});
		return answered.status;
	}
	const fetchKeys = (name: string) => platform.api<Fetched>('POST', `/api/v1/homes/${name}/keys:fetch`);
	const listed = async (name: string) => {
		const { body } = await platform.api<{ items: { name: string; keys: object | null }[] }>(
			'GET',
			'/api/v1/homes',
		);
		return body.items.find((one) => one.name === name)?.keys;
	};

	it('of a home that gave none it is said that there are none', async () => {
		expect(await listed('home-1')).to.equal(null);
		expect((await fetchKeys('home-1')).status).to.equal(404);
	});

	it('what a home gave is fetched as it came, and only the recovery key opens it', async () => {
		const keys = keysFor(platform.home, 'home-1');
		expect(await deposit(platform.home, keys)).to.equal(204);
		const { body } = await fetchKeys('home-1');
		const [kept, ...more] = body.deposits;
		expect(more).to.deep.equal([]);
		expect(kept!.role_key).to.equal(platform.home.key.id);
		expect(openHomeKeys(recovery, { ...kept!, name: 'home-1' })).to.deep.equal(keys);
		const database = platform.provisioner().context.database;
		const rows = JSON.stringify(await database('home_keys'));
		for (const secret of [keys.home_key, keys.role_key.split('\n')[1]!]) expect(rows).to.not.contain(secret);
		const audit = await database('audit').where({ act: 'fetchHomeKeys' });
		expect(audit.map(({ subject }: { subject: string }) => subject)).to.include('/homes/home-1/keys:fetch');
	});

	it('the same again is kept once, and it is seen when the home last said so', async () => {
		const [before] = (await fetchKeys('home-1')).body.deposits;
		platform.clock.advance(DAY);
		expect(await deposit(platform.home, keysFor(platform.home, 'home-1'))).to.equal(204);
		const { deposits } = (await fetchKeys('home-1')).body;
		expect(deposits).to.have.length(1);
		expect(deposits[0]).to.deep.equal({ ...before, confirmed: before!.confirmed + DAY });
		expect(await listed('home-1')).to.deep.equal({
			...{ deposited: before!.deposited, confirmed: before!.confirmed + DAY },
			recovery_key: before!.recovery_key,
		});
	});

	it('of keys that changed the newest and the ones before are kept, and no more; of another home nothing moves', async () => {
		expect(await deposit(second, keysFor(second, 'home-2', 'of the second'))).to.equal(204);
		for (const key of ['two', 'three']) {
			platform.clock.advance(1_000);
			expect(await deposit(platform.home, keysFor(platform.home, 'home-1', key))).to.equal(204);
		}
		const opened = (await fetchKeys('home-1')).body.deposits.map((kept) =>
			openHomeKeys(recovery, { ...kept, name: 'home-1' }).home_key.slice(0, 8),
		);
		const begins = (key: string) => keysFor(platform.home, 'home-1', key).home_key.slice(0, 8);
		expect(opened).to.deep.equal([begins('three'), begins('two')]);
		expect((await fetchKeys('home-2')).body.deposits).to.have.length(1);
	});

	it('what was sealed to another recovery key goes when the home seals anew', async () => {
		const another = newBoxKey();
		platform.clock.advance(1_000);
		const keys = keysFor(platform.home, 'home-1', 'three');
		expect(await deposit(platform.home, keys, { to: another.publicKey })).to.equal(204);
		const { deposits } = (await fetchKeys('home-1')).body;
		expect(deposits).to.have.length(1);
		expect(openHomeKeys(another, { ...deposits[0]!, name: 'home-1' })).to.deep.equal(keys);
		expect((await fetchKeys('home-2')).body.deposits).to.have.length(1);
	});

	it('many at once leave what one would', async () => {
		platform.clock.advance(1_000);
		const keys = keysFor(second, 'home-2', 'of the second');
		const answers = await Promise.all(Array.from({ length: 5 }, () => deposit(second, keys)));
		expect(new Set(answers)).to.deep.equal(new Set([204]));
		expect((await fetchKeys('home-2')).body.deposits).to.have.length(1);
	});

	it('a home brings its own keys and nobody else’s, and what is no home brings none', async () => {
		const keys = keysFor(second, 'home-1');
		expect(await deposit(second, keys), 'the name of another home').to.equal(403);
		expect(await deposit(platform.home, keys, { by: second.key }), 'signed by another home').to.equal(403);
		const key = generateKey();
		const token = await platform.provisioner().enrolmentToken('accountability');
		const enrolment = {
			...{
				type: 'understory/enrolment/v1',
				kind: 'accountability',
				name: 'home-1',
				internal_url: null,
				token,
			},
			...{ public_key: publicKeyOf(key), issued: platform.clock.now() },
		};
		const enrolled = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/roles`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument(enrolment, key)),
		});
		const site = (JSON.parse(enrolled.body.toString('utf8')) as { role_id: string }).role_id;
		const mine = keysFor(platform.home, 'home-1');
		expect(await deposit(platform.home, mine, { by: key, over: { home: site } })).to.equal(403);
		const old = { issued: platform.clock.now() - DAY };
		expect(await deposit(platform.home, mine, { over: old }), 'of yesterday').to.equal(403);
		for (const over of [
			{ sealed: 'x' },
			{ sealed: null },
			{ contents: 'x' },
			{ recovery_key: 7 },
			{ name: [] },
		])
			expect(await deposit(platform.home, mine, { over }), JSON.stringify(over)).to.equal(400);
	});

	it('are forgotten with a home that is no more, and with no other', async () => {
		const { database } = platform.provisioner().context;
		const row = await database('home_keys').where({ home: 'home-1' }).first();
		await database('home_keys').insert({ ...row, home: 'branch-gone' });
		await forgetKeys(database, ['branch-gone', 'home-1']);
		expect(await database('home_keys').where({ home: 'branch-gone' })).to.deep.equal([]);
		expect((await fetchKeys('home-1')).status).to.equal(200);
	});

	it('whoever is not the platform operator fetches nothing, and library IT does not even see which homes there are', async () => {
		for (const [role, library, sees] of [
			['library_it', 'multnomah', 403],
			['auditor', null, 200],
			['reader', null, 403],
		] as const) {
			const body = { name: `a ${role}`, role, library };
			const { token } = (await platform.api<{ token: string }>('POST', '/api/v1/tokens', { body })).body;
			const fetched = await platform.api('POST', '/api/v1/homes/home-2/keys:fetch', { token });
			const list = await platform.api('GET', '/api/v1/homes', { token });
			expect([role, fetched.status, list.status]).to.deep.equal([role, 403, sees]);
		}
	});

	it('the key of a home that comes under another name is not let in', async () => {
		const enrolment = {
			...{ type: 'understory/enrolment/v1', kind: 'home', name: 'home-2', token: null },
			...{ public_key: publicKeyOf(platform.home.key), internal_url: 'http://127.0.0.1:9' },
			issued: platform.clock.now(),
		};
		const answered = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/roles`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(signDocument(enrolment, platform.home.key)),
		});
		expect([answered.status, answered.body.toString('utf8')]).to.satisfy(
			([status, text]: [number, string]) =>
				status === 403 && text.includes('This is the key of the home home-1'),
		);
	});
});
