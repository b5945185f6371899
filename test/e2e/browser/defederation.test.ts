import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { addAsked, addProposal } from '../../../packages/branch/src/store/proposals.ts';
import { type Bed, createBed } from '../../../packages/branch/test/bed.ts';
import type { Browser as Visitor } from '../../../packages/branch/test/browser.ts';
import { rows } from '../../../packages/branch/test/look.ts';
import { actorOf } from '../../../packages/branch/test/wire.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { openBrowser, pageWith } from './browser.ts';
import { press, tabTo, type } from './keyboard.ts';

const REASON = 'Since August, 61 advertisements came from there, and nobody answered three letters.';

/** A defederation asked, answered, decided and undone, by keyboard alone; the one who is asked reads Spanish. */
describe('a server that is kept away, and back', function () {
	this.timeout(120_000);
	let bed: Bed;
	let browser: Browser;
	let origin: string;
	let south: string;
	let june: Page;
	let calvin: Page;
	let ana: Page;
	let carla: Visitor;
	let visitor: Visitor;

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-calvin', 'north', 'Calvin Osei');
		bed.takeEntries();
		bed.outside('lists.example', () => ({
			status: 200,
			body: 'domain,severity,public_comment\nfar.example,suspend,spam\nloud.example,silence,\n',
		}));
		await bed.settle();
		const north = bed.branch('north');
		({ origin } = north);
		south = new URL(bed.branch('south').origin).host;
		visitor = await north.join('ana');
		carla = await bed.branch('south').join('carla');
		await visitor.get(`/find?address=@carla@${south}`);
		await visitor.get('/home');
		await visitor.post('/follows', { actor: await actorOf(bed, { slug: 'south', handle: 'carla' }) });
		await bed.settle();
		browser = await openBrowser();
		const pageOf = ({ cookie }: Visitor, language = 'en-US') =>
			pageWith(browser, { cookie, origin, language });
		ana = await pageOf(visitor, 'es-US');
		june = await pageOf(north.browser({ staff_id: 'staff-june' }));
		calvin = await pageOf(north.browser({ staff_id: 'staff-calvin' }));
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	const main = (page: Page) => page.innerText('main');
	const choose = async (page: Page, words: RegExp, label: RegExp) => {
		await tabTo(page, words);
		for (let step = 0; step < 8; step += 1) {
			const chosen = String(await page.evaluate("document.activeElement.labels[0]?.textContent ?? ''"));
			if (label.test(chosen)) return;
			await page.keyboard.press('ArrowDown');
		}
		throw new Error(`${label} is no choice on ${page.url()}`);
	};

	it('begins with what would be lost, in numbers, and asks those it touches', async () => {
		await june.goto(`${origin}/staff`);
		await press(june, 'Other servers');
		await expectAccessible(june, 'servers-staff');
		await type(june, 'Which server?', south);
		await press(june, 'See what would be lost');
		expect(await main(june))
			.to.contain('It touches one person here.')
			.and.not.to.contain('ana');
		await expectAccessible(june, 'server-proposal');
		await choose(june, /No pictures|Quieted|Limited|Nothing is exchanged/, /Nothing is exchanged/);
		await type(june, 'Why?', REASON);
		await press(june, 'Ask the people it touches');
		expect(await main(june))
			.to.contain('One has not answered.')
			.and.to.contain('It can be decided when');
		await expectAccessible(june, 'server-answers');
	});

	it('is answered by whoever knows somebody there, after reading exactly whom it is about', async () => {
		await ana.goto(`${origin}/notices`);
		await press(ana, `servidor ${south}`);
		expect(await main(ana))
			.to.contain(`@carla@${south}`)
			.and.to.contain('No se ha decidido nada');
		await expectAccessible(ana, 'asked');
		await choose(ana, /Me parece bien|Me preocupa/, /Me preocupa/);
		await type(ana, 'Cuéntenos más', 'Carla es mi hermana.');
		await press(ana, 'Enviar mi respuesta');
		expect(await main(ana)).to.contain('Su respuesta está con');
	});

	it('is decided by a second host, who reads the answers and says why nothing milder is enough', async () => {
		await calvin.goto(`${origin}/staff/servers`);
		await press(calvin, south);
		expect(await main(calvin))
			.to.contain('Carla es mi hermana.')
			.and.to.contain('One is worried.');
		await type(calvin, 'Why, for everybody to read', REASON);
		await type(calvin, 'Why is nothing milder enough?', 'Quieting it was tried in spring.');
		await expectAccessible(calvin, 'server-decide');
		await press(calvin, 'Decide and tell them');
		expect(await main(calvin))
			.to.contain('Nothing is exchanged.')
			.and.to.contain('It was decided.');
		expect(rows(bed, 'north', 'SELECT * FROM follow')).to.deep.equal([]);
		await ana.goto(`${origin}/notices`);
		await press(ana, 'decidieron');
		expect(await main(ana))
			.to.contain('Lo que queda apartado para usted')
			.and.to.contain(REASON);
		await expectAccessible(ana, 'asked-decided');
		await ana.goto(`${origin}/servers`);
		expect(await main(ana))
			.to.contain(south)
			.and.to.contain('No se intercambia nada.');
		await expectAccessible(ana, 'servers');
	});

	it('is undone with a reason, and what was set aside is as it was', async () => {
		await june.goto(`${origin}/staff/servers`);
		await press(june, south);
		await tabTo(june, 'Keep it away less, or no more');
		await june.keyboard.press('Enter');
		await choose(june, /Nothing is kept away/, /Nothing is kept away/);
		await type(
			june,
			'Why, in a sentence that names nobody',
			'They answered, and the advertisements have ended.',
		);
		await expectAccessible(june, 'server-relax');
		await press(june, 'Do so');
		expect(await main(june)).to.contain('No server is kept away.');
		expect(rows(bed, 'north', 'SELECT state FROM follow')).to.deep.equal([{ state: 'accepted' }]);
		await carla.write('xd-again', 'public');
		await bed.settle();
		expect((await visitor.get('/home')).body).to.contain('xd-again');
		expect(bed.errors).to.deep.equal([]);
	});

	it('lists of servers are followed and taken up by keyboard, and people see where the branch does otherwise', async () => {
		await june.goto(`${origin}/staff/servers`);
		await press(june, 'Lists of servers');
		await type(june, 'Address of the list', 'https://lists.example/all.csv');
		await type(june, 'What do you call it?', 'The list');
		await press(june, 'Follow this list');
		await bed.settle();
		await expectAccessible(june, 'server-lists');
		await press(june, 'The list');
		await tabTo(june, 'far.example');
		await june.keyboard.press('Space');
		await type(june, 'Why, for everybody to read', REASON);
		await expectAccessible(june, 'server-drafts');
		await press(june, 'Do so for these');
		expect(await main(june)).to.contain('Decided: 1. Asked about first: 0. Left as they were: 0.');
		await ana.goto(`${origin}/servers`);
		await press(ana, 'The list');
		expect(await main(ana))
			.to.contain('loud.example')
			.and.not.to.contain('far.example');
		await expectAccessible(ana, 'server-differences');
	});

	it('whoever is asked about several servers as one answers on one page, by keyboard', async () => {
		const [{ id: person }] = rows<{ id: number }>(
			bed,
			'north',
			"SELECT id FROM person WHERE handle = 'ana'",
		) as [{ id: number }];
		const created = bed.clock.now();
		const asked = { person, follows: 1, followers: 0, talks: 0, lists: 0 };
		const about = { reason: REASON, staff_id: 'staff-june', created, until: created + 604_800_000 };
		const open = { emergency: 0, post: null, decision: null, decided: null, deliberation: null } as const;
		bed.branch('north').store.transact((writing) => {
			for (const host of [south, 'loud.example']) {
				addProposal(writing, { ...open, ...about, wants: 'limit', id: `of-${host}`, host, together: 'both' });
				addAsked(writing, `of-${host}`, asked);
			}
		});
		await ana.goto(`${origin}/asked/together/both`);
		expect(await main(ana))
			.to.contain('2 servidores')
			.and.to.contain('carla');
		await expectAccessible(ana, 'asked-together');
		await choose(ana, /Me parece bien|Me preocupa/, /Me preocupa/);
		await press(ana, 'Enviar mi respuesta');
		expect(await main(ana)).to.contain('Su respuesta está con las personas anfitrionas.');
		expect(rows(bed, 'north', "SELECT answer FROM asked WHERE proposal LIKE 'of-%'")).to.deep.equal([
			{ answer: 'worry' },
			{ answer: 'worry' },
		]);
	});
});
