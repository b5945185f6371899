import { generateKey, publicKeyOf, type SigningKey } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { offerEnrolment } from '../../src/services/enrolment.ts';
import { forgetOld } from '../../src/store/upkeep.ts';
import { type Platform, startPlatform } from '../fixtures/platform.ts';

describe('the enrolment of roles', () => {
	let platform: Platform;

	before(async () => {
		platform = await startPlatform();
	});
	after(() => platform.close());

	function enrolment(key: SigningKey, change: object = {}) {
		return {
			type: 'understory/enrolment/v1',
			token: null,
			kind: 'accountability',
			name: 'accountability',
			public_key: publicKeyOf(key),
			internal_url: null,
			issued: platform.clock.now(),
			...change,
		};
	}

	async function post(
		body: unknown,
	): Promise<{ status: number; body: { role_id?: string; platform_key?: object; code?: string } }> {
		const answer = await platform.outgoing.request({
			url: `${platform.url}/internal/v1/roles`,
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		return { status: answer.status, body: JSON.parse(answer.body.toString('utf8')) };
	}

	const token = () => platform.provisioner().enrolmentToken('accountability');

	it('takes a role up by its key and a one-time token, and shows it the platform key', async () => {
		const key = generateKey();
		const answer = await post(signDocument(enrolment(key, { token: await token() }), key));
		expect(answer.status).to.equal(200);
		expect(answer.body.platform_key).to.deep.equal(publicKeyOf(platform.platformKey));
		const registers = await platform.internal('/internal/v1/registers', { key });
		expect(registers.status).to.equal(200);
	});

	it('needs no token of a key it knows, and gives the same id', async () => {
		const key = generateKey();
		const first = await post(signDocument(enrolment(key, { token: await token() }), key));
		const again = await post(signDocument(enrolment(key), key));
		expect(again.status).to.equal(200);
		expect(again.body.role_id).to.equal(first.body.role_id);
	});

	it('takes a token once', async () => {
		const [one, two] = [generateKey(), generateKey()];
		const shared = await token();
		const answers = await Promise.all(
			[one, two].map((key) => post(signDocument(enrolment(key, { token: shared }), key))),
		);
		expect(answers.map((answer) => answer.status).sort()).to.deep.equal([200, 403]);
	});

	it('refuses a token that is too old, unknown, missing, or for another kind of role', async () => {
		const key = generateKey();
		const old = await token();
		platform.clock.advance(600_001);
		const forBridge = await platform.provisioner().enrolmentToken('sso-bridge');
		for (const given of [old, 'made-up', null, undefined, forBridge]) {
			const answer = await post(signDocument(enrolment(key, { token: given }), key));
			expect([answer.status, answer.body.code], String(given)).to.deep.equal([403, 'token']);
		}
	});

	it('refuses a document that another key signed, that was changed, or that is old', async () => {
		const [key, other] = [generateKey(), generateKey()];
		const wanted = enrolment(key, { token: await token() });
		const changed = { ...signDocument(wanted, key), name: 'somebody else' };
		const old = signDocument({ ...wanted, issued: platform.clock.now() - 6 * 60_000 }, key);
		const answers = await Promise.all([
			post(signDocument(wanted, other)),
			post(wanted),
			post(changed),
			post(old),
		]);
		expect(answers.map((answer) => answer.status)).to.deep.equal([403, 403, 403, 403]);
		// Nothing of this spent the token.
		expect((await post(signDocument(wanted, key))).status).to.equal(200);
	});

	it('refuses a key that comes back as another kind of role', async () => {
		const key = generateKey();
		await post(signDocument(enrolment(key, { token: await token() }), key));
		const answer = await post(signDocument(enrolment(key, { kind: 'sso-bridge', name: 'bridge' }), key));
		expect([answer.status, answer.body.code]).to.deep.equal([403, 'kind']);
	});

	it('what is no enrolment is 400, whatever it is', async () => {
		const key = generateKey();
		const bodies = [
			'{',
			'[]',
			'null',
			{},
			signDocument(enrolment(key, { kind: 'king' }), key),
			signDocument(enrolment(key, { public_key: { id: 'x', publicKey: 'y' } }), key),
			signDocument(enrolment(key, { kind: 'home', internal_url: 'file:///etc/passwd' }), key),
			signDocument(enrolment(key, { kind: 'home', internal_url: null }), key),
			signDocument(enrolment(key, { name: '' }), key),
		];
		for (const body of bodies) expect((await post(body)).status, JSON.stringify(body)).to.equal(400);
	});

	it('a token that the operator made lets one role in, and nobody after it, however often it is offered and however late', async () => {
		const [offered, now] = ['f'.repeat(64), platform.clock.now()];
		const { context } = platform.provisioner();
		await offerEnrolment(context, { 'sso-bridge': offered });
		const come = (key: SigningKey, kind = 'sso-bridge') =>
			post(signDocument(enrolment(key, { kind, token: offered, issued: platform.clock.now() }), key));
		expect((await come(generateKey(), 'accountability')).status).to.equal(403);
		const bridge = generateKey();
		expect((await come(bridge)).status).to.equal(200);
		const late = now + 90 * 86_400_000;
		await forgetOld(context.database, { now: late, answersBefore: late });
		await offerEnrolment(context, { 'sso-bridge': offered });
		expect((await come(generateKey())).status).to.equal(403);
		expect((await come(bridge)).status).to.equal(200);
	});
});
