import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { dateIn } from '../../../packages/core/src/calendar.ts';
import { create } from '../../../packages/town/src/test-town.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser } from './browser.ts';
import { press, tabTo, type } from './keyboard.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

describe('forming a panel and deciding on it, in a browser, by keyboard', function () {
	this.timeout(120_000);
	let town: TestTown;
	let browser: Browser;
	let staff: Page;
	let ana: Page;
	let ben: Page;
	let branch = '';
	let cardHost = '';
	let patrons: { card: string; pin: string }[];
	const invitations: string[] = [];

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0063'] });
		browser = await openBrowser();
		const library = town.file.libraries[0]!;
		cardHost = library.signIn;
		branch = library.branches.find(({ stage }) => stage === 'open')!.url;
		patrons = library.demoCards.filter(({ role, state }) => role === 'patron' && state === 'good');
		staff = await (await newPerson(browser)).newPage();
		ana = await (await newPerson(browser)).newPage();
		ben = await (await newPerson(browser, 'es-US')).newPage();
	});
	after(async () => {
		await browser?.close();
		await town?.close();
	});

	/** Holds the page to the bar in both languages, and comes back to the first. */
	async function holdInBoth(page: Page, name: string): Promise<void> {
		const [first, other] = (await page.getAttribute('html', 'lang')) === 'en' ? ['en', 'es'] : ['es', 'en'];
		await expectAccessible(page, `${name}-${first}`);
		const at = page.url().split('?')[0]!;
		await page.goto(`${at}?lang=${other}`);
		await expectAccessible(page, `${name}-${other}`);
		await page.goto(`${at}?lang=${first}`);
	}
	async function giveCard(page: Page, { card, pin }: { card: string; pin: string }): Promise<void> {
		await type(page, /Library card number|Número de tarjeta/, card);
		await type(page, 'PIN', pin);
		await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
	}
	async function accept(page: Page, at: number): Promise<void> {
		await page.goto(invitations[at]!);
		await giveCard(page, patrons[at]!);
		await town.settle();
	}
	async function open(page: Page, path: string, who: { card: string; pin: string }): Promise<void> {
		await page.goto(cardHost + path);
		if (!page.url().includes('/sign-in/')) return;
		await giveCard(page, who);
		const on = page.locator('a.btn[href*="/auth/"]');
		if (await on.count()) await Promise.all([page.waitForNavigation(), on.click()]);
		if (!page.url().endsWith(path)) await page.goto(cardHost + path);
	}

	it('library IT makes two invitations, and reads what is missing', async () => {
		await staff.goto(town.file.console);
		await type(staff, 'API token', town.file.adminToken);
		await Promise.all([staff.waitForNavigation(), staff.keyboard.press('Enter')]);
		await press(staff, 'Multnomah County Library');
		await press(staff, 'The panel and other roles');
		await staff.click('summary:has-text("roles at branches")');
		await expectAccessible(staff, 'console-staff-branches');
		await holdInBoth(staff, 'console-staff');
		await staff.selectOption('#role', 'auditor');
		await press(staff, 'Make an invitation');
		expect(await staff.textContent('.note')).to.contain('Write what they are called at work');
		await expectAccessible(staff, 'console-staff-fault');
		await staff.selectOption('#role', 'panel');
		for (const _member of ['ana', 'ben']) {
			await press(staff, 'Make an invitation');
			invitations.push((await staff.getAttribute('.note a', 'href'))!);
		}
		await expectAccessible(staff, 'console-staff-invited');
	});

	it('the first accepts, and reads that one alone decides nothing', async () => {
		await accept(ana, 0);
		await expectAccessible(ana, 'invited-panel');
		await open(ana, '/desk/panel', patrons[0]!);
		expect(await ana.textContent('main')).to.contain('You are the only one on the panel');
		await holdInBoth(ana, 'panel-alone');
	});

	it('with the second there is a form, which says what it misses and is sent without a mouse', async () => {
		await accept(ben, 1);
		await expectAccessible(ben, 'invited-panel-es');
		const teo = await (await newPerson(browser)).newPage();
		await teo.goto(`${branch}/signin`);
		await giveCard(teo, patrons[2]!);
		const own = await (await newPerson(browser)).newPage();
		await open(own, '/you', patrons[2]!);
		const [file] = await Promise.all([own.waitForEvent('download'), own.click('a[href="/you/stored"]')]);
		const stored = JSON.parse(readFileSync(await file.path(), 'utf8')) as {
			name_at_each_branch: { address: string; name: string }[];
		};
		const at = stored.name_at_each_branch.find(({ address }) => address === branch)!;
		const slug = town.file.libraries[0]!.branches.find(({ url }) => url === branch)!.slug;
		await open(ana, '/desk/panel', patrons[0]!);
		await ana.reload();
		await holdInBoth(ana, 'panel');
		// Days are those of the library: in the evening there, it is tomorrow already where it is UTC.
		const day = dateIn('America/Los_Angeles', Date.now());
		const later = dateIn('America/Los_Angeles', Date.now() + 5 * 86_400_000);
		await ana.evaluate(
			"document.querySelectorAll('main form').forEach((form) => { form.noValidate = true; })",
		);
		await press(ana, 'Propose it');
		expect(await ana.textContent('.note')).to.contain('Choose the rule it rests on.');
		await expectAccessible(ana, 'panel-fault');
		await type(ana, 'Their name at a branch', `${slug}/${at.name}`);
		await tabTo(ana, 'The rule');
		await ana.keyboard.press('ArrowDown');
		await ana.fill('#from', day);
		await ana.fill('#until', later);
		await type(ana, 'Why', 'Threats against two people, on two days.');
		await type(ana, 'Whom they can appeal to', 'Dana Ruiz, library board, 503 555 0100');
		await press(ana, 'Propose it');
		expect(await ana.textContent('main')).to.contain('somebody else of the panel confirms it');
		await holdInBoth(ana, 'panel-proposed');
	});

	it('the other confirms it, in Spanish, and the person reads it', async () => {
		await open(ben, '/desk/panel', patrons[1]!);
		await ben.reload();
		await expectAccessible(ben, 'panel-waiting-es');
		await press(ben, 'Estoy de acuerdo');
		await holdInBoth(ben, 'panel-in-force');
		const teo = await (await newPerson(browser)).newPage();
		await teo.goto(`${branch}/signin`);
		await giveCard(teo, patrons[2]!);
		expect(await teo.textContent('main')).to.contain('Threats against two people');
		await expectAccessible(teo, 'restricted-told');
		await teo.goto(`${cardHost}/restrictions`);
		await holdInBoth(teo, 'restrictions');
	});

	it('a role is taken back from the keyboard', async () => {
		await staff.goto(staff.url().replace(/\/invite$/, ''));
		expect(await staff.textContent('main')).to.contain('2 people are on it.');
		await holdInBoth(staff, 'console-staff-full');
		await press(staff, /Take this role back.*Panel/);
		expect(await staff.textContent('main')).to.contain('1 person is on it.');
	});
});
