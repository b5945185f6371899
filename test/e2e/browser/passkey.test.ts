import { dateIn } from '@understory/core/calendar.ts';
import { demoDeck } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { type Bed, startBed } from '../../../packages/sso-bridge/test/fixtures/bed.ts';
import {
	type BranchClient,
	branchClient,
	visitorOf,
} from '../../../packages/sso-bridge/test/fixtures/branch-client.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { newPerson, openBrowser } from './browser.ts';

/** The card page, its other ways in, and somebody's own page, with the browser's own authenticator. */
describe('sign-in in a browser', function () {
	this.timeout(60_000);
	let bed: Bed;
	let browser: Browser;
	let belmont: BranchClient;
	let own: BrowserContext;
	let page: Page;
	before(async () => {
		const deck = demoDeck('bed').map(({ internalId: _none, ...patron }) => patron);
		bed = await startBed({ deck });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		browser = await openBrowser();
		own = await newPerson(browser);
		page = await own.newPage();
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	/** A fingerprint reader that is always touched by the right finger. */
	async function reader(at: Page): Promise<CDPSession> {
		const session = await at.context().newCDPSession(at);
		await session.send('WebAuthn.enable');
		await session.send('WebAuthn.addVirtualAuthenticator', {
			options: {
				protocol: 'ctap2',
				transport: 'internal',
				hasResidentKey: true,
				hasUserVerification: true,
				isUserVerified: true,
				automaticPresenceSimulation: true,
			},
		});
		return session;
	}
	async function giveCard(at: Page, name: string, pin = bed.person(name).pin): Promise<void> {
		await at.fill('#card', bed.person(name).card);
		await at.fill('#pin', pin);
		await Promise.all([at.waitForNavigation(), at.keyboard.press('Enter')]);
	}
	const press = (at: Page, words: string) => Promise.all([at.waitForNavigation(), at.click(words)]);

	it('shows the recovery code at the first sign-in, and leads on', async () => {
		await page.goto((await belmont.begin()).url);
		await page.click('summary');
		await expectAccessible(page, 'card-moved');
		await giveCard(page, 'Okafor');
		expect(await page.textContent('h1')).to.equal('Keep this code');
		await expectAccessible(page, 'card-code');
		await press(page, 'text=I have it');
		expect(page.url()).to.contain(belmont.callback);
	});

	it('takes what a barcode scanner types: the number and Enter lead to the PIN, and nothing is lost', async () => {
		const other = await (await newPerson(browser)).newPage();
		await other.goto((await belmont.begin()).url);
		const { card, pin } = bed.person('Aguilar');
		await other.focus('#card');
		await other.keyboard.type(card);
		await other.keyboard.press('Enter');
		expect(await other.evaluate('document.activeElement.id')).to.equal('pin');
		expect(await other.inputValue('#card')).to.equal(card);
		await other.keyboard.type(pin);
		await Promise.all([other.waitForNavigation(), other.keyboard.press('Enter')]);
		expect(await other.textContent('h1')).to.equal('Keep this code');
	});

	it('helps phones and password managers: names of fields, keyboards, paste, large fields', async () => {
		const other = await (await newPerson(browser)).newPage();
		await other.goto((await belmont.begin()).url);
		expect(await other.getAttribute('#card', 'autocomplete')).to.equal('username');
		expect(await other.getAttribute('#card', 'inputmode')).to.equal('numeric');
		expect(await other.getAttribute('#pin', 'autocomplete')).to.equal('current-password');
		for (const field of ['#card', '#pin'])
			expect((await other.locator(field).boundingBox())!.height).to.be.at.least(44);
		await other.fill('#card', '2 1234 00012 3456');
		await other.evaluate(`(() => {
			const data = new DataTransfer();
			data.setData('text/plain', '9876');
			const pasted = new ClipboardEvent('paste', { clipboardData: data, cancelable: true, bubbles: true });
			document.body.dataset.refused = String(!document.querySelector('#pin').dispatchEvent(pasted));
		})()`);
		expect(await other.getAttribute('body', 'data-refused'), 'nothing stands in the way of pasting').to.equal(
			'false',
		);
	});

	it('adds a passkey on the person’s own page, by the real authenticator of the browser', async () => {
		await reader(page);
		await page.goto(`${bed.salem.origin}/you`);
		await expectAccessible(page, 'you-sign-in');
		await press(page, 'text=Add a passkey');
		await expectAccessible(page, 'you-passkey');
		await press(page, 'text=Make a passkey on this device');
		expect(new URL(page.url()).pathname).to.equal('/you');
		expect(await page.textContent('#passkeys')).to.contain('Added in ');
		await expectAccessible(page, 'you-with-passkey');
	});

	it('comes in by it, without a card, when the catalogue is dead; by keyboard', async () => {
		bed.ils.misbehave('dead');
		await page.goto((await belmont.begin({ prompt: 'login' })).url);
		await press(page, 'text=Sign in with a passkey');
		await expectAccessible(page, 'passkey');
		for (let stops = 0; stops < 20; stops++) {
			await page.keyboard.press('Tab');
			if ((await page.evaluate('document.activeElement.textContent')) === 'Use my passkey') break;
		}
		await Promise.all([page.waitForURL(`${belmont.callback}**`), page.keyboard.press('Enter')]);
		bed.ils.misbehave(null);
		await page.goto((await belmont.begin({ prompt: 'login' })).url);
		expect(page.url(), 'and is shown it first from then on').to.match(/\/passkey$/);
	});

	it('turns it as a lock behind card and PIN', async () => {
		await page.goto(`${bed.salem.origin}/you`);
		await press(page, 'text=Make my passkeys a lock');
		await page.goto((await belmont.begin({ prompt: 'login' })).url);
		await press(page, 'text=Use card and PIN instead');
		await giveCard(page, 'Okafor');
		expect(await page.textContent('h1')).to.equal('Now your passkey');
		await page.click('summary');
		await expectAccessible(page, 'lock');
		await Promise.all([page.waitForURL(`${belmont.callback}**`), page.click('text=Unlock with my passkey')]);
	});

	it('says in words that there is no passkey here, and sends nothing', async () => {
		const stranger = await (await newPerson(browser)).newPage();
		const session = await reader(stranger);
		await stranger.goto((await belmont.begin()).url);
		await press(stranger, 'text=Sign in with a passkey');
		const { pathname } = new URL(stranger.url());
		await stranger.click('text=Use my passkey');
		await stranger.waitForSelector('[data-passkey-failed]:visible');
		expect(await stranger.textContent('[role=status]')).to.contain('Nothing was sent.');
		expect(new URL(stranger.url()).pathname).to.equal(pathname);
		await expectAccessible(stranger, 'passkey-none');
		await session.detach();
	});

	it('works without scripts: the pages say so, and card and PIN open the door', async () => {
		const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-US' });
		const plain = await context.newPage();
		await plain.goto((await belmont.begin()).url);
		await press(plain, 'text=Sign in with a passkey');
		expect(await plain.isVisible('[data-passkey-without]')).to.equal(true);
		expect(await plain.isVisible('text=Use my passkey')).to.equal(false);
		await press(plain, 'text=Use card and PIN instead');
		await giveCard(plain, 'Lindqvist');
		await press(plain, 'text=I have it');
		expect(plain.url()).to.contain(belmont.callback);
	});

	it('the ways to the porch are told in both languages, and what is wrong beside the field', async () => {
		for (const [language, name] of [
			['en-US', 'porch-way'],
			['es-US', 'porch-way-es'],
		] as const) {
			const other = await (await newPerson(browser, language)).newPage();
			await other.goto((await belmont.begin()).url);
			await press(other, 'a[href$="/porch"]');
			await expectAccessible(other, name);
			await other.fill('#code', 'ABCDE');
			await Promise.all([other.waitForNavigation(), other.keyboard.press('Enter')]);
			expect(await other.getAttribute('#code', 'aria-invalid')).to.equal('true');
			await expectAccessible(other, `${name}-fault`);
		}
	});

	it('the pages that tell of a new browser and of a card that opens the porch only are held to the same bar', async () => {
		const known = await newPerson(browser);
		const first = await known.newPage();
		await first.goto((await belmont.begin()).url);
		await giveCard(first, 'Tanaka');
		await press(first, 'text=I have it');
		const other = await (await newPerson(browser)).newPage();
		await other.goto((await belmont.begin()).url);
		await giveCard(other, 'Tanaka');
		await first.goto((await belmont.begin({ prompt: 'login' })).url);
		await giveCard(first, 'Tanaka');
		expect(await first.textContent('h1')).to.equal('Was this you?');
		await expectAccessible(first, 'news');
		await press(first, 'text=It was not me');
		await expectAccessible(first, 'not-me');
		bed.change(bed.person('Tanaka').card, { state: 'blocked' });
		await first.goto((await belmont.begin({ prompt: 'login' })).url);
		await giveCard(first, 'Tanaka');
		expect(await first.textContent('h1')).to.contain('does not open the branch now');
		await expectAccessible(first, 'to-porch');
		const child = await (await newPerson(browser)).newPage();
		await child.goto((await belmont.begin()).url);
		await giveCard(child, 'Park');
		expect(await child.textContent('h1')).to.equal('An account comes a little later');
		await expectAccessible(child, 'too-young');
	});

	it('a clerk makes a slip and a newcomer comes in by a day pass, by keyboard, held to the same bar', async () => {
		const invitation = { role: 'branch_lead', name: 'June', branch: null, by: null };
		bed.provisioner.invitations.set('june', invitation);
		const { card, pin } = bed.person('Aldaba');
		await bed.bridge().acceptInvitation({ library: 'salem', token: 'june', card, pin });
		const by = bed.provisioner.invitations.get('june')!.by!;
		const work = {
			staff_id: by,
			name: 'June',
			role: 'branch_lead',
			branch: null,
			from: 0,
			until: null,
		} as const;
		bed.salem.publish(() => void bed.salem.grants.push(work));
		await bed.bridge().settle();
		const desk = await (await newPerson(browser)).newPage();
		await desk.goto(`${bed.salem.origin}/desk`);
		await giveCard(desk, 'Aldaba');
		expect(await desk.textContent('h1')).to.equal('The desk');
		await expectAccessible(desk, 'desk');
		await desk.focus('#card');
		await desk.keyboard.type(bed.person('Okafor').card);
		await desk.focus('form[action="/desk/code"] [name=seen]');
		await desk.keyboard.press('Space');
		await Promise.all([desk.waitForNavigation(), desk.keyboard.press('Enter')]);
		expect(await desk.textContent('h1')).to.equal('A code for the porch');
		await expectAccessible(desk, 'desk-slip');
		await desk.emulateMedia({ media: 'print' });
		expect(await desk.isVisible('.digits'), 'the code is on paper').to.equal(true);
		expect(await desk.isVisible('#now'), 'and what is for the desk is not').to.equal(false);
		await desk.emulateMedia({ media: 'screen' });
		await desk.goto(`${bed.salem.origin}/desk`);
		await desk.fill('#leaving_card', bed.person('Okafor').card);
		await desk.check('form[action="/desk/erase"] [name=seen]');
		await press(desk, 'text=Note it');
		await expectAccessible(desk, 'desk-erase');
		const leaving = await (await newPerson(browser)).newPage();
		await leaving.goto((await belmont.begin()).url);
		await giveCard(leaving, 'Okafor');
		await expectAccessible(leaving, 'leaving');
		await desk.goto(`${bed.salem.origin}/desk`);
		await desk.fill('#pass_card', bed.person('Aguilar').card);
		await desk.check('form[action="/desk/pass"] [value=adult]');
		await desk.check('form[action="/desk/pass"] [name=seen]');
		bed.ils.misbehave(null);
		await press(desk, 'text=Make a day pass');
		await expectAccessible(desk, 'desk-fault');
		expect(await desk.textContent('#fault')).to.equal('Nothing was done');
		bed.ils.misbehave('dead');
		await desk.fill('#pass_card', bed.person('Aguilar').card);
		await desk.check('form[action="/desk/pass"] [value=adult]');
		await desk.check('form[action="/desk/pass"] [name=seen]');
		await press(desk, 'text=Make a day pass');
		const code = (await desk.textContent('.digits.big'))!;
		const fresh = await (await newPerson(browser, 'es-US')).newPage();
		await fresh.goto((await belmont.begin()).url);
		await press(fresh, 'text=Tengo un pase de un día');
		await expectAccessible(fresh, 'day-pass');
		await fresh.fill('#code', code);
		await Promise.all([fresh.waitForNavigation(), fresh.keyboard.press('Enter')]);
		await expectAccessible(fresh, 'day-pass-in');
		expect(await fresh.textContent('.lead')).to.contain('Está dentro hasta la medianoche.');
		bed.ils.misbehave(null);
	});

	it('the panel restricts somebody who reads it where they sign in, and everybody reads it without a name', async () => {
		const rule = {
			id: 'no-threats',
			version: 1,
			title: { en: 'No threats', es: 'Sin amenazas' },
			text: { en: 'Nobody threatens.' },
			test: { en: 'Is it a threat?' },
			greatest_first_action: 'account_suspended',
		} as const;
		const policy = {
			id: 'conduct',
			version: 1,
			adopted_by: 'The board',
			effective_on: '2020-01-01',
			rules: [rule],
		};
		bed.salem.publish(() => void bed.salem.policies.push(policy));
		const panel: Page[] = [];
		for (const name of ['Paik', 'Nakagawa']) {
			bed.provisioner.invitations.set(name, { role: 'panel', name, branch: null, by: null });
			const { card, pin } = bed.person(name);
			await bed.bridge().acceptInvitation({ library: 'salem', token: name, card, pin });
			const staff_id = bed.provisioner.invitations.get(name)!.by!;
			const work = { staff_id, name, role: 'panel', branch: null, from: 0, until: null } as const;
			bed.salem.publish(() => void bed.salem.grants.push(work));
			await bed.bridge().settle();
			const one = await (await newPerson(browser)).newPage();
			await one.goto(`${bed.salem.origin}/desk`);
			await giveCard(one, name);
			await one.goto(`${bed.salem.origin}/desk/panel`);
			panel.push(one);
		}
		const [first, second] = panel as [Page, Page];
		const { claims } = await belmont.signIn(visitorOf(bed), bed.person('Halvorsen')).catch(async () => {
			// The first sign-in shows a recovery code; the second leads on.
			return belmont.signIn(visitorOf(bed), bed.person('Halvorsen'));
		});
		const today = dateIn(bed.salem.record.zone, bed.clock.now());
		// Alone on the panel they could propose nothing; the form is there since the second came.
		await first.reload();
		await first.fill('#named', `belmont/${claims.sub}`);
		await first.selectOption('#ground', { label: 'No threats' });
		await first.fill('#from', today);
		await first.fill('#until', today);
		await first.fill('#reason', 'Threats against two people, on two days.');
		await first.fill('#appeal', 'Dana Ruiz, library board, 503 555 0100');
		await press(first, 'text=Propose it');
		await expectAccessible(first, 'panel-proposed');
		await second.reload();
		await expectAccessible(second, 'panel-confirm');
		await press(second, 'text=I agree: put it in force');
		await expectAccessible(second, 'panel-in-force');
		const person = await (await newPerson(browser, 'es-US')).newPage();
		await person.goto((await belmont.begin()).url);
		await giveCard(person, 'Halvorsen');
		expect(await person.textContent('h1')).to.contain('cerradas para usted por un tiempo');
		await expectAccessible(person, 'restricted');
		await person.goto(`${bed.salem.origin}/restrictions`);
		await expectAccessible(person, 'restrictions');
		expect(await person.textContent('main'))
			.to.contain('Sin amenazas')
			.and.not.contain('Threats against');
	});
});
