import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { type City, startCity } from '../../../packages/sso-bridge/test/fixtures/city.ts';
import { samlWay, signingCertificates } from '../../../packages/sso-bridge/test/fixtures/elsewhere.ts';
import { type Recipe, requestIn } from '../../../packages/sso-bridge/test/fixtures/identity-provider.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser } from './browser.ts';

/** The ways in beside the card, in a real browser: over to the city's own page, which posts from another site, and back. */
describe('sign-in by the city in a browser', function () {
	this.timeout(60_000);
	let city: City;
	let browser: Browser;
	let page: Page;
	/** What the city's next answer is changed by. */
	let changes: Partial<Recipe>;
	before(async () => {
		city = await startCity();
		browser = await openBrowser();
		const { bed, provider } = city;
		bed.sites.set(new URL(provider.signIn).host, async (request, response) => {
			const chunks: Buffer[] = [];
			for await (const chunk of request) chunks.push(chunk as Buffer);
			response.setHeader('content-type', 'text/html');
			if (!request.url?.startsWith('/sso'))
				return response.end('<title>city</title><h1>Signed out of the city</h1>');
			const posted = new URLSearchParams(Buffer.concat(chunks).toString());
			const asked = posted.has('SAMLRequest')
				? requestIn(
						Buffer.from(posted.get('SAMLRequest')!, 'base64').toString(),
						posted.get('RelayState') ?? '',
					)
				: provider.read(
						`${provider.signIn}?${request.url.split('?')[1]}`,
						await signingCertificates(bed, bed.salem),
					);
			const answer = await provider.answer(asked, bed.clock.now(), changes);
			response.end(
				`<title>city</title><form method="post" action="${asked.acs}"><input type="hidden" name="SAMLResponse" value="${answer}"><input type="hidden" name="RelayState" value="${asked.relay}"><button>Yes, it is me</button></form>`,
			);
		});
	});
	beforeEach(async () => {
		changes = {};
		city.set();
		page = await (await newPerson(browser)).newPage();
	});
	afterEach(() => page?.context().close());
	after(async () => {
		await browser?.close();
		await city?.close();
	});
	const press = (words: string) => Promise.all([page.waitForNavigation(), page.click(words)]);

	it('goes over and back with two presses, and nothing between them asks for a script of ours', async () => {
		await page.goto((await city.belmont.begin()).url);
		await expectAccessible(page, 'card-and-city');
		await press('text=Sign in with City of Salem staff');
		expect(page.url()).to.contain(city.provider.signIn);
		await press('text=Yes, it is me');
		await page.waitForURL(`${city.belmont.callback}**`);
	});

	it('goes over by a form where the city wants one, past the page’s own policy', async () => {
		city.set({ idp: { metadata: city.provider.metadata({ binding: 'HTTP-POST' }) } });
		await page.goto((await city.belmont.begin()).url);
		await press('text=Sign in with City of Salem staff');
		await expectAccessible(page, 'provider-go');
		await press('text=Go to City of Salem staff');
		expect(page.url()).to.equal(city.provider.signIn);
		await press('text=Yes, it is me');
		await page.waitForURL(`${city.belmont.callback}**`);
	});

	it('says what went wrong, in both languages, and leads back to the choice', async () => {
		// Somebody who was here before would come as far as the porch.
		const stranger = { format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', value: 'never-here' };
		const cases: [Partial<Recipe>, string][] = [
			[
				{ nameId: stranger, attributes: { 'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': ['alum'] } },
				'provider-not-for',
			],
			[{ audience: 'https://other.example' }, 'provider-broken'],
			[{ status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }, 'provider-said-no'],
		];
		for (const language of ['en-US', 'es-US'] as const) {
			for (const [change, name] of cases) {
				const other = await (await newPerson(browser, language)).newPage();
				changes = change;
				await other.goto((await city.belmont.begin()).url);
				await Promise.all([other.waitForNavigation(), other.click('a[href$="/with/city"]')]);
				await Promise.all([other.waitForNavigation(), other.click('text=Yes, it is me')]);
				await expectAccessible(other, `${name}-${language.slice(0, 2)}`);
				await Promise.all([other.waitForNavigation(), other.click('main a.btn')]);
				expect(await other.isVisible('#card')).to.equal(true);
				await other.context().close();
			}
		}
	});

	it('says it when the city cannot be asked', async () => {
		city.set({ idp: { metadata: city.provider.metadata({ validUntil: 1 }) } });
		await page.goto((await city.belmont.begin()).url);
		await press('text=Sign in with City of Salem staff');
		await expectAccessible(page, 'provider-silent');
	});

	it('is the only way where a library has no cards; by keyboard, in both languages', async () => {
		city.bed.settings.set('salem', { elsewhere: { ways: [samlWay(city.provider)], only: true } });
		const spanish = await (await newPerson(browser, 'es-US')).newPage();
		await spanish.goto((await city.belmont.begin()).url);
		await expectAccessible(spanish, 'city-only-es');
		await spanish.context().close();
		await page.goto((await city.belmont.begin()).url);
		await expectAccessible(page, 'city-only');
		for (let stops = 0; stops < 20; stops++) {
			await page.keyboard.press('Tab');
			const words = String(await page.evaluate('document.activeElement.textContent'));
			if (words.includes('Sign in with City')) break;
		}
		await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
		expect(page.url()).to.contain(city.provider.signIn);
	});

	it('signs out here at once and offers the city, whose page it leads to', async () => {
		const begun = await city.belmont.begin();
		await page.goto(begun.url);
		await press('text=Sign in with City of Salem staff');
		await press('text=Yes, it is me');
		await page.waitForURL(`${city.belmont.callback}**`);
		const { id_token: hint } = await city.belmont.redeem(begun, page.url());
		const leaving = new URL(city.belmont.config.serverMetadata().end_session_endpoint!);
		leaving.searchParams.set('id_token_hint', hint!);
		await page.goto(leaving.href);
		await expectAccessible(page, 'provider-out');
		await press('text=Sign out of City of Salem staff too');
		expect(await page.textContent('h1')).to.equal('Signed out of the city');
	});
});
