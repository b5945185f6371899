import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { runCommand } from '@understory/cli/program.ts';
import { witnessServer } from '@understory/cli/witness-server.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { parseVkey } from '@understory/transparency-log/note.ts';
import { createWitness } from '@understory/transparency-log/witness.ts';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { create } from '../../../packages/town/src/test-town.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { browserPath, newPerson, openBrowser } from './browser.ts';
import { press, tabTo, type } from './keyboard.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

describe('the first day, in a browser, by keyboard', function () {
	this.timeout(60_000);
	let town: TestTown;
	let browser: Browser;
	let teo: BrowserContext;
	let june: BrowserContext;
	let page: Page;
	let desk: Page;
	let branch: { name: string; url: string; slug: string };
	let accountability = '';
	let statement = '';

	const card = (role: 'patron' | 'host') => {
		const cards = town.file.libraries[0]!.demoCards;
		return cards.find(
			(one) => one.role === role && one.state === 'good' && (role === 'patron' || one.branch === branch.slug),
		)!;
	};

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0063'] });
		browser = await openBrowser();
		teo = await newPerson(browser);
		june = await newPerson(browser);
		page = await teo.newPage();
		desk = await june.newPage();
		const library = town.file.libraries[0]!;
		accountability = library.accountability;
		branch = library.branches.find((one) => one.stage === 'open')!;
	});
	after(async () => {
		await browser?.close();
		await town?.close();
	});

	async function signIn(at: Page, who: { card: string; pin: string }): Promise<void> {
		await at.goto(branch.url);
		await press(at, 'Sign in with your library card');
		await type(at, 'Library card number', who.card);
		await type(at, 'PIN', who.pin);
		await Promise.all([at.waitForNavigation(), at.keyboard.press('Enter')]);
	}

	it('the front page says where I am, who is here, and how far a post goes', async () => {
		await page.goto(branch.url);
		expect(await page.textContent('h1')).to.not.equal('');
		expect(await page.textContent('.door')).to.contain('host');
		await expectAccessible(page, 'branch-front');
		await page.goto(town.file.libraries[0]!.branches.find((one) => one.stage === 'unopened')!.url);
		await expectAccessible(page, 'branch-unopened');
	});

	it('every page of a branch that needs no account is accessible', async () => {
		for (const path of ['/about', '/rules', '/neighborhood', '/who-can-see', '/nothing-here']) {
			await page.goto(branch.url + path);
			await expectAccessible(page, `branch${path.replace('/', '-')}`);
		}
	});

	it('a wrong PIN is told in words, beside the form, and the PIN is not shown again', async () => {
		await page.goto(`${branch.url}/signin`);
		await expectAccessible(page, 'card');
		await type(page, 'Library card number', card('patron').card);
		await type(page, 'PIN', '0000');
		await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
		expect(await page.textContent('.note')).to.contain('do not match');
		expect(await page.inputValue('#pin')).to.equal('');
		await expectAccessible(page, 'card-wrong-pin');
	});

	it('card and PIN lead to a welcome that asks for a handle and shows the rules', async () => {
		await signIn(page, card('patron'));
		await expectAccessible(page, 'welcome');
		await type(page, 'Name people see', 'Teo Halvorsen');
		await type(page, 'Handle', 'teo');
		await tabTo(page, 'I have read the rules');
		await page.keyboard.press('Space');
		await press(page, 'Come in');
		expect(new URL(page.url()).pathname).to.equal('/home');
		await expectAccessible(page, 'board-empty');
	});

	it('a post is written, scoped and sent without a mouse, and its button says how far it goes', async () => {
		await type(page, 'Write', 'The fall seed swap is this Saturday.');
		await tabTo(page, `${branch.name} only`);
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('ArrowRight');
		expect(await page.isChecked('input[value=public]')).to.equal(true);
		expect(await page.isVisible('.when-public')).to.equal(true);
		await press(page, 'Post to everyone');
		expect(await page.textContent('main')).to.contain('The fall seed swap is this Saturday.');
		expect(await page.textContent('.post .scope')).to.contain('Everyone');
		await expectAccessible(page, 'thread');
		await page.goto(`${branch.url}/home`);
		expect(await page.textContent('.posts')).to.contain('The fall seed swap is this Saturday.');
		await expectAccessible(page, 'board');
		await page.goto(`${branch.url}/@teo`);
		await expectAccessible(page, 'profile');
		await page.goto(`${branch.url}/you`);
		await expectAccessible(page, 'you');
		await page.goto(`${branch.url}/find`);
		await expectAccessible(page, 'find');
	});

	it('everything a person can open is accessible, with everything in it unfolded', async () => {
		const unfold = () =>
			page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
		const show = async (path: string, name: string) => {
			if (path !== '') await page.goto(branch.url + path);
			await unfold();
			await expectAccessible(page, name);
		};
		await show('/home', 'composer-unfolded');
		await page.fill('#text', 'Soup or pie at the seed swap? #seeds');
		await page.fill('#choice_1', 'Soup');
		await page.fill('#choice_2', 'Pie');
		await page.fill('#summary', 'About food');
		await page.click('button[value=preview]');
		await show('', 'preview');
		await page.click('.compose button.btn');
		await show('', 'question');
		await page.click('a[href$="/edit"]');
		await show('', 'edit');
		await page.fill('#text', 'Soup or pie at the swap on Saturday? #seeds');
		await page.click('.compose button.btn');
		await page.click('a[href$="/history"]');
		await show('', 'history');
		await page.goto(`${branch.url}/home`);
		await page.click('a[href$="/quote"]');
		await show('', 'quote');
		await page.fill('#text', 'I bring the bowls.');
		await page.click('button[value=preview]');
		await show('', 'quote-preview');
		await page.click('.compose button.btn');
		await show('', 'quoting');
		await page.goto(`${branch.url}/home`);
		await page.click('.via a[href$="/quotes"]');
		await show('', 'quotes');
		await page.goto(`${branch.url}/home`);
		await page.click('button[value=preview]');
		await show('', 'composer-fault');
		const pages = [
			'/tags/seeds',
			'/search?q=seed',
			'/lists',
			'/messages',
			'/kept',
			'/events',
			'/events/new',
			'/you',
			'/you/followers',
			'/you/quotes',
			'/you/filters',
			'/you/away',
			'/you/move',
			'/you/leave',
		];
		for (const path of pages) await show(path, path.slice(1).replaceAll(/\W+/g, '-'));
	});

	it('the host decides under a rule, after seeing what the author and the public will read', async () => {
		await signIn(desk, card('host'));
		if (new URL(desk.url()).pathname === '/welcome') {
			await type(desk, 'Name people see', 'June');
			await type(desk, 'Handle', 'june');
			await tabTo(desk, 'I have read the rules');
			await desk.keyboard.press('Space');
			await press(desk, 'Come in');
		}
		await desk.goto(`${branch.url}/staff`);
		await expectAccessible(desk, 'staff');
		for (const room of ['voice', 'servers', 'reports', 'calendar']) {
			await desk.goto(`${branch.url}/staff/${room}`);
			await expectAccessible(desk, `staff-${room}`);
		}
		await desk.goto(`${branch.url}/staff`);
		await desk.goto(
			(await desk.getAttribute('a[href*="/decide"]', 'href'))
				? new URL((await desk.getAttribute('a[href*="/decide"]', 'href'))!, branch.url).href
				: '',
		);
		await expectAccessible(desk, 'decide');
		await desk.check('input[name=rule][value*=no-advertising]');
		await type(desk, /The facts, in two sentences/, 'The post offers seeds for money.');
		await desk.click('button[value=preview]');
		await expectAccessible(desk, 'decide-preview');
		await desk.click('button[value=decide]');
		await town.settle();
	});

	it('the author reads which rule and why, and the council reads the decision without a name', async () => {
		await page.goto(`${branch.url}/notices`);
		await expectAccessible(page, 'notices');
		await page.click('a[href^="/notices/"]');
		expect(await page.textContent('main')).to.contain('No advertising');
		await expectAccessible(page, 'removed');
		await page.click('a[href*="/statements/"]');
		expect(await page.textContent('main')).to.not.contain('teo');
		await expectAccessible(page, 'statement');
		statement = page.url();
		for (const path of [
			'/',
			'/council',
			'/data',
			'/audits',
			'/verify',
			'/statements',
			'/policies/conduct/1',
			`/branches/${new URL(branch.url).host}`,
			`/branches/${new URL(branch.url).host}/contacts`,
		]) {
			await page.goto(accountability + path);
			await expectAccessible(
				page,
				`accountability${path.replace(/[^a-z]+/g, '-').replace(/-$/, '') || '-front'}`.slice(0, 40),
			);
		}
	});

	it('the command prints the page of the council into a file, tagged, in either language, and says what it cannot', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'understory-council-'));
		const file = join(folder, 'council.pdf');
		let said = '';
		// The command runs in Node, which finds no host below localhost; this stands where a library's own name would lead.
		const { host, port } = new URL(accountability);
		const door = createServer((asked, answer) => {
			const to = { host: '127.0.0.1', port, path: asked.url, headers: { ...asked.headers, host } };
			request(to, (got) => got.pipe(answer.writeHead(got.statusCode!, got.headers))).end();
		}).listen(0, '127.0.0.1');
		await once(door, 'listening');
		const site = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
		const print = (...words: string[]) =>
			runCommand(['council-pdf', site, '--to', file, ...words], {
				...{ config: { url: null, token: null, loginFile: join(folder, 'login.json') }, seen: false },
				...{ now: () => 0, askSecret: async () => '', stopped: async () => undefined, out: () => undefined },
				say: (text) => {
					said += text;
				},
				file: () => Promise.reject(new Error('nothing is sent')),
				client: () => {
					throw new Error('nobody is asked');
				},
			});
		for (const language of ['en', 'es']) {
			expect(await print('--language', language, '--browser', browserPath()), said).to.equal(0);
			const pdf = readFileSync(file).toString('latin1');
			expect(pdf)
				.to.match(/^%PDF-/)
				.and.to.contain('/StructTreeRoot')
				.and.to.match(new RegExp(`/Lang ?\\(${language}`));
			expect(/\/Type \/Pages\s+\/Count (\d+)/.exec(pdf)![1], language).to.equal('1');
		}
		expect(await print('--quarter', '2999-Q1', '--browser', browserPath())).to.equal(1);
		expect(await print('--browser', join(folder, 'none'))).to.equal(1);
		expect(said).to.contain('2999-Q1').and.to.contain('There is no browser at');
		door.close();
		rmSync(folder, { recursive: true });
	});

	it('the page of the council is one printed page, and tagged', async () => {
		await page.goto(`${accountability}/council`);
		const pdf = (await page.pdf({ preferCSSPageSize: true, tagged: true })).toString('latin1');
		expect(/\/Type \/Pages\s+\/Count (\d+)/.exec(pdf)![1]).to.equal('1');
		expect(pdf).to.contain('/StructTreeRoot');
	});

	it('anybody checks its receipt in their own browser, without a network, and a wrong one is told', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'understory-receipt-'));
		const files: string[] = [];
		for (const ending of ['.json', '.tlog-proof']) {
			const file = join(folder, `statement${ending}`);
			writeFileSync(file, await (await page.goto(statement + ending))!.body());
			files.push(file);
		}
		const reporter = await newPerson(browser);
		const at = await reporter.newPage();
		await at.goto(`${accountability}/verify`);
		await press(at, 'Check a receipt in this browser');
		await expectAccessible(at, 'check');
		await reporter.setOffline(true);
		await at.setInputFiles('#entry', files[0]!);
		await at.setInputFiles('#proof', files[1]!);
		await tabTo(at, 'Check');
		await at.click('form .btn');
		await at.waitForSelector('output h2');
		expect(await at.textContent('output'))
			.to.match(/Proven/)
			.and.to.contain(new URL(accountability).host);
		await expectAccessible(at, 'check-proven');
		await at.setInputFiles('#entry', files[1]!);
		await at.click('form .btn');
		await at.locator('output h2', { hasText: 'Not proven' }).waitFor();
		await expectAccessible(at, 'check-not-proven');
		await reporter.close();
		rmSync(folder, { recursive: true, force: true });
	});

	it('a witness that library IT named is on the page of the log, and counted on that of the council', async () => {
		const key = /<code>(accountability[^<]+)</.exec(
			await (await page.goto(`${accountability}/verify`))!.text(),
		);
		const witness = createWitness({
			name: 'clerk.anytown.example/witness',
			key: generateKey(),
			logs: [parseVkey(key![1]!.replaceAll('&#x3D;', '='))],
			storage: folderStorage(join(town.data, 'clerk')),
			now: () => Date.now(),
		});
		const server = witnessServer({ witness, failed: () => undefined }).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		const api = createApiClient({
			url: town.file.console,
			token: town.file.adminToken,
			send: sendByFetch,
			randomId: randomUUID,
			wait: () => town.settle(),
		});
		await api.call('changeLibrary', {
			params: { library: town.file.libraries[0]!.slug },
			body: { witnesses: [{ vkey: witness.vkey, url: `http://clerk.localhost:${port}` }] },
		});
		await town.settle();
		await page.goto(`${accountability}/verify`);
		expect(await page.textContent('main')).to.contain('Signed the checkpoint above');
		await expectAccessible(page, 'verify-witnessed');
		await page.goto(`${accountability}/council`);
		expect(await page.textContent('main')).to.contain('by 1 independent witness.');
		await expectAccessible(page, 'council-witnessed');
		server.close();
	});

	it('Spanish is one keypress away and says the same', async () => {
		await page.goto(branch.url);
		await press(page, 'Español');
		expect(await page.getAttribute('html', 'lang')).to.equal('es');
		await expectAccessible(page, 'branch-front-es');
		await page.goto(`${branch.url}/home`);
		await expectAccessible(page, 'board-es');
	});

	it('signing out ends the sign-in at the library too, for the next person at this computer', async () => {
		const { signIn: cards } = town.file.libraries[0]!;
		// Without a word from a branch the library asks first.
		await page.goto(`${cards}/session/end`);
		await expectAccessible(page, 'sign-out');
		await page.goto(`${branch.url}/home?lang=en`);
		await press(page, 'Sign out');
		expect(page.url()).to.equal(`${branch.url}/`);
		await page.goto(`${branch.url}/signin`);
		expect(await page.textContent('h1')).to.contain('Sign in with your library card');
	});

	it('a computer that others use too is marked by its start page, and says so on the card page', async () => {
		const { signIn: cards } = town.file.libraries[0]!;
		const desktop = await (await newPerson(browser)).newPage();
		await desktop.goto(`${cards}/shared-computer`);
		await expectAccessible(desktop, 'shared-computer');
		await desktop.goto(`${branch.url}/signin`);
		expect(await desktop.getAttribute('#card', 'autocomplete')).to.equal('off');
		await expectAccessible(desktop, 'card-shared');
		await desktop.goto(`${cards}/shared-computer`);
		await press(desktop, 'It is my own');
		await expectAccessible(desktop, 'shared-computer-own');
	});

	it('library IT signs in to the console, looks at a branch, and opens one', async () => {
		const it = await (await newPerson(browser)).newPage();
		await it.goto(town.file.console);
		await expectAccessible(it, 'console-sign-in');
		await type(it, 'API token', town.file.adminToken);
		await Promise.all([it.waitForNavigation(), it.keyboard.press('Enter')]);
		await expectAccessible(it, 'console-libraries');
		await press(it, 'Multnomah County Library');
		await expectAccessible(it, 'console-library');
		await press(it, 'How cards are checked');
		await expectAccessible(it, 'console-sign-in-settings');
		const unfold = () =>
			it.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
		await it.click('text=SIP2');
		await unfold();
		await expectAccessible(it, 'console-connector');
		await type(it, 'Host', 'a b');
		await type(it, 'Institution', 'MAIN');
		await it.keyboard.press('Enter');
		await it.waitForSelector('.note');
		expect(await it.inputValue('[id="connector.institution"]'), 'what was typed').to.equal('MAIN');
		await unfold();
		await expectAccessible(it, 'console-connector-refused');
		await press(it, 'Networks that are allowed');
		await it.fill('#cidr', '8.8.8.8');
		await it.click('form .btn');
		await expectAccessible(it, 'console-networks-refused');
		await it.fill('#cidr', '10.20.0.0/16');
		await it.fill('#port', '6001');
		await it.click('form.sheet .btn');
		await expectAccessible(it, 'console-networks');
		await press(it, 'How cards are checked');
		await press(it, 'A list of cards');
		await it.fill('[id="connector.upload_key"]', 'k'.repeat(24));
		await it.click('form.sheet .btn');
		await expectAccessible(it, 'console-sign-in-settings-kept');
		await unfold();
		await it.fill('#settings', '{"state": "live"');
		await it.click('form[action$="/sign-in"] .btn');
		expect(await it.textContent('.note')).to.contain('not JSON');
		await expectAccessible(it, 'console-sign-in-settings-refused');
		await press(it, 'Multnomah County Library');
		await press(it, 'Kenton');
		await expectAccessible(it, 'console-branch');
		await press(it, 'Open Kenton');
		expect(await it.textContent('.note')).to.contain('Name the host');
		await expectAccessible(it, 'console-branch-missing');
		await it.fill('#host', 'Wendell Paik');
		await it.fill('#place', 'The round table upstairs');
		await it.fill('#deputy', 'Anh Thu Moreau');
		await it.fill('#appeal_partner', 'The moderation team');
		await it.check('input[name=day][value="2"]');
		await it.check('input[name=policies]');
		await Promise.all([it.waitForNavigation(), it.click('text=Open Kenton')]);
		await town.settle();
		await it.goto(town.file.libraries[0]!.branches.find((one) => one.slug === 'kenton')!.url);
		expect(await it.textContent('.door')).to.contain('Wendell Paik');
	});
});
