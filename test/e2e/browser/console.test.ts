import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import {
	ADMIN_TOKEN,
	BRANCH,
	LIBRARY,
	type Platform,
	startPlatform,
} from '../../../packages/provisioner/test/fixtures/platform.ts';
import { testUpgrader } from '../../../packages/provisioner/test/fixtures/test-upgrader.ts';
import { freePort } from '../../../packages/town/src/postgres-process.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser } from './browser.ts';
import { press, tabTo, type } from './keyboard.ts';

/** The console in a browser: each page at its bar, and the way through an upgrade by keyboard alone. */
describe('the console in a browser', () => {
	const { upgrader } = testUpgrader();
	let platform: Platform;
	let browser: Browser;
	let page: Page;
	let origin: string;
	before(async () => {
		const port = await freePort();
		origin = `http://localhost:${port}`;
		// No second cell is added here; only its form is shown.
		const driverOfCell = () => Promise.reject(new Error('there is no other cluster'));
		platform = await startPlatform({ port, upgrader, branchesInHome: 2, driverOfCell });
		await platform.api('POST', '/api/v1/libraries', { body: LIBRARY });
		for (const slug of ['belmont', 'kenton', 'albina'])
			await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: { ...BRANCH, slug } });
		await platform.settle();
		browser = await openBrowser();
		page = await (await newPerson(browser)).newPage();
		await page.goto(origin);
		await type(page, 'API token', ADMIN_TOKEN);
		await press(page, 'Sign in');
	});
	after(async () => {
		await browser?.close();
		await platform?.close();
	});

	async function hold(path: string, name: string): Promise<void> {
		await page.goto(origin + path);
		await expectAccessible(page, `console-${name}`);
	}

	it('an upgrade is begun, followed and stopped by keyboard alone, and the page follows without being loaded again', async () => {
		await press(page, 'Upgrades');
		await expectAccessible(page, 'console-upgrades');
		await tabTo(page, 'Minutes that a wave is watched');
		await page.keyboard.press('Control+A');
		await page.keyboard.type('soon');
		await press(page, 'Begin, with 2 homes');
		expect(await page.textContent('main')).to.contain('Write minutes, from 0 to 10080.');
		await expectAccessible(page, 'console-upgrades-fault');
		await tabTo(page, 'Minutes that a wave is watched');
		await page.keyboard.press('Control+A');
		await page.keyboard.type('60');
		await press(page, 'Begin, with 2 homes');
		await page.waitForSelector('text=1 of 2 homes are done');
		await expectAccessible(page, 'console-upgrade');
		const path = new URL(page.url()).pathname;
		await page.evaluate('window.loaded = true');
		const paused = await platform.api('PATCH', `/api/v1${path}`, { body: { state: 'paused' } });
		expect(paused.status).to.equal(200);
		await page.waitForSelector('text=Go on');
		await tabTo(page, 'Go on');
		await platform.api('PATCH', `/api/v1${path}`, { body: { state: 'aborted' } });
		await page.waitForSelector('text=aborted');
		expect(await page.evaluate('window.loaded'), 'the page was not loaded again').to.equal(true);
		expect(await page.evaluate('document.activeElement.dataset.part'), 'where the button was').to.equal(
			'acts',
		);
		await press(page, 'Load this page again');
		expect(await page.locator('script').count(), 'what has ended is not followed').to.equal(0);
		await expectAccessible(page, 'console-upgrade-ended');
	});

	it('without script every page says the same, and a link loads it again', async () => {
		const context = await browser.newContext({ javaScriptEnabled: false, locale: 'es-US' });
		await context.addCookies(await page.context().cookies());
		const plain = await context.newPage();
		const { body } = await platform.api<{ id: string }>('POST', '/api/v1/upgrades', {
			body: { soak_minutes: 60 },
		});
		await plain.goto(`${origin}/upgrades/${body.id}`);
		expect(await plain.textContent('main'))
			.to.contain('Cargar de nuevo esta página')
			.and.to.contain('Tanda 1');
		await Promise.all([plain.waitForNavigation(), plain.click('text=Cargar de nuevo esta página')]);
		expect(plain.url()).to.equal(`${origin}/upgrades/${body.id}`);
		await Promise.all([plain.waitForNavigation(), plain.click('text=Abortar')]);
		expect(await plain.textContent('main')).to.contain('abortada');
		await context.close();
	});

	it('what goes on is cancelled by the keyboard and without script, after a page that says what comes of it', async () => {
		platform.home.mood(() => 'slow');
		const path = '/api/v1/libraries/multnomah/branches/belmont/operations';
		const { body } = await platform.api<{ id: string }>('POST', path, { body: { kind: 'back_up' } });
		const viewport = { width: 320, height: 640 };
		const context = await browser.newContext({ javaScriptEnabled: false, locale: 'es-US', viewport });
		await context.addCookies(await page.context().cookies());
		const plain = await context.newPage();
		await plain.goto(`${origin}/operations/${body.id}`);
		await press(plain, 'Cancelarla');
		expect(await plain.textContent('main')).to.contain('Lo que se copió hasta ahora se quita.');
		await page.goto(plain.url());
		await expectAccessible(page, 'console-cancel');
		await press(plain, 'Sí, cancelarla');
		expect(await plain.textContent('main')).to.contain('administrator cancelled it');
		await plain.goto(page.url());
		expect(await plain.textContent('main')).to.contain('Ha terminado.');
		await context.close();
		platform.home.mood(() => 'serve');
	});

	it('a branch that is on its way says so by itself, and without script to whoever loads its page again', async () => {
		platform.home.mood(() => 'error');
		const belmont = '/libraries/multnomah/branches/belmont';
		await platform.api('PATCH', `/api/v1${belmont}`, { body: { phone: '503-988-5382' } });
		await platform.settle();
		const at = origin + belmont;
		const context = await browser.newContext({ javaScriptEnabled: false });
		await context.addCookies(await page.context().cookies());
		const plain = await context.newPage();
		await plain.goto(at);
		await page.goto(at);
		await page.evaluate('window.loaded = true');
		for (const one of [page, plain])
			expect(await one.textContent('[data-part=standing]')).to.contain('Waiting');
		await expectAccessible(page, 'console-branch-on-its-way');
		platform.home.mood(() => 'serve');
		platform.clock.advance(600_000);
		await platform.provisioner().services.sweep();
		await platform.settle();
		await page.waitForSelector('[data-part=standing] >> text=Ready');
		expect(await page.evaluate('window.loaded'), 'the page was not loaded again').to.equal(true);
		await Promise.all([plain.waitForNavigation(), plain.click('text=Load this page again')]);
		expect(await plain.textContent('[data-part=standing]')).to.contain('Ready');
		await context.close();
	});

	it('library IT takes in a file of its own on a narrow screen without script', async () => {
		const { body } = await platform.api<{ token: string }>('POST', '/api/v1/tokens', {
			body: { name: 'it', role: 'library_it', library: 'multnomah' },
		});
		const viewport = { width: 320, height: 640 };
		const context = await browser.newContext({ javaScriptEnabled: false, viewport });
		const it_ = await context.newPage();
		const press_ = (text: string) => Promise.all([it_.waitForNavigation(), it_.click(`text=${text}`)]);
		await it_.goto(origin);
		await it_.fill('input[name=token]', body.token);
		await press_('Sign in >> nth=-1');
		await it_.goto(`${origin}/libraries/multnomah`);
		await press_('Take in branches from a file');
		const text = 'library,branch,name,city\nmultnomah,midland,Midland,Portland\nother,a,A,B\n';
		await it_.setInputFiles('#file', { name: 'county.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await press_('Show what it would do');
		expect(await it_.textContent('main')).to.contain('This row is of another library.');
		await press_('Do this');
		await platform.settle();
		await it_.reload();
		expect(await it_.textContent('main'))
			.to.contain('1 is created')
			.and.to.contain('1 is refused');
		await context.close();
	});

	for (const [name, path] of [
		['homes', '/homes'],
		['home', '/homes/home-1'],
		['cells', '/cells'],
		['cell', '/cells/default'],
		['audit-platform', '/audit'],
		['audit-fault', '/audit?from=never'],
		['audit', '/libraries/multnomah/audit?by=admin'],
		['history', '/libraries/multnomah/branches/belmont/history'],
		['backups', '/libraries/multnomah/backups'],
		['branch', '/libraries/multnomah/branches/belmont'],
		['own-imports', '/libraries/multnomah/imports'],
		['backups-es', '/libraries/multnomah/backups?lang=es'],
	] as const)
		it(`the page ${path} holds at 320 px and for axe`, () => hold(path, name));

	it('an operation is shown as it ends', async () => {
		await page.goto(`${origin}/libraries/multnomah/backups?lang=en`);
		await press(page, /Make a backup now.*Belmont/);
		await page.waitForSelector('text=done');
		await expectAccessible(page, 'console-operation');
		expect(await page.textContent('h1')).to.equal('Make a backup');
	});

	it('without script and by keyboard alone, one library more and a branch of it that serves', async () => {
		const context = await browser.newContext({
			...{ javaScriptEnabled: false, viewport: { width: 320, height: 640 } },
		});
		await context.addCookies(await page.context().cookies());
		const plain = await context.newPage();
		await plain.goto(origin);
		await press(plain, 'Make a library');
		await type(plain, 'Name of the library', 'Anytown Public Library');
		await type(plain, 'Short name', 'anytown');
		await type(plain, 'State or region', 'OR');
		await press(plain, 'Make the library');
		expect(await plain.textContent('#zone-fault')).to.contain('Write a time zone');
		await type(plain, 'Time zone', 'America/Los_Angeles');
		await press(plain, 'Make the library');
		await press(plain, 'Make a branch');
		await type(plain, 'Name of the branch', 'Main');
		await type(plain, 'Short name', 'main');
		await type(plain, 'Town or city', 'Anytown');
		await press(plain, 'Make the branch');
		const operation = plain.url();
		await platform.settle();
		await plain.goto(operation);
		expect(await plain.textContent('main')).to.contain('Nothing to do.');
		await plain.goto(`${origin}/libraries/anytown/branches/main`);
		expect(await plain.textContent('[data-part=standing]')).to.contain('Ready');
		await context.close();
	});
});
