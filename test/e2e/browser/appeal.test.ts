import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { type Bed, createBed } from '../../../packages/branch/test/bed.ts';
import type { Browser as Visitor } from '../../../packages/branch/test/browser.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser, pageWith } from './browser.ts';

const FACTS = 'The post offers seeds for money, and nobody had asked for an offer.';
const REASON = 'Somebody had asked for seeds two posts above. So the rule does not fit here.';

/** An appeal won, by keyboard alone: a host decides, the author appeals, a host of another branch answers. In both languages, at both widths. */
describe('an appeal that is won', () => {
	let bed: Bed;
	let browser: Browser;
	let origin: string;
	let teo: Page;
	let june: Page;
	let sol: Page;
	let post: string;

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-sol', 'south', 'Sol Ruiz');
		bed.name({
			...{ role: 'Council member', body: 'City Council', name: 'Ines Prado', phone: null, address: null },
			...{ branch: null, source: 'library IT', checked_on: '2026-10-01' },
		});
		bed.outside(new URL(bed.library.accountability_origin).host, () => ({ status: 202, body: '{}' }));
		await bed.settle();
		browser = await openBrowser();
		const north = bed.branch('north');
		({ origin } = north);
		const visitor = await north.join('teo');
		post = await visitor.write('Tomato seeds, two dollars a bag. Ask me at the desk.', 'branch');
		teo = await pageOf(visitor, 'en-US');
		june = await pageOf(north.browser({ staff_id: 'staff-june' }), 'en-US');
		sol = await pageOf(north.browser({ staff_id: 'staff-sol' }), 'es-US');
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	const pageOf = ({ cookie }: Visitor, language: string) => pageWith(browser, { cookie, origin, language });

	/** Goes on with the Tab key until what has this text or name has the focus. */
	async function tabTo(page: Page, words: RegExp): Promise<void> {
		for (let step = 0; step < 120; step += 1) {
			await page.keyboard.press('Tab');
			const at = await page.evaluate(
				`(() => { const one = document.activeElement; const label = one.labels?.[0]?.textContent ?? ''; return [one.textContent, label, one.value].join(' '); })()`,
			);
			if (words.test(String(at))) return;
		}
		throw new Error(`${words} cannot be reached by keyboard on ${page.url()}`);
	}
	async function press(page: Page, words: RegExp): Promise<void> {
		await tabTo(page, words);
		await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
	}
	const main = (page: Page) => page.textContent('main');

	it('begins with a decision that says before what both will read', async () => {
		await june.goto(`${origin}/staff`);
		await press(june, /^\s*Decide/);
		await expectAccessible(june, 'acts-decide');
		await tabTo(june, /No threats|Sin amenazas/);
		while ((await june.evaluate('document.activeElement.value')) !== 'conduct/no-advertising') {
			await june.keyboard.press('ArrowDown');
		}
		await tabTo(june, /The facts, in two sentences/);
		await june.keyboard.type(FACTS);
		await press(june, /Show what both will read/);
		await expectAccessible(june, 'acts-preview');
		expect(await main(june))
			.to.contain('We hid one of your posts')
			.and.contain('A post was hidden');
		await press(june, /Decide, and tell teo/);
		expect(await main(june)).to.contain('It was decided');
	});

	it('lets the author say why it is wrong, and shows at once that the post is back', async () => {
		await teo.goto(`${origin}/notices`);
		await press(teo, /We hid one of your posts/);
		await expectAccessible(teo, 'acts-notice');
		await tabTo(teo, /Why is the decision wrong/);
		await teo.keyboard.type('Ana asked for seeds two posts above.');
		await press(teo, /^\s*Appeal/);
		expect(await main(teo)).to.contain('Until then your post is where it was');
		await expectAccessible(teo, 'acts-appealed');
		expect((await teo.goto(`${origin}${post}`))?.status()).to.equal(200);
	});

	it('lets the author show what it was about, once they have seen exactly what would be public', async () => {
		await teo.goto(`${origin}/notices`);
		await press(teo, /We hid one of your posts/);
		await press(teo, /Make your case public/);
		await expectAccessible(teo, 'unseal');
		await press(teo, /See exactly what would be public/);
		expect(await main(teo)).to.contain('Tick what you want to show');
		await expectAccessible(teo, 'unseal-fault');
		await tabTo(teo, /The words of your post/);
		await teo.keyboard.press('Space');
		await press(teo, /See exactly what would be public/);
		expect(await main(teo)).to.contain('Tomato seeds');
		await expectAccessible(teo, 'unseal-preview');
		await press(teo, /Make this public/);
		await expectAccessible(teo, 'unseal-made');
		await press(teo, /^\s*Take it back/);
		expect(await main(teo)).to.contain('You took it back');
		await expectAccessible(teo, 'unseal-back');
	});

	it('lets the author sign that an office reads it, and the office ask, in both languages', async () => {
		await teo.goto(`${origin}/notices`);
		await press(teo, /We hid one of your posts/);
		await press(teo, /Let an office read it/);
		await expectAccessible(teo, 'release');
		await press(teo, /Sign, and show me the code/);
		expect(await main(teo)).to.contain('Choose one of the offices');
		await expectAccessible(teo, 'release-fault');
		await tabTo(teo, /Council member, City Council/);
		await teo.keyboard.press('Space');
		await press(teo, /Sign, and show me the code/);
		await expectAccessible(teo, 'release-slip');
		const code = /[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}/.exec((await main(teo)) ?? '')![0];
		const office = await (await newPerson(browser, 'es-US')).newPage();
		await office.goto(`${origin}/released`);
		await expectAccessible(office, 'released-ask-es');
		await tabTo(office, /Código para la oficina/);
		await office.keyboard.type(code);
		await press(office, /Leer el caso/);
		expect(await main(office)).to.contain(FACTS);
		await expectAccessible(office, 'released-es');
		await tabTo(office, /Su pregunta/);
		await office.keyboard.type('Why is this advertising?');
		await press(office, /Enviar la pregunta/);
		expect(await main(office)).to.contain('Su pregunta se envió');
		await expectAccessible(office, 'released-asked-es');
		await june.goto(`${origin}/staff/requests`);
		await expectAccessible(june, 'official-requests');
		await press(june, /Council member/);
		await press(june, /Send the answer/);
		await expectAccessible(june, 'official-request-fault');
		await tabTo(june, /Answer it/);
		await june.keyboard.press('Space');
		await tabTo(june, /The answer/);
		await june.keyboard.type('It named a price.');
		await press(june, /Send the answer/);
		await expectAccessible(june, 'official-request-answered');
		await teo.goto(`${origin}/notices`);
		await press(teo, /The library answered the office/);
		await press(teo, /Let an office read it/);
		expect(await main(teo)).to.contain('It named a price.');
		await expectAccessible(teo, 'release-answered');
		await press(teo, /End it now/);
		expect(await main(teo)).to.contain('You ended it');
		await press(office, /Mirar otra vez/);
		await expectAccessible(office, 'released-over-es');
	});

	it('is not for the host who decided', async () => {
		await june.goto(`${origin}/staff/appeals`);
		await expectAccessible(june, 'acts-appeals');
		await press(june, /A post was hidden/);
		expect(await main(june)).to.contain('Somebody else decides this');
		await expectAccessible(june, 'acts-own-appeal');
	});

	it('is answered by somebody outside the branch, in Spanish', async () => {
		await sol.goto(`${origin}/staff/appeals`);
		await press(sol, /Se ocultó un mensaje/);
		await expectAccessible(sol, 'acts-appeal-es');
		await tabTo(sol, /No, retirarla/);
		await sol.keyboard.press('Space');
		await tabTo(sol, /En dos frases/);
		await sol.keyboard.type(REASON);
		await press(sol, /Responder y avisar/);
		expect(await main(sol)).to.contain('La decisión se revocó');
		await expectAccessible(sol, 'acts-answered-es');
	});

	it('ends with both sides knowing why', async () => {
		await teo.goto(`${origin}/notices`);
		expect(await main(teo))
			.to.contain('We took a decision about you back')
			.and.contain(REASON);
		await expectAccessible(teo, 'acts-notices');
		await press(teo, /We took a decision about you back/);
		expect(await main(teo)).to.contain('You were right');
		await expectAccessible(teo, 'acts-won');
		await june.goto(`${origin}/staff/decisions`);
		await expectAccessible(june, 'acts-decisions');
		await press(june, /A post was hidden/);
		expect(await main(june))
			.to.contain('This decision was taken back')
			.and.contain(REASON);
		await expectAccessible(june, 'acts-case');
	});

	it('and whoever is suspended reads on the porch why and until when', async () => {
		await june.goto(`${origin}/staff/people/teo/decide`);
		await expectAccessible(june, 'acts-person');
		await june.check('input[value="conduct/no-threats"]');
		await june.check('input[value="account_suspended"]');
		await june.selectOption('#considers', '7');
		await june.fill('#facts', FACTS);
		await june.click('button[value=preview]');
		await june.click('button[value=decide]');
		await teo.goto(`${origin}/home`);
		expect(teo.url()).to.equal(`${origin}/porch`);
		await expectAccessible(teo, 'acts-porch');
		await teo.goto(`${origin}/notices`);
		await press(teo, /Your account is suspended until/);
		await expectAccessible(teo, 'acts-suspended');
		await teo.goto(`${teo.url().split('#')[0]}?lang=es`);
		await expectAccessible(teo, 'acts-suspended-es');
		await teo.fill('#answer', 'It was a joke.');
		await teo.click('form[action$="/answer"] button');
		await june.goto(`${origin}/staff/decisions`);
		await press(june, /An account was suspended/);
		expect(await main(june)).to.contain('It was a joke.');
		await expectAccessible(june, 'acts-considered');
	});
});
