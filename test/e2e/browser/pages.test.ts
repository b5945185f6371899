import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { instanceOf, startFarMastodon } from '../../../packages/provisioner/test/fixtures/far-mastodon.ts';
import { create } from '../../../packages/town/src/test-town.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { call } from '../api.ts';
import { newPerson, openBrowser } from './browser.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

/** The pages that one comes to only after somebody did something: each is held to the same bar as those that are always there. */
describe('pages that follow from what people do', function () {
	this.timeout(120_000);
	let town: TestTown;
	let browser: Browser;
	let folder: string;
	let calendar: Server;
	let [north, south] = ['', ''];
	let ana: Page;
	let ben: Page;
	let carla: Page;
	let june: Page;
	/** Somebody who is put on a team. */
	let member: { card: string; pin: string };

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0063'] });
		browser = await openBrowser();
		folder = mkdtempSync(join(tmpdir(), 'understory-pages-'));
		const open = town.file.libraries[0]!.branches.filter(({ stage }) => stage === 'open');
		[north, south] = [open[0]!.url, open[1]!.url];
		const cards = town.file.libraries[0]!.demoCards.filter(({ state }) => state === 'good');
		const patrons = cards.filter(({ role }) => role === 'patron');
		const host = cards.find(({ role, branch }) => role === 'host' && branch === open[0]!.slug)!;
		member = patrons[3]!;
		ana = await comeIn(north, patrons[0]!, 'ana');
		ben = await comeIn(north, patrons[1]!, 'ben');
		carla = await comeIn(south, patrons[2]!, 'carla');
		june = await comeIn(north, host, 'june');
	});
	after(async () => {
		calendar?.close();
		await browser?.close();
		await town?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	async function comeIn(
		branch: string,
		{ card, pin }: { card: string; pin: string },
		handle: string,
	): Promise<Page> {
		const page = await (await newPerson(browser)).newPage();
		await page.goto(`${branch}/signin`);
		await page.fill('#card', card);
		await page.fill('#pin', pin);
		await go(page, 'main button.btn');
		if (new URL(page.url()).pathname === '/welcome') {
			await page.fill('#name', `${handle[0]!.toUpperCase()}${handle.slice(1)} Moreau`);
			await page.fill('#handle', handle);
			await page.check('input[name=rules]');
			await go(page, 'main button.btn');
		}
		return page;
	}
	const go = (page: Page, selector: string) => Promise.all([page.waitForNavigation(), page.click(selector)]);
	async function write(page: Page, branch: string, text: string, scope: string): Promise<string> {
		await page.goto(`${branch}/home`);
		await page.fill('#text', text);
		await page.check(`input[name=scope][value=${scope}]`);
		await go(page, '.compose button.btn');
		return page.url();
	}
	/** Holds what is open to the bar, with everything in it unfolded. */
	async function hold(page: Page, name: string): Promise<void> {
		await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
		expect(await page.textContent('main'), name).to.not.match(/\[object|undefined/);
		await expectAccessible(page, name);
	}
	const address = (handle: string, branch: string) => `@${handle}@${new URL(branch).host}`;

	it('telling a host about a post and about a person, what is missing, and the thanks', async () => {
		const post = await write(ana, north, 'Free puppies, only fifty dollars each', 'branch');
		await ben.goto(`${north}/posts/${post.split('/').at(-1)}/report`);
		await hold(ben, 'report');
		await ben.evaluate("document.querySelector('main form').noValidate = true");
		await go(ben, 'main button.btn');
		await hold(ben, 'report-fault');
		await ben.fill('#words', 'This sells something.');
		await go(ben, 'main button.btn');
		expect(await ben.textContent('h1')).to.contain('A host will look at it');
		await hold(ben, 'reported');
		await ben.goto(`${north}/@ana`);
		await ben.click('summary:has-text("See less of")');
		await go(ben, 'a[href^="/people/report"]');
		await hold(ben, 'report-person');
		await ben.fill('#words', 'They do it every week.');
		await go(ben, 'main button.btn');
		await hold(ben, 'reported-person');
		await june.goto(`${north}/staff/reports`);
		expect(await june.textContent('main')).to.contain('Free puppies');
		await hold(june, 'staff-reports-open');
		await go(june, '.list a');
		expect(await june.textContent('main')).to.contain('This sells something.');
		await hold(june, 'matter');
		await go(june, 'form[action$="/close"] button');
		await hold(june, 'matter-fault');
		await june.check('input[name=outcome][value=within_rules]');
		await june.fill('#reason', 'Puppies may be given away here. The fee covers what the vet asks for them.');
		await go(june, 'form[action$="/close"] button');
		await hold(june, 'matter-closed');
		await ben.goto(`${north}/notices`);
		await hold(ben, 'notices-report');
		await go(ben, 'a[href^="/reports/"]');
		expect(await ben.textContent('main')).to.contain('what the vet asks');
		await hold(ben, 'report-outcome');
	});

	it('newcomers who would like a hello: the list, the words, what is missing, and that somebody wrote', async () => {
		await ana.goto(`${north}/you`);
		await go(ana, 'form[action="/you/greeting"] button');
		await hold(ana, 'you-greeting');
		await june.goto(`${north}/staff/newcomers`);
		await hold(june, 'newcomers');
		await go(june, '.list a');
		expect(await june.inputValue('#text')).to.contain('Hello Ana Moreau, welcome to');
		await hold(june, 'greet');
		await june.fill('#text', ' ');
		await june.evaluate("document.querySelector('main form').noValidate = true");
		await go(june, 'main form button.btn');
		await hold(june, 'greet-fault');
		await june.fill('#text', 'Good to have you here. Story time is on Thursdays.');
		await go(june, 'main form button.btn');
		expect(await june.textContent('main')).to.contain('Somebody said hello');
		await hold(june, 'newcomers-greeted');
	});

	it('a list, empty and with people and posts', async () => {
		await ben.goto(`${north}/lists`);
		await ben.fill('#name', 'People with dogs');
		await go(ben, 'main form button.btn');
		await hold(ben, 'list-empty');
		await ben.fill('#address', '@ana');
		await go(ben, 'form[action$="/people"] button');
		expect(await ben.textContent('main')).to.contain('Free puppies');
		await hold(ben, 'list');
		await ben.fill('#address', 'nobody at all');
		await go(ben, 'form[action$="/people"] button');
		await hold(ben, 'list-fault');
	});

	it('an answer whose post is not for whoever reads it', async () => {
		const first = await write(ana, north, 'Who has a ladder?', 'branch');
		await ben.goto(first);
		await ben.fill('#text', 'I have two, take your pick.');
		await go(ben, '.compose button.btn');
		const answer = ben.url();
		await june.goto(`${north}/@ana`);
		await june.click('summary:has-text("See less of")');
		await go(june, 'button[value=block]');
		await hold(june, 'away');
		await june.goto(answer);
		expect(await june.textContent('.gap')).to.contain('not for you');
		await hold(june, 'thread-missing');
	});

	it('notices of several together', async () => {
		const post = await write(carla, south, 'Tomatoes for everybody at the back door', 'neighborhood');
		await town.settle();
		for (const page of [ana, ben, june]) {
			await page.goto(`${north}/home`);
			await go(page, '.post:has-text("Tomatoes") form[action$="/star"] button');
		}
		await town.settle();
		await carla.goto(`${south}/notices`);
		expect(await carla.textContent('main')).to.contain('and 2 others starred your post.');
		await hold(carla, 'notices-together');
		expect(post).to.contain('/@carla/');
	});

	it('events with the library’s own calendar, one of a neighbor, and where one is going', async () => {
		const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
		const entries = [
			'Story time',
			'Closed for a very long holiday with a very long name that has to break somewhere',
		]
			.map((title, n) =>
				[
					'BEGIN:VEVENT',
					`UID:${n}`,
					`SUMMARY:${title}`,
					`DTSTART:${day.replaceAll('-', '')}T1${n}0000Z`,
					`DTEND:${day.replaceAll('-', '')}T1${n}3000Z`,
					'LOCATION:The children’s room, upstairs',
					`URL:https://library.example/events/${n}`,
					'END:VEVENT',
				].join('\r\n'),
			)
			.join('\r\n');
		const text = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n${entries}\r\nEND:VCALENDAR\r\n`;
		calendar = createServer((_request, response) =>
			response.setHeader('content-type', 'text/calendar').end(text),
		);
		await new Promise<void>((resolve) => calendar.listen(0, '127.0.0.1', resolve));
		await june.goto(`${north}/staff/calendar`);
		await june.fill('#url', `http://calendar.localhost:${(calendar.address() as AddressInfo).port}/all.ics`);
		await go(june, 'main button.btn');
		await town.settle();
		await june.goto(`${north}/staff/calendar`);
		expect(await june.textContent('main')).to.contain('2 events are shown.');
		await hold(june, 'staff-calendar-read');
		await june.goto(`${north}/staff/parents`);
		await june.fill('#handle', 'ana');
		await go(june, 'main form button.btn');
		expect(await june.textContent('main')).to.contain('No teen has this handle here.');
		await hold(june, 'staff-parents-refused');
		const nobody = await (await newPerson(browser)).newPage();
		await nobody.goto(north);
		expect(await nobody.textContent('main')).to.contain('Story time');
		await hold(nobody, 'front-filled');
		await carla.goto(`${south}/events/new`);
		await carla.fill('#title', 'Dominoes');
		await carla.fill('#day', day);
		await carla.fill('#from', '17:00');
		await carla.fill('#to', '19:00');
		await carla.fill('#place', 'The bench by the window');
		await carla.fill('#text', 'Bring nothing, we have tiles.');
		await carla.check('input[name=joining][value=asked]');
		await carla.check('input[name=scope][value=neighborhood]');
		await go(carla, 'main button.btn');
		await town.settle();
		await ana.goto(`${north}/events`);
		expect(await ana.textContent('main'))
			.to.contain('Story time')
			.and.to.contain('Dominoes');
		await hold(ana, 'events-filled');
		await go(ana, 'form[action$="/attend"] button');
		await town.settle();
		await ana.goto(`${north}/events/mine`);
		expect(await ana.textContent('main')).to.contain('The organizer has not answered yet');
		await hold(ana, 'events-mine');
		await carla.goto(`${south}/events`);
		await hold(carla, 'event-organizer');
		await go(carla, 'a[href^="/events/"][href$="/edit"]');
		await hold(carla, 'event-edit');
		await carla.fill('#place', 'The hall upstairs');
		await go(carla, 'main form button.btn');
		await town.settle();
		await ana.goto(`${north}/notices`);
		expect(await ana.textContent('main')).to.contain('changed when or where an event is');
	});

	it('a file that is brought: what is wrong, what would happen, how far it is, and the report', async () => {
		await ben.goto(`${north}/you/import`);
		await hold(ben, 'import');
		const file = join(folder, 'blocked_accounts.csv');
		const bring = async (text: string) => {
			writeFileSync(file, text);
			await ben.goto(`${north}/you/import`);
			await ben.setInputFiles('#file', file);
			await ben.check('input[value=overwrite]');
			await go(ben, 'main button.btn');
		};
		await bring('');
		await hold(ben, 'import-fault');
		await bring(`${address('carla', south)}\njune\nnot somebody\nan.old.friend@a-server-far-away.example\n`);
		expect(await ben.textContent('main')).to.contain('This looks like another kind of file');
		await hold(ben, 'import-shown');
		await go(ben, 'form[action$="/start"] button');
		await hold(ben, 'import-running');
		await town.settle();
		await ben.reload();
		expect(await ben.textContent('main')).to.contain('The file is done');
		await hold(ben, 'import-done');
		await ben.goto(`${north}/you/import`);
		await hold(ben, 'import-files');
	});

	it('a profile that moved, and the page after an account is deleted', async () => {
		await carla.goto(`${south}/you/move`);
		await carla.fill('#address-in', address('ana', north));
		await go(carla, 'form[action="/you/aliases"] button');
		await hold(carla, 'move-in');
		await ana.goto(`${north}/you/move`);
		await ana.fill('#address-out', address('carla', south));
		await go(ana, 'form[action="/you/move"] button');
		await hold(ana, 'moved');
		await ben.goto(`${north}/@ana`);
		expect(await ben.textContent('main')).to.contain('has moved to');
		await hold(ben, 'profile-moved');
		await ana.goto(`${north}/you/leave`);
		await ana.fill('#handle', 'somebody else');
		await go(ana, 'form[action="/you/delete"] button');
		await hold(ana, 'leave-fault');
		await ana.fill('#handle', 'ana');
		await go(ana, 'form[action="/you/delete"] button');
		expect(await ana.textContent('h1')).to.contain('Your account is deleted');
		await hold(ana, 'left');
	});

	async function atConsole(): Promise<Page> {
		const page = await (await newPerson(browser)).newPage();
		await page.goto(town.file.console);
		await page.fill('#token', town.file.adminToken);
		await go(page, 'main button.btn');
		return page;
	}

	it('what library IT sees of the keys that sign, and what withdrawing one means', async () => {
		const it = await atConsole();
		const { slug } = town.file.libraries[0]!;
		await town.settle();
		await it.goto(new URL(`/libraries/${slug}/signing-keys`, town.file.console).href);
		await go(it, '.manila button.btn');
		expect(await it.textContent('.note')).to.contain('This is being done');
		await hold(it, 'console-keys-asked');
		await town.settle();
		await it.reload();
		await hold(it, 'console-keys');
		await it.check('tr:has-text("Signs") input[name=key]');
		await go(it, 'main form[method=get] button');
		expect(await it.textContent('.note')).to.contain('Everybody will be signed out');
		await hold(it, 'console-keys-withdraw');
	});

	it('what the branches of a neighborhood decide together', async () => {
		const { slug } = town.file.libraries[0]!;
		const api = (method: string, path: string, body?: object) =>
			call(town.port, method, `/api/v1${path}`, { token: town.file.adminToken, body });
		const { body } = await api('GET', '/neighborhoods');
		const path = `/neighborhoods/${body.items[0].id}`;
		const changes = { by: 'members', share: [2, 3], quorum: [1, 2], days: 14 };
		expect((await api('PATCH', path, { changes })).status).to.equal(200);
		await town.settle();
		await api('POST', `/libraries/${slug}/branches`, {
			...{ slug: 'bookmobile', name: 'Bookmobile' },
			address: { street: '205 NE Russell St', city: 'Portland', region: 'OR', postcode: '97212' },
		});
		await town.settle();
		const reason = 'As the hosts of all talked over.';
		for (const [kind, domain] of [
			['admit', `bookmobile.${slug}.localhost:${town.port}`],
			['expel', new URL(north).host],
		]) {
			const made = await api('POST', `${path}/proposals`, { kind, domain, reason });
			expect(made.status, JSON.stringify(made.body)).to.equal(201);
		}
		await town.settle();
		await june.goto(`${north}/staff/neighborhood`);
		expect(await june.textContent('main')).to.contain('It is about this branch');
		await hold(june, 'neighborhood-proposed');
		await june.fill('#words', 'Write to @ana@elsewhere.example.');
		await go(june, 'form[action$="/reply"] button');
		await hold(june, 'neighborhood-reply-faulty');
		await go(june, 'form[action$="/ask"] button');
		await hold(june, 'neighborhood-question');
		const question = new URL(june.url()).pathname.split('/').at(-1)!;
		await ana.goto(`${north}/asked/${question}`);
		await hold(ana, 'neighborhood-asked');
		const list = { kind: 'follow_list', domain: 'https://lists.invalid/kept-away.csv', name: 'Kept away' };
		expect((await api('POST', `${path}/proposals`, { ...list, reason })).status).to.equal(201);
		await town.settle();
		await june.goto(`${north}/staff/neighborhood`);
		await go(june, 'main form[method=get] button');
		expect(await june.textContent('main')).to.contain('Its server did not answer');
		await hold(june, 'neighborhood-list-looked');
		await go(june, 'form[action$="/ask"] button');
		await hold(june, 'neighborhood-list-question');
		await ana.goto(`${north}/neighborhood`);
		await hold(ana, 'neighborhood-deciding');
		const it = await atConsole();
		await it.goto(new URL(`/libraries/${slug}/neighborhood`, town.file.console).href);
		await hold(it, 'console-neighborhood');
	});

	it('how full the cells of the platform are', async () => {
		const it = await atConsole();
		await go(it, 'main a[href="/cells"]');
		await hold(it, 'console-cells');
		await go(it, 'main a[href="/cells/default"]');
		await hold(it, 'console-cell');
		const { slug } = town.file.libraries[0]!;
		await it.goto(new URL(`/libraries/${slug}/upgrade-hours`, town.file.console).href);
		await it.fill('#from', '25');
		await go(it, 'form[action$="/upgrade-hours"] button');
		await hold(it, 'console-upgrade-hours-fault');
	});

	it('a second cell: what may be chosen for a branch that moves, and taking it away', async () => {
		// One machine has one cell, and the pages of two are the same anywhere: nothing is started in this one.
		const { database, clock } = town.roles.provisioner.context;
		const numbers = { most_homes: 20, most_branches: 400, starts_per_minute: 60, starts_at_once: 2 };
		const east = { name: 'east', kubeconfig: 'east', takes: 'none', libraries: [], ...numbers };
		await database('cell').insert({ ...east, created: clock.now() });
		const it = await atConsole();
		const { slug, branches } = town.file.libraries[0]!;
		const opened = branches.find(({ url }) => url === south)!;
		for (const language of ['es', 'en']) {
			const life = `/libraries/${slug}/branches/${opened.slug}/life?lang=${language}`;
			await it.goto(new URL(life, town.file.console).href);
			expect(await it.textContent('#cell')).to.contain('east');
			await hold(it, `console-life-cells-${language}`);
		}
		await it.goto(new URL('/cells', town.file.console).href);
		await hold(it, 'console-cells-two');
		await go(it, 'main a[href="/cells/east"]');
		await hold(it, 'console-cell-empty');
		await go(it, 'form[action="/cells/east/remove"] button');
		expect(await it.textContent('#confirm-fault')).to.contain('Write the name of the cell');
		await hold(it, 'console-cell-remove-fault');
		await it.fill('#confirm', 'east');
		await go(it, 'form[action="/cells/east/remove"] button');
		expect(await it.textContent('main')).to.not.contain('east');
	});

	it('tokens, who comes in by their own account, and the code of a command', async () => {
		const it = await atConsole();
		const at = (path: string) => it.goto(new URL(path, town.file.console).href);
		await at('/tokens');
		await hold(it, 'console-tokens');
		await go(it, 'main form[action="/tokens"] button');
		await hold(it, 'console-tokens-fault');
		await it.fill('#name', 'a report');
		await go(it, 'main form[action="/tokens"] button');
		await hold(it, 'console-tokens-made');
		await at('/grants');
		await hold(it, 'console-grants-none');
		await it.fill('#provider_name', 'City of Salem');
		await it.fill('#issuer', 'http://login.localhost:1');
		await go(it, 'main form[action="/grants/provider"] button');
		await hold(it, 'console-provider-fault');
		await it.fill('#client_id', 'understory');
		await it.fill('#client_secret', 'a-secret-of-the-city');
		await go(it, 'main form[action="/grants/provider"] button');
		await go(it, 'main form[action="/grants"] button');
		await hold(it, 'console-grants-fault');
		await it.fill('#name', 'Ana');
		await it.fill('#value', 'ana@library.example');
		await go(it, 'main form[action="/grants"] button');
		await hold(it, 'console-grants');
		await at('/command');
		await hold(it, 'console-command');
		await it.fill('#code', 'BBBB-BBBB');
		await go(it, 'main form button');
		await hold(it, 'console-command-fault');
		const visitor = await (await newPerson(browser)).newPage();
		await visitor.goto(town.file.console);
		await hold(visitor, 'console-sign-in-by-account');
		await go(visitor, 'main a.btn');
		await hold(visitor, 'console-sign-in-refused');
		await at('/grants');
		await go(it, 'main form[action="/grants/provider/end"] button');
		expect(await it.textContent('#sure_end-fault')).to.contain('Tick that');
		await hold(it, 'console-grants-end-fault');
		await it.check('#sure_end');
		await go(it, 'main form[action="/grants/provider/end"] button');
		const own = `/libraries/${town.file.libraries[0]!.slug}/staff-sign-in`;
		await at(own);
		await hold(it, 'console-own-provider-none');
		await go(it, `main form[action="${own}"] button`);
		await hold(it, 'console-own-provider-fault');
		await it.fill('#provider_name', 'County of Multnomah');
		await it.fill('#issuer', 'http://login.localhost:1');
		await it.fill('#client_id', 'understory');
		await it.fill('#client_secret', 'a-secret-of-the-county');
		await go(it, `main form[action="${own}"] button`);
		await go(it, `main form[action="${own}/try"] button`);
		expect(await it.textContent('.note')).to.contain('It does not answer');
		await hold(it, 'console-own-provider-silent');
		await at(`${own}?lang=es`);
		expect(await it.textContent('h1')).to.contain('Cómo entra el personal');
		await hold(it, 'console-own-provider-es');
		await go(it, `main form[action="${own}/end"] button`);
	});

	it('a file of branches: the form, no file chosen, what it would do, and taken in', async () => {
		const it = await atConsole();
		await go(it, 'main a[href="/imports"]');
		await hold(it, 'console-imports');
		await go(it, 'main form button');
		await hold(it, 'console-imports-none');
		const text = 'library,branch,name,city\nnowhere,a,A,B\n';
		await it.setInputFiles('#file', { name: 'county.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await go(it, 'main form button');
		expect(await it.textContent('main')).to.contain('There is no library nowhere.');
		expect(await it.locator('form[action$="/confirm"]').count()).to.equal(0);
		await hold(it, 'console-import-nothing');
		await it.goto(new URL('/imports', town.file.console).href);
		const good = 'library,branch,name,city,library_name,region\nwallowa,a,A,B,Wallowa,OR\n';
		await it.setInputFiles('#file', { name: 'county.csv', mimeType: 'text/csv', buffer: Buffer.from(good) });
		await go(it, 'main form button');
		await hold(it, 'console-import-preview');
		await go(it, 'form[action$="/confirm"] button');
		await town.settle();
		await it.reload();
		await hold(it, 'console-import');
		const listed = new URL('/libraries/wallowa', town.file.console).href;
		for (const language of ['es', 'en']) {
			await it.goto(`${listed}?lang=${language}`);
			await hold(it, `console-library-listed-${language}`);
		}
		await it.goto(`${listed}/branches/a`);
		expect(await it.textContent('.note')).to.contain('Nothing runs for it yet');
		await hold(it, 'console-branch-listed');
	});

	it('making a library, a branch of it, and naming it: each form, and what is wrong with it', async () => {
		const it = await atConsole();
		await go(it, 'main a[href="/new-library"]');
		await hold(it, 'console-new-library');
		await go(it, 'main form button');
		expect(await it.textContent('#zone-fault')).to.contain('Write a time zone');
		await hold(it, 'console-new-library-faults');
		const { slug, branches } = town.file.libraries[0]!;
		const library = new URL(`/libraries/${slug}`, town.file.console).href;
		await it.goto(library);
		await go(it, 'main a[href$="/new-branch"]');
		await hold(it, 'console-new-branch');
		await it.fill('#north', '91');
		await go(it, 'main form button');
		await hold(it, 'console-new-branch-faults');
		await it.goto(`${library}/branches/${branches[0]!.slug}/name-and-place?lang=es`);
		await hold(it, 'console-name-es');
		await it.fill('#name', '');
		await go(it, 'main form button');
		await hold(it, 'console-name-faults');
	});

	it('opening a branch: everything that is missing at its field', async () => {
		const it = await atConsole();
		const { slug, branches } = town.file.libraries[0]!;
		const closed = branches.find(({ stage }) => stage === 'unopened')!;
		await it.goto(new URL(`/libraries/${slug}/branches/${closed.slug}`, town.file.console).href);
		await it.check('input[name=day][value="3"]');
		await go(it, 'form[action$="/open"] button');
		expect(await it.textContent('#host-fault')).to.contain('Name the host');
		expect(await it.isChecked('input[name=day][value="3"]')).to.equal(true);
		await hold(it, 'console-open-faults');
	});

	it('the bill of a library, its quotas and its copies, and what is wrong with them', async () => {
		const it = await atConsole();
		const { slug } = town.file.libraries[0]!;
		await it.goto(new URL(`/libraries/${slug}/bill`, town.file.console).href);
		await hold(it, 'console-bill');
		await it.fill('#branches', 'many');
		await go(it, 'form[action$="/quotas"] button');
		await hold(it, 'console-bill-faults');
		await it.goto(new URL(`/libraries/${slug}/backups`, town.file.console).href);
		await it.click('summary');
		await it.fill('#every_hours', '0');
		await go(it, 'form[action$="/backup-schedule"] button');
		await hold(it, 'console-backups-fault');
	});

	it('what counsel settles about records: what is known of a state, the form, and what is wrong with it', async () => {
		const it = await atConsole();
		const { slug } = town.file.libraries[0]!;
		await it.goto(new URL(`/libraries/${slug}/records?profile=wy`, town.file.console).href);
		expect(await it.textContent('main')).to.contain('ADM-GMT-05');
		await hold(it, 'console-records');
		await it.fill('#words_least', '2');
		await go(it, 'form.sheet button.btn');
		await hold(it, 'console-records-faults');
	});

	it('moderation teams that a library shares: none, what is missing, one with somebody on it, and their invitation', async () => {
		const it = await atConsole();
		const teams = new URL(`/libraries/${town.file.libraries[0]!.slug}/teams`, town.file.console).href;
		await it.goto(teams);
		await hold(it, 'console-teams-none');
		await go(it, 'form[action$="/teams"] button.btn');
		expect(await it.textContent('#name-fault')).to.contain('Write a name');
		await hold(it, 'console-teams-fault');
		await it.fill('#name', 'The river team');
		await go(it, 'form[action$="/teams"] button.btn');
		await it.fill('input[id^="member-"]', 'Mo Lind');
		await go(it, 'form[action$="/members"] button');
		await it.fill('input[id^="offer-"]', 'nowhere');
		await go(it, 'form[action$="/offer"] button');
		await hold(it, 'console-teams-offer-fault');
		await go(it, 'form[action$="/invite"] button');
		expect(await it.textContent('#invited')).to.contain('The invitation');
		await hold(it, 'console-teams-invited');
		const invitation = await it.getAttribute('#invited ~ p a, [aria-labelledby=invited] a', 'href');
		const mo = await (await newPerson(browser)).newPage();
		await mo.goto(invitation!);
		await mo.fill('#card', member.card);
		await mo.fill('#pin', member.pin);
		await go(mo, 'main button.btn');
		await town.settle();
		const list = await comeIn(south, member, 'mo');
		for (const language of ['en', 'es']) {
			await list.goto(`${south}/staff/team?lang=${language}`);
			await hold(list, `staff-team-${language}`);
		}
		await it.goto(teams);
		await hold(it, 'console-teams-waiting');
	});

	it('how many members each body of the contacts has, and what is wrong with it', async () => {
		const it = await atConsole();
		const { slug } = town.file.libraries[0]!;
		await it.goto(new URL(`/libraries/${slug}/bodies`, town.file.console).href);
		await hold(it, 'console-bodies');
		await it.fill('#members_0', '0');
		await go(it, 'form.sheet button.btn');
		await hold(it, 'console-bodies-fault');
	});

	it('the rules of a library: their versions, the next one, a rule with what is refused in it, and what it would change', async () => {
		const it = await atConsole();
		const rules = new URL(`/libraries/${town.file.libraries[0]!.slug}/policies`, town.file.console).href;
		await it.goto(rules);
		await hold(it, 'console-rules');
		await it.goto(`${rules}/conduct/1`);
		await hold(it, 'console-rules-version');
		await it.goto(`${rules}/conduct/next`);
		await hold(it, 'console-rules-next');
		await go(it, 'button[value="edit:no-threats"]');
		await hold(it, 'console-rule');
		await it.fill('[id="text.en"]', 'Nothing offensive.');
		await go(it, 'button[value="put:no-threats"]');
		expect(await it.textContent('[id="text.en-fault"]')).to.contain('judges an opinion');
		await hold(it, 'console-rule-fault');
		await it.fill('[id="text.en"]', 'Do not say that you will hurt the mayor.');
		await go(it, 'button[value="put:no-threats"]');
		await it.fill('#adopted_by', 'The board, resolution 12');
		await it.fill('#effective_on', '2099-01-01');
		await go(it, 'button[value=look]');
		expect(await it.textContent('.manila')).to.contain('names those whom people must be free to criticize');
		await hold(it, 'console-rules-looked');
	});

	it('what library IT says of whom a branch exchanges posts with', async () => {
		const it = await atConsole();
		const { slug, branches } = town.file.libraries[0]!;
		const settings = `/libraries/${slug}/branches/${branches.find(({ url }) => url === south)!.slug}/settings`;
		await it.goto(new URL(settings, town.file.console).href);
		await hold(it, 'console-settings');
		await it.check('input[value=cautious]');
		await go(it, 'main button.btn');
		await town.settle();
		await it.reload();
		expect(await it.textContent('.note')).to.contain('The branch has taken it up.');
		await hold(it, 'console-settings-done');
		await it.evaluate("document.querySelector('input[value=open]').value = 'everything'");
		await it.check('input[value=everything]');
		await go(it, 'main button.btn');
		await hold(it, 'console-settings-fault');
		await carla.goto(`${south}/about`);
		expect(await carla.textContent('main')).to.contain('let in by a host');
	});

	it('a server on other software: looked at and listed at the console, and shown with its versions on the public site', async () => {
		const old = await startFarMastodon();
		try {
			const it = await atConsole();
			const { slug, accountability } = town.file.libraries[0]!;
			await it.goto(new URL(`/libraries/${slug}/external-servers`, town.file.console).href);
			await hold(it, 'console-external');
			await it.fill('#address', 'nowhere');
			await go(it, 'form[action$=preview] button');
			await hold(it, 'console-external-fault');
			await it.fill('#address', old.origin);
			await go(it, 'form[action$=preview] button');
			expect(await it.textContent('.manila')).to.contain('No advertising.');
			await hold(it, 'console-external-looked');
			await go(it, '.manila button.btn');
			expect(await it.textContent('table')).to.contain(old.host);
			await hold(it, 'console-external-listed');
			const [server] = await town.roles.provisioner.context.database('external_server').select('id');
			old.say('/api/v2/instance', {
				json: instanceOf(old.host, { rules: [{ id: '1', text: 'No threats at all.' }] }),
			});
			await go(it, `form[action$="${server.id}"] button[value=check]`);
			await town.settle();
			await it.goto(`${accountability}/`);
			await hold(it, 'accountability-external-front');
			await it.goto(`${accountability}/branches/${old.host}`);
			expect(await it.textContent('main'))
				.to.contain('No threats at all.')
				.and.to.contain('runs on other software');
			await hold(it, 'accountability-external');
			await it.goto(`${accountability}/branches/${old.host}/versions/2`);
			await hold(it, 'accountability-external-version');
			old.say('/api/v2/instance', { status: 503 });
			await it.goto(new URL(`/libraries/${slug}/external-servers`, town.file.console).href);
			await go(it, `form[action$="${server.id}"] button[value=check]`);
			await hold(it, 'console-external-failing');
		} finally {
			await old.close();
		}
	});

	it('what people deleted is told to the platform by number, so that no restore brings it back', async () => {
		await town.settle();
		const gone = await town.roles.provisioner.context.database('gone').select('what', 'id');
		const kinds = new Set(gone.map(({ what }) => what));
		expect([...kinds]).to.include.members(['post', 'person']);
	});

	it('what library IT does with a branch in its life, and what people read at the door meanwhile', async () => {
		const it = await atConsole();
		const { slug, branches } = town.file.libraries[0]!;
		const closed = branches.find(({ stage }) => stage === 'unopened')!;
		const life = new URL(`/libraries/${slug}/branches/${closed.slug}/life`, town.file.console).href;
		await it.goto(life);
		await go(it, 'form[action$=suspend] button');
		expect(await it.textContent('.note')).to.contain('Say in each language why');
		await hold(it, 'console-life-fault');
		await it.fill('#why_en', 'New shelves are built.');
		await it.fill('#why_es', 'Se construyen estantes nuevos.');
		await it.selectOption('#until', '72');
		await go(it, 'form[action$=suspend] button');
		await go(it, 'form[action$=back_up] button');
		const settled = async () => {
			await town.settle();
			await it.reload();
			return (await it.locator('input[name=backup]').count()) > 0;
		};
		while (!(await settled()));
		await hold(it, 'console-life-suspended');
		await it.goto(`${life}?lang=es`);
		expect(await it.textContent('h1')).to.contain('La vida de');
		await hold(it, 'console-life-es');
		const opened = branches.find(({ stage }) => stage === 'open')!;
		await it.goto(new URL(`/libraries/${slug}/branches/${opened.slug}/life?lang=en`, town.file.console).href);
		await it.fill('#rota_until', '2020-01-01');
		await go(it, 'form[action$=host] button');
		expect(await it.textContent('.note')).to.contain('Name a last day that is still to come');
		await hold(it, 'console-life-hosting-fault');
		await it.goto(`${closed.url}/?lang=en`);
		expect(await it.textContent('main')).to.contain('New shelves are built.');
		await hold(it, 'suspended');
		await it.goto(`${closed.url}/?lang=es`);
		expect(await it.textContent('main')).to.contain('Se construyen estantes nuevos.');
		await it.goto(`${life}?lang=en`);
		await it.fill('#confirm', closed.slug);
		await go(it, 'form[action$=retire] button');
		await town.settle();
		await it.reload();
		await hold(it, 'console-life-retired');
		await it.goto(`${closed.url}/?lang=en`);
		expect(await it.textContent('h1')).to.contain('is closed for good');
		await hold(it, 'retired');
		const { database, clock } = town.roles.provisioner.context;
		const { retirement } = await database('branch').where({ slug: closed.slug }).first('retirement');
		const over = JSON.stringify({ ...retirement, until: clock.now() - 1 });
		await database('branch').where({ slug: closed.slug }).update({ retirement: over });
		await it.goto(`${life}?lang=en`);
		await hold(it, 'console-life-over');
		await it.fill('#confirm', closed.slug);
		await go(it, 'form[action$=delete] button');
		await town.settle();
		await it.reload();
		for (const language of ['es', 'en']) {
			await it.goto(`${life}?lang=${language}`);
			expect(await it.getAttribute('a[download]', 'href')).to.contain('/life/receipt');
			await hold(it, `console-life-deleted-${language}`);
		}
		await it.goto(life.replace(/\/life$/, ''));
		await hold(it, 'console-branch-retired');
		await it.goto(new URL(`/libraries/${slug}/branches/${opened.slug}/life?lang=en`, town.file.console).href);
		await it.selectOption('#successor', new URL(south).hostname.split('.')[0]!);
		await go(it, 'form[action$=close] button');
		await town.settle();
		await it.reload();
		await hold(it, 'console-life-closing');
		await ben.goto(`${north}/home`);
		expect(await ben.textContent('main')).to.contain('It goes on as');
		await hold(ben, 'closing-with-successor');
		await ben.goto(`${north}/you/move`);
		expect(await ben.textContent('main')).to.contain('Three steps bring your followers there');
		await hold(ben, 'move-to-successor');
	});
});
