import { expect } from 'chai';
import { atConsole } from '../fixtures/console-visitor.ts';
import { ADMIN_TOKEN, LIBRARY, type Platform, startPlatform } from '../fixtures/platform.ts';
import { enrolBridge, type SendAsBridge } from '../fixtures/test-bridge.ts';

const PATH = '/api/v1/libraries/multnomah/sign-in/alerts';
const DAY = 86_400_000;

describe('what library IT is told of sign-in', () => {
	let platform: Platform;
	let library: string;
	let send: SendAsBridge;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		send = await enrolBridge(platform);
	});
	after(() => platform.close());

	const tell = (alerts: readonly object[], change: object = {}, key?: null) =>
		send('POST', '/internal/v1/sign-in-alerts:report', { library, alerts, ...change }, key);
	const items = async () => (await platform.api<{ items: object[] }>('GET', PATH)).body.items;

	it('is what the bridge told last, and whether it was so in the last day', async () => {
		expect(await items()).to.deep.equal([]);
		const now = platform.clock.now();
		const silent = { kind: 'catalogue_silent', since: now - 3_600_000, last: now - 60_000 };
		const guessing = { kind: 'guessing', since: now - 9 * DAY, last: now - 8 * DAY };
		expect((await tell([silent, guessing])).status).to.equal(204);
		expect(await items()).to.deep.equal([
			{ ...silent, now: true },
			{ ...guessing, now: false },
		]);
		const later = { ...silent, last: now };
		await tell([later]);
		expect(await items()).to.deep.equal([{ ...later, now: true }]);
		await tell([]);
		expect(await items()).to.deep.equal([]);
	});

	it('stands in the console, above everything of the library and in the list of all, until a day after it ended', async () => {
		const now = platform.clock.now();
		await tell([{ kind: 'catalogue_lies', since: now - 7_200_000, last: now }]);
		for (const [language, title, text, mark] of [
			['en', 'The catalog took a wrong PIN for right', 'Nobody comes in by card', 'Sign-in needs you'],
			[
				'es',
				'El catálogo dio por bueno un PIN equivocado',
				'Nadie entra con tarjeta',
				'La entrada le necesita',
			],
		] as const) {
			const it = await atConsole(platform, ADMIN_TOKEN, language);
			expect((await it.get('/')).body).to.contain(mark);
			expect((await it.get('/libraries/multnomah')).body)
				.to.contain(title)
				.and.to.contain(text);
		}
		platform.clock.advance(DAY + 1);
		const it = await atConsole(platform, ADMIN_TOKEN);
		expect((await it.get('/')).body).to.not.contain('Sign-in needs you');
		expect((await it.get('/libraries/multnomah')).body).to.not.contain('took a wrong PIN');
	});

	it('is told by the bridge alone and in form, and read by no token that only looks', async () => {
		const one = { kind: 'guessing', since: 1, last: 2 };
		for (const alerts of [[{ ...one, kind: '<b>' }], [{ ...one, last: 'x' }], [one, one], null])
			expect((await tell(alerts as never)).status).to.equal(400);
		expect((await tell([one], {}, null)).status).to.equal(401);
		const nobody = await tell([one], { library: '7c0f4a3e-6f0e-4f0a-9a43-0d8c2f1f9a33' });
		expect(nobody.status, 'of a library that is gone').to.equal(204);
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'reader', role: 'reader' },
		});
		expect((await platform.api('GET', PATH, { token: body.token })).status).to.equal(403);
	});
});
