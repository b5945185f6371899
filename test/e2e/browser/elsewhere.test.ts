import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { type Bed, startBed } from '../../../packages/sso-bridge/test/fixtures/bed.ts';
import {
	beginAt,
	configOf,
	type ForeignServer,
	registerServer,
} from '../../../packages/sso-bridge/test/fixtures/foreign-client.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser } from './browser.ts';

describe('the way to a server that is no branch, in a browser', function () {
	this.timeout(60_000);
	let bed: Bed;
	let browser: Browser;
	let server: ForeignServer;
	before(async () => {
		bed = await startBed();
		browser = await openBrowser();
		server = await registerServer(bed, bed.salem, { id: 'social', name: 'Salem Social', offline: true });
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	async function cardGiven(
		name: string,
		language: string,
		extra: Record<string, string> = {},
		to = server,
	): Promise<Page> {
		const page = await (await newPerson(browser, language)).newPage();
		const config = await configOf(bed, bed.salem, to);
		await page.goto((await beginAt(config, to.record, extra)).url);
		await page.fill('#card', bed.person(name).card);
		await page.fill('#pin', bed.person(name).pin);
		await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
		return page;
	}

	it('shows whom one goes to, what is told, the rules and the handle, and says what is wrong with it', async () => {
		const lasting = { scope: 'openid profile offline_access', prompt: 'consent' };
		const page = await cardGiven('Okafor', 'en-US', lasting);
		expect(await page.textContent('h1')).to.contain('Before you go on to Salem Social');
		await expectAccessible(page, 'elsewhere');
		await page.fill('#handle', 'librarian');
		await page.check('#rules');
		await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
		expect(await page.textContent('#handle-fault')).to.contain('look like an office');
		await expectAccessible(page, 'elsewhere-fault');
		await page.fill('#handle', 'plover');
		await page.check('#rules');
		await Promise.all([page.waitForNavigation(), page.click('text=Agree and go on')]);
		expect(page.url()).to.contain(server.record.redirect_uris[0]);
	});

	it('says the same in Spanish', async () => {
		const page = await cardGiven('Tanaka', 'es-US');
		expect(await page.textContent('h1')).to.contain('Antes de seguir a Salem Social');
		await expectAccessible(page, 'elsewhere-es');
	});

	it('tells who cannot go on, and leads back', async () => {
		const grown = await registerServer(bed, bed.salem, {
			id: 'grown',
			name: 'Salem Nights',
			adults_only: true,
		});
		const page = await cardGiven('Nguyen', 'en-US', {}, grown);
		await expectAccessible(page, 'elsewhere-barrier');
		await Promise.all([page.waitForNavigation(), page.click('text=Back to Salem Nights')]);
		expect(page.url()).to.contain('error=access_denied');
	});
});
