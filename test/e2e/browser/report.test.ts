import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { type Bed, createBed } from '../../../packages/branch/test/bed.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser, pageWith } from './browser.ts';
import { press, tabTo, type } from './keyboard.ts';

const FACTS = 'The post offers kittens for money, and nobody had asked for an offer.';
const REASON = 'The number of the house was taken out of the post. Nothing else in it breaks a rule.';

/** By keyboard alone: a report from the first click to the reporter being told, one by somebody without an account, and a notice and an appeal on paper. */
describe('what somebody tells the hosts', function () {
	this.timeout(60_000);
	let bed: Bed;
	let browser: Browser;
	let origin: string;
	let ben: Page;
	let june: Page;
	let visitor: Page;
	let code = '';

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-ines', 'north', 'Ines Vega');
		bed.outside(new URL(bed.library.accountability_origin).host, () => ({ status: 202, body: '{}' }));
		await bed.settle();
		browser = await openBrowser();
		const north = bed.branch('north');
		({ origin } = north);
		const ana = await north.join('ana');
		await ana.write('Two kittens, forty dollars each. Ask at 12 Elm Street.', 'public');
		ben = await pageWith(browser, { ...(await north.join('ben')), origin });
		june = await pageWith(browser, { ...north.browser({ staff_id: 'staff-june' }), origin });
		visitor = await (await newPerson(browser, 'es-US')).newPage();
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	const main = (page: Page) => page.textContent('main');
	async function choose(page: Page, first: string, value: string): Promise<void> {
		await tabTo(page, first);
		const chosen = 'document.activeElement.value';
		while ((await page.evaluate(chosen)) !== value) await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Space');
	}

	it('begins at the post, says what it is about, and when it is answered', async () => {
		await ben.goto(`${origin}/home`);
		await press(ben, 'Tell a host');
		await choose(ben, 'It breaks a rule', 'spam');
		await type(ben, 'What is wrong with it', 'They sell kittens.');
		await press(ben, 'Ask a host to look');
		expect(await main(ben)).to.contain('A host will look at it');
	});

	it('is taken by a host, who decides under a rule', async () => {
		await june.goto(`${origin}/staff`);
		await press(june, 'What people ask you to look at');
		await expectAccessible(june, 'queue');
		await press(june, 'Advertising: a post by ana Person');
		expect(await main(june))
			.to.contain('They sell kittens.')
			.and.contain('The first time'.toLowerCase());
		await press(june, 'I take it');
		expect(await main(june)).to.contain('You have it.');
		await type(june, 'Your note', 'Third time this month.');
		await press(june, 'Keep the note');
		await expectAccessible(june, 'queue-matter');
		await press(june, 'Decide under a rule');
		await choose(june, 'No threats', 'conduct/no-advertising');
		await choose(june, 'Hide it', 'content_labelled');
		await type(june, /The facts, in two sentences/, FACTS);
		await press(june, 'Show what both will read');
		expect(await main(june)).to.contain('somebody told a host');
		await press(june, 'Decide, and tell ana');
		expect(await main(june)).to.contain('It was decided');
	});

	it('ends with whoever told it reading that something was done', async () => {
		await ben.goto(`${origin}/home`);
		await press(ben, 'Notices');
		expect(await main(ben)).to.contain('The hosts looked at what you told them, and did something');
		await press(ben, /Read it/);
		expect(await main(ben))
			.to.contain('They sell kittens.')
			.and.not.contain(FACTS);
		await expectAccessible(ben, 'report-done');
	});

	it('needs no account, and gives a receipt to print, in Spanish too', async () => {
		await visitor.goto(origin);
		await press(visitor, 'Avisar a un anfitrión');
		await expectAccessible(visitor, 'visitor-report-es');
		await choose(visitor, 'Rompe una regla', 'private');
		await type(visitor, 'Qué tiene de malo', 'Esa es nuestra casa.');
		await press(visitor, 'Pedir a un anfitrión');
		await expectAccessible(visitor, 'receipt-es');
		code = (await visitor.textContent('.digits')) ?? '';
		expect(code).to.match(/^\w{5}-\w{5}-\w{5}$/);
		expect((await visitor.pdf()).length).to.be.greaterThan(1000);
	});

	it('is answered with a reason, which the receipt leads to', async () => {
		await june.goto(`${origin}/staff/reports`);
		await press(june, 'Something private: a post by ana Person');
		await tabTo(june, 'It breaks no rule');
		await june.keyboard.press('Space');
		await type(june, 'What do you say to whoever told you', REASON);
		await press(june, 'Close, and tell them');
		await expectAccessible(june, 'queue-closed');
		await visitor.goto(`${origin}/report`);
		await press(visitor, 'Tengo un comprobante');
		await expectAccessible(visitor, 'receipt-ask-es');
		await type(visitor, 'Su comprobante', '00000-00000-00000');
		await press(visitor, 'Mostrarlo');
		await expectAccessible(visitor, 'receipt-wrong-es');
		await type(visitor, 'Su comprobante', code.toLowerCase());
		await press(visitor, 'Mostrarlo');
		expect(await main(visitor))
			.to.contain('no rompe ninguna regla')
			.and.contain(REASON);
		await expectAccessible(visitor, 'receipt-outcome-es');
	});

	it('and the notice of the decision is handed over on paper, and appealed on paper', async () => {
		await june.goto(`${origin}/staff/decisions`);
		await press(june, 'A post was labelled');
		await press(june, 'On paper');
		await expectAccessible(june, 'paper');
		await press(june, 'I handed it over');
		expect(await main(june))
			.to.contain('It was handed over')
			.and.contain('October 15');
		await type(june, 'What they say', 'They are a gift. The money is for the vet.');
		await press(june, 'Take the appeal');
		expect(await main(june)).to.contain('A post was labelled: No advertising');
		await june.goto(`${origin}/staff/reports/new`);
		await expectAccessible(june, 'desk-report');
		await june.goto(`${origin}/staff/programs`);
		await type(june, 'What is it for', 'The wall in the office');
		await press(june, 'Make a key');
		expect(await main(june)).to.contain('understory_staff_');
		await expectAccessible(june, 'programs');
	});
});
