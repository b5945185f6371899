import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { type Bed, createBed } from '../../../packages/branch/test/bed.ts';
import { expectAccessible } from '../../accessibility/axe.ts';
import { openBrowser, pageWith } from './browser.ts';
import { press, tabTo, type } from './keyboard.ts';

const NIGHT = 11 * 60 * 60_000;

/** A night's emergency, by keyboard alone: quiet hours, sealing, the night desk, the runbook, opening by two; then what is kept of it. English and Spanish. */
describe('a night with an emergency', function () {
	this.timeout(60_000);
	let bed: Bed;
	let browser: Browser;
	let origin: string;
	let ana: Page;
	let june: Page;
	let lead: Page;
	let rudy: Page;
	const paged: string[] = [];

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.takeEntries();
		bed.outside('desk.example', (_path, body) => {
			paged.push(body);
			return { status: 204 };
		});
		await bed.settle();
		browser = await openBrowser();
		const north = bed.branch('north');
		({ origin } = north);
		ana = await pageWith(browser, { ...(await north.join('ana')), origin });
		const author = await north.join('rudy');
		rudy = await pageWith(browser, { ...author, origin });
		await author.write('She lives at 12 Elm Street. Somebody should go there tonight.', 'neighborhood');
		june = await pageWith(browser, { ...north.browser({ staff_id: 'staff-june' }), origin });
		lead = await pageWith(browser, {
			...north.browser({ staff_id: 'staff-lead' }),
			origin,
			language: 'es-US',
		});
	});
	after(async () => {
		await browser?.close();
		await bed?.close();
	});

	const main = (page: Page) => page.textContent('main');

	it('is prepared by day: quiet hours and a night desk, in Spanish', async () => {
		await lead.goto(`${origin}/staff/quarantine`);
		await expectAccessible(lead, 'nights-none-es');
		await press(lead, 'Noches y emergencias');
		await type(lead, 'Silencio desde', '21:00');
		await type(lead, /^Hasta/, '07:00');
		await press(lead, 'Fijar estas horas');
		await type(lead, 'Dirección (webhook)', 'https://desk.example/hook');
		await press(lead, 'Fijar esta dirección');
		expect(await main(lead)).to.contain('desk.example');
		await expectAccessible(lead, 'nights-es');
	});

	it('lets what is for everyone wait, and says so before', async () => {
		bed.clock.advance(NIGHT);
		await ana.goto(`${origin}/home`);
		expect(await main(ana)).to.contain('It is quiet here');
		await expectAccessible(ana, 'quiet-board');
		await type(ana, 'Write on the board', 'The moon is out.');
		await tabTo(ana, 'North only');
		while ((await ana.evaluate('document.activeElement.value')) !== 'neighborhood') {
			await ana.keyboard.press('ArrowDown');
		}
		await press(ana, /^\s*Post/);
		expect(await main(ana))
			.to.contain('What waits for the morning')
			.and.contain('The moon is out.');
		await expectAccessible(ana, 'waiting');
	});

	it('is sealed by one host without being looked at again, and the night desk is called', async () => {
		await june.goto(`${origin}/staff`);
		await press(june, /^Decide/);
		await press(june, 'This cannot wait');
		expect(await main(june)).not.to.contain('Elm Street');
		await expectAccessible(june, 'seal');
		await tabTo(june, 'A threat to somebody');
		await june.keyboard.press('ArrowDown');
		await press(june, 'Seal it now');
		expect(await main(june))
			.to.contain('Private details of somebody')
			.and.contain('Warn the person it is about')
			.and.not.contain('Elm Street');
		await expectAccessible(june, 'sealed');
		await bed.settle();
		expect(paged).to.have.length(1);
		expect(paged[0]).not.to.contain('Elm Street').and.not.contain('rudy');
	});

	it('has its steps done one after the other', async () => {
		await press(june, 'I have done this Warn the person');
		expect(await main(june)).to.contain('June Aldaba');
		await press(june, 'Ask a second person');
		expect(await main(june)).to.contain('You asked');
	});

	it('is opened by two together', async () => {
		await lead.goto(`${origin}/staff/second`);
		expect(await main(lead)).to.contain('June Aldaba');
		await expectAccessible(lead, 'second-es');
		await lead.goto(`${origin}/staff/quarantine`);
		await press(lead, 'Datos privados de alguien');
		await expectAccessible(lead, 'sealed-asked-es');
		await press(lead, 'Estoy de acuerdo');
		await june.reload();
		await press(june, 'Show the words');
		expect(await main(june)).to.contain('Elm Street');
		await expectAccessible(june, 'sealed-opened');
		expect(await main(june)).to.contain('No line is missing or changed');
	});

	it('leaves a matter that is given to a colleague, who reads so and takes it on', async () => {
		const ben = await bed.branch('north').join('ben');
		const post = (await ben.write('Cheap watches, all night', 'branch')).split('/').at(-1)!;
		const cyd = await bed.branch('north').join('cyd');
		await cyd.get(`/posts/${post}/report`);
		await cyd.post(`/posts/${post}/report`, { words: 'It is advertising.', concern: 'spam' });
		await june.goto(`${origin}/staff/reports`);
		await press(june, 'Advertising');
		await june.selectOption('#to', 'staff-lead');
		await press(june, /^\s*Give give/);
		expect(await main(june)).to.contain('Given to Lea Lead');
		await expectAccessible(june, 'matter-moved');
		await lead.goto(`${origin}/staff`);
		await press(lead, 'Lo pasado a otros');
		expect(await main(lead)).to.contain('Dado a Lea Lead, por: June Aldaba');
		await expectAccessible(lead, 'handed-es');
	});

	it('is kept as a record: held, handed over without names, and who looked stands written', async () => {
		await june.goto(`${origin}/staff/decisions`);
		await press(june, 'A post was removed');
		await tabTo(june, 'Hold this case');
		await june.keyboard.press('Enter');
		await type(june, 'What asks for it', 'The police, report 26-114');
		await press(june, 'Hold this case');
		expect(await main(june)).to.contain('This case is held');
		await expectAccessible(june, 'held');
		await lead.goto(`${origin}/staff/decisions`);
		await press(lead, 'Se quitó un mensaje');
		await press(lead, 'Hacer un expediente');
		await expectAccessible(lead, 'record-form-es');
		await type(lead, 'Número de la solicitud', 'PRR 7');
		await tabTo(lead, 'La persona de quien trata');
		await lead.keyboard.press('Space');
		await press(lead, 'Hacer el expediente');
		expect(await main(lead))
			.to.contain('PRR 7')
			.and.not.contain('Elm Street');
		await expectAccessible(lead, 'record-es');
		expect((await lead.pdf()).length).to.be.greaterThan(1000);
		await lead.goto(`${origin}/staff/accesses`);
		expect(await main(lead)).to.contain('June Aldaba');
		await expectAccessible(lead, 'accesses-es');
		await lead.goto(`${origin}/staff/retention`);
		await expectAccessible(lead, 'retention-es');
		await june.goto(`${origin}/staff/words`);
		await expectAccessible(june, 'watch-words');
	});

	it('is told to its person before anybody else gets the record, and what they say is read first', async () => {
		const years = { least: 1, most: 6 };
		bed.tell({
			records: {
				...{ profile: 'me', adopted_by: 'Library Board', adopted_on: '2026-09-30', notice_days: 3 },
				years: { removed: years, words: years, reports: years, accesses: years },
			},
		});
		await lead.goto(`${origin}/staff/decisions`);
		await press(lead, 'Se quitó un mensaje');
		await press(lead, 'Hacer un expediente');
		await type(lead, 'Número de la solicitud', 'PRR 8');
		await tabTo(lead, 'La persona de quien trata');
		await lead.keyboard.press('ArrowDown');
		await press(lead, 'Hacer el expediente');
		await expectAccessible(lead, 'record-form-faults-es');
		await tabTo(lead, 'Una solicitud de documentos');
		await lead.keyboard.press('Space');
		await press(lead, 'Hacer el expediente');
		expect(await main(lead)).to.contain('Se puede entregar desde');
		await expectAccessible(lead, 'prepared-record-es');
		await rudy.goto(`${origin}/notices`);
		await press(rudy, 'A record of a case of yours');
		await expectAccessible(rudy, 'record-told');
		await press(rudy, 'What is given out');
		expect(await main(rudy)).not.to.contain('PRR 8');
		await press(rudy, 'Send it');
		await expectAccessible(rudy, 'own-records-faults');
		await type(rudy, 'Why should it not', 'It would tell where she lives.');
		await press(rudy, 'Send it');
		expect(await main(rudy)).to.contain('You objected');
		await expectAccessible(rudy, 'own-records');
		await june.goto(`${origin}/staff/records`);
		expect(await main(june)).to.contain('The person objects');
		await expectAccessible(june, 'prepared-records');
	});

	it('ends in the morning, when what waited goes out', async () => {
		bed.clock.advance(NIGHT);
		await bed.settle();
		await ana.goto(`${origin}/home`);
		expect(await main(ana))
			.to.contain('The moon is out.')
			.and.not.contain('It is quiet here');
	});
});
