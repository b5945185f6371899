import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { type Bed, createBed } from '../../../packages/branch/test/bed.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { openBrowser, pageWith } from './browser.ts';
import { press } from './keyboard.ts';

/** Somebody who holds office says so, the branch lead sets the label, and two of three who talk are told that they are a majority. By keyboard, English and Spanish. */
describe('accounts of offices, in a browser', function () {
	this.timeout(60_000);
	let bed: Bed;
	let browser: Browser;
	let origin: string;
	let ana: Page;
	let ben: Page;
	let lead: Page;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.name(
			...['Ana Ruiz', 'Ben Park', 'Cy Wolf'].map((name) => ({
				...{ role: 'Councilor', name, phone: null, address: null, branch: null, body: 'City Council' },
				...{ source: 'Popolo', checked_on: null, term_end: '2026-12-31' },
			})),
		);
		await bed.settle();
		browser = await openBrowser();
		const north = bed.branch('north');
		({ origin } = north);
		ana = await pageWith(browser, { ...(await north.join('ana')), origin });
		ben = await pageWith(browser, { ...(await north.join('ben')), origin });
		lead = await pageWith(browser, {
			...north.browser({ staff_id: 'staff-lead' }),
			...{ origin, language: 'es-US' },
		});
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	async function say(page: Page, seat: string, kind: string): Promise<void> {
		await page.goto(`${origin}/you/office`);
		await page.selectOption('#seat', { label: seat });
		await page.check(`input[name=kind][value=${kind}]`);
		await press(page, 'Say so');
	}

	it('the page on which somebody says so: as it is, with a fault, and with what they said', async () => {
		await ana.goto(`${origin}/you/office`);
		await expectAccessible(ana, 'office-none');
		await press(ana, 'Say so');
		await expectAccessible(ana, 'office-fault');
		await say(ana, 'Ana Ruiz, Councilor, City Council', 'official');
		await expectAccessible(ana, 'office-asked');
	});

	it('the page of the branch lead, who sets the label, in Spanish', async () => {
		await lead.goto(`${origin}/staff/offices`);
		await expectAccessible(lead, 'offices-asked-es');
		await press(lead, /^Poner la etiqueta/);
		await expectAccessible(lead, 'offices-shown-es');
		await ben.goto(`${origin}/@ana`);
		expect(await ben.textContent('main')).to.contain('Official account: Councilor, City Council');
		await expectAccessible(ben, 'office-profile');
		await ana.goto(`${origin}/@ben`);
		await ana.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
		expect(await ana.textContent('main')).to.contain('Lindke');
		await expectAccessible(ana, 'office-away');
	});

	it('the warning before a majority talks, the conversation that says so, and the notice', async () => {
		await say(ben, 'Ben Park, Councilor, City Council', 'personal');
		await ana.goto(`${origin}/home`);
		await ana.fill('#text', 'The budget');
		await press(ana, /^\s*Post/);
		const thread = ana.url();
		await ben.goto(thread);
		await ben.fill('#text', 'I agree');
		await press(ben, /^\s*Post/);
		expect(await ben.textContent('main')).to.contain('a majority of City Council takes part');
		await expectAccessible(ben, 'quorum-warning');
		await press(ben, /^\s*Post/);
		await ana.goto(thread);
		expect(await ana.textContent('main')).to.contain('A majority of City Council takes part');
		await expectAccessible(ana, 'quorum-thread');
		await ana.goto(`${origin}/notices`);
		expect(await ana.textContent('main')).to.contain('A quorum of your body');
		await expectAccessible(ana, 'quorum-notice');
	});
});
