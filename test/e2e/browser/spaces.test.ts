import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { type Bed, createBed } from '../../../packages/branch/test/bed.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { openBrowser, pageWith } from './browser.ts';
import { press } from './keyboard.ts';

/** The branch lead opens a space, somebody writes into it, moves it, and a host moves it by a rule. By keyboard, English and Spanish. */
describe('spaces of the board, in a browser', function () {
	this.timeout(60_000);
	let bed: Bed;
	let browser: Browser;
	let origin: string;
	let ana: Page;
	let lead: Page;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		await bed.settle();
		const north = bed.branch('north');
		const [patron, staff] = [await north.join('ana'), north.browser({ staff_id: 'staff-lead' })];
		origin = north.origin;
		browser = await openBrowser();
		ana = await pageWith(browser, { ...patron, origin });
		lead = await pageWith(browser, { ...staff, origin, language: 'es-US' });
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	it('the page on which a space is opened: empty, with faults, and with one', async () => {
		await lead.goto(`${origin}/staff/spaces`);
		await expectAccessible(lead, 'spaces-none-es');
		await press(lead, 'Abrirlo');
		await expectAccessible(lead, 'spaces-fault-es');
		for (const [id, words] of [
			['name_en', 'Lost and found'],
			['name_es', 'Objetos perdidos'],
			['purpose_en', 'What somebody lost or found here.'],
			['purpose_es', 'Lo que alguien perdió o encontró aquí.'],
		] as const)
			await lead.fill(`#${id}`, words);
		await press(lead, 'Abrirlo');
		await expectAccessible(lead, 'spaces-one-es');
	});

	it('the space, what is written into it, the fault of a reach that is too wide, and moving it', async () => {
		await ana.goto(`${origin}/home`);
		await expectAccessible(ana, 'board-with-spaces');
		await ana.selectOption('#space', { label: 'Lost and found' });
		await ana.check('input[name=scope][value=public]');
		await ana.fill('#text', 'One left glove');
		await press(ana, /^\s*Post/);
		expect(await ana.textContent('main')).to.contain('Spaces are for new posts');
		await expectAccessible(ana, 'space-wide');
		await ana.check('input[name=scope][value=branch]');
		await press(ana, /^\s*Post/);
		const post = ana.url();
		await ana.goto(`${origin}/home`);
		expect(await ana.textContent('main')).not.to.contain('One left glove');
		await Promise.all([ana.waitForNavigation(), ana.click('a[href^="/spaces/"]')]);
		expect(await ana.textContent('main')).to.contain('One left glove');
		await expectAccessible(ana, 'space');
		const id = post.split('/').at(-1);
		await ana.goto(`${origin}/posts/${id}/edit`);
		await expectAccessible(ana, 'space-edit');
		await lead.goto(`${origin}/staff/posts/${id}/decide`);
		await lead.check('input[name=post_act][value=content_moved]');
		await lead.selectOption('#space', 'main');
		await expectAccessible(lead, 'space-decide-es');
	});
});
