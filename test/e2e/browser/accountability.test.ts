import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { createBranch } from '../../../packages/accountability/test/fixtures/branch.ts';
import { startSite, type TestSite } from '../../../packages/accountability/test/fixtures/site.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser } from './browser.ts';
import { press, tabTo } from './keyboard.ts';

const BELMONT = 'belmont.multcolib.localhost:4000';

describe('finding decisions, in a browser', function () {
	this.timeout(120_000);
	let site: TestSite;
	let browser: Browser;
	let page: Page;
	let led = '';

	before(async () => {
		site = await startSite();
		const branch = createBranch(site.library, 'belmont');
		const decided = branch.next({ decided_on: '2026-09-30' });
		const appeal = { kind: 'appeal', step: 1, meanwhile: 'lifted', refs: [decided.id] };
		const answer = { kind: 'federation', server: 'far.example', decided_by: 'host@belmont#1' };
		for (const { entry, disclosures } of [
			decided,
			branch.next({ source: 'official_request', action: ['none'] }),
			branch.act(appeal),
			branch.act({ ...answer, action: 'refused' }, { explanation: 'Nobody answers there.' }),
		])
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		await site.settle();
		browser = await openBrowser();
		page = await (await newPerson(browser)).newPage();
		// The site stands at a port of its own; the browser is to see the address that people see.
		await page.route('**/*', async (route) => {
			const { pathname, search } = new URL(route.request().url());
			const accept = route.request().headers().accept ?? '*/*';
			const first = await site.get(pathname + search, { accept });
			// A browser asks past the route for where it is led to, so the way is followed here.
			if (first.status === 303) led = String(first.headers.location);
			const { status, headers, body } = first.status === 303 ? await site.get(led, { accept }) : first;
			const plain = Object.entries(headers).flatMap(([name, value]) =>
				typeof value === 'string' ? [[name, value] as const] : [],
			);
			await route.fulfill({ status, headers: Object.fromEntries(plain), body });
		});
	});
	after(async () => {
		await browser?.close();
		await site?.close();
	});

	const addressOf = (path: string) => `http://${site.library.site}${path}`;

	for (const path of [
		...['/statements', `/statements/branch/${BELMONT}`, '/statements/act/account_ended'],
		...['/appeals', '/federation', '/requests', '/methods'],
	]) {
		it(`${path} is accessible, wide and narrow`, async () => {
			await page.goto(addressOf(path));
			await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
			await expectAccessible(page, `accountability${path.replace(/[^a-z]+/g, '-')}`.slice(0, 40));
		});
	}

	it('the form is filled in and sent with the keyboard alone', async () => {
		await page.goto(addressOf('/statements'));
		await tabTo(page, /^Branch Every branch/);
		await page.keyboard.type('Belmont');
		await tabTo(page, 'Decided in');
		await page.keyboard.type('Quarter 3');
		await press(page, 'Show these');
		expect(led).to.equal(`/statements/branch/${BELMONT}/quarter/2026-Q3`);
		expect(await page.textContent('h1')).to.contain('Belmont · Quarter 3, 2026');
	});
});
