import { expect } from 'chai';
import { readIcalendar } from '../src/services/read-icalendar.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';

const FROM = Date.UTC(2026, 9, 12, 12);
const parts = { zone: 'America/Los_Angeles', from: FROM, until: FROM + 60 * 86_400_000 };
const calendar = (...events: string[]) =>
	['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//t//EN', ...events, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT'].join('\r\n');
const read = async (...events: string[]) => readIcalendar(calendar(...events), parts);
const iso = (at: number) => new Date(at).toISOString();

describe('a calendar of somebody else’s', () => {
	it('is read in the zone it names, in UTC, or in the library’s own', async () => {
		const found = await read(
			event('UID:1', 'SUMMARY:UTC', 'DTSTART:20261015T170000Z', 'DTEND:20261015T180000Z'),
			event('UID:2', 'SUMMARY:Named', 'DTSTART;TZID=America/New_York:20261015T170000', 'DURATION:PT2H'),
			event('UID:3', 'SUMMARY:Floating', 'DTSTART:20261016T090000', 'DTEND:20261016T100000'),
			event('UID:4', 'SUMMARY:Odd zone', 'DTSTART;TZID=Somewhere Else:20261017T090000'),
			event('UID:5', 'SUMMARY:Closed', 'DTSTART;VALUE=DATE:20261126', 'DTEND;VALUE=DATE:20261127'),
		);
		expect(
			found!.map(({ title, starts, ends, allDay }) => [title, iso(starts), iso(ends), allDay]),
		).to.deep.equal([
			['UTC', '2026-10-15T17:00:00.000Z', '2026-10-15T18:00:00.000Z', false],
			['Named', '2026-10-15T21:00:00.000Z', '2026-10-15T23:00:00.000Z', false],
			['Floating', '2026-10-16T16:00:00.000Z', '2026-10-16T17:00:00.000Z', false],
			['Odd zone', '2026-10-17T16:00:00.000Z', '2026-10-17T16:00:00.000Z', false],
			['Closed', '2026-11-26T08:00:00.000Z', '2026-11-27T08:00:00.000Z', true],
		]);
	});

	it('repeats with its exceptions: one left out, one moved, one called off', async () => {
		const found = await read(
			event(
				'UID:story',
				'SUMMARY:Story time',
				'DTSTART;TZID=America/Los_Angeles:20200107T103000',
				'DTEND;TZID=America/Los_Angeles:20200107T110000',
				'RRULE:FREQ=WEEKLY;BYDAY=TU',
				'EXDATE;TZID=America/Los_Angeles:20261020T103000',
			),
			event(
				'UID:story',
				'RECURRENCE-ID;TZID=America/Los_Angeles:20261027T103000',
				'SUMMARY:Story time with a dog',
				'DTSTART;TZID=America/Los_Angeles:20261028T150000',
				'DTEND;TZID=America/Los_Angeles:20261028T160000',
			),
			event(
				'UID:story',
				'RECURRENCE-ID;TZID=America/Los_Angeles:20261103T103000',
				'SUMMARY:Story time',
				'STATUS:CANCELLED',
				'DTSTART;TZID=America/Los_Angeles:20261103T103000',
			),
		);
		expect(found!.slice(0, 4).map(({ title, starts }) => [title, iso(starts)])).to.deep.equal([
			['Story time', '2026-10-13T17:30:00.000Z'],
			['Story time with a dog', '2026-10-28T22:00:00.000Z'],
			// Summer time is over: the hour on the wall is the same.
			['Story time', '2026-11-10T18:30:00.000Z'],
			['Story time', '2026-11-17T18:30:00.000Z'],
		]);
	});

	it('is read within limits, whatever it says, and one bad event does not take the others along', async () => {
		const bomb = event('UID:b', 'SUMMARY:Bomb', 'DTSTART:19700101T000000Z', 'RRULE:FREQ=SECONDLY');
		const began = performance.now();
		const found = await read(
			event('UID:1', 'SUMMARY:Good', 'DTSTART:20261015T170000Z'),
			bomb,
			event('UID:2', 'SUMMARY:No start'),
			event('UID:3', 'SUMMARY:', 'DTSTART:20261015T170000Z'),
			event('UID:4', 'SUMMARY:Script', 'DTSTART:20261015T180000Z', 'URL:javascript:alert(1)'),
			event('UID:5', 'SUMMARY:Bad rule', 'DTSTART:20261015T190000Z', 'RRULE:FREQ=NEVER'),
			event('UID:6', 'SUMMARY:Last', 'DTSTART:20261016T170000Z', 'URL:https://lib.example/e/6'),
		);
		expect(performance.now() - began).to.be.lessThan(5000);
		const titles = found!.map(({ title }) => title);
		expect(titles).to.include.members(['Good', 'Script', 'Last']).and.not.to.include('No start');
		expect(found!.find(({ title }) => title === 'Script')?.url).to.equal(null);
		expect(found!.find(({ title }) => title === 'Last')?.url).to.equal('https://lib.example/e/6');
	});

	for (const text of [
		'',
		'<html></html>',
		'BEGIN:VCARD\r\nEND:VCARD\r\n',
		'\u0000\u0001',
		'BEGIN:VCALENDAR',
	]) {
		it(`is none when it is ${JSON.stringify(text)}`, async () => {
			const found = await readIcalendar(text, parts);
			expect(found ?? []).to.deep.equal([]);
			if (!text.startsWith('BEGIN:VCAL')) expect(found).to.equal(null);
		});
	}
});

describe('the library’s own calendar at a branch', () => {
	let bed: Bed;
	let host: Browser;
	let ana: Browser;
	let given: { status: number; body: string };
	beforeEach(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		await bed.settle();
		host = bed.branch('north').browser({ staff_id: 'staff-june' });
		ana = await bed.branch('north').join('ana');
		const tomorrow = new Date(bed.clock.now() + 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
		const body = calendar(
			event('UID:1', 'SUMMARY:Seed <library> swap', `DTSTART:${tomorrow}T170000Z`, 'LOCATION:Belmont'),
		);
		given = { status: 200, body };
		bed.serve('cal', (_request, response) => {
			response.writeHead(given.status, { 'content-type': 'text/calendar' }).end(given.body);
		});
		await host.get('/staff/calendar');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const name = async (url: string) => host.post('/staff/calendar', { url });
	const address = () => `http://cal.lib.localhost:${bed.port}/all.ics`;
	const asked = () => bed.sent.filter(({ url }) => url.startsWith('http://cal.')).length;

	it('stands on the page of events for everybody once a host has named it, and is read every six hours', async () => {
		expect((await name(address())).status).to.equal(303);
		await bed.settle();
		expect((await host.get('/staff/calendar')).body).to.contain('One event is shown.');
		const { body } = await bed.branch('north').browser().get('/events');
		expect(body).to.contain('Seed &lt;library&gt; swap').and.to.contain('Belmont');
		expect((await bed.branch('north').browser().get('/')).body).to.contain('Seed &lt;library&gt; swap');
		expect(asked()).to.equal(1);
		bed.clock.advance(6 * 60 * 60_000 + 1);
		await bed.settle();
		expect(asked()).to.equal(2);
	});

	it('what was read stays when it does not answer, or answers with something else, and the host reads why', async () => {
		await name(address());
		await bed.settle();
		given = { status: 503, body: '' };
		bed.clock.advance(6 * 60 * 60_000 + 1);
		await bed.settle();
		expect((await host.get('/staff/calendar')).body).to.contain('did not answer');
		given = { status: 200, body: '<p>moved</p>' };
		bed.clock.advance(6 * 60 * 60_000 + 1);
		await bed.settle();
		expect((await host.get('/staff/calendar')).body).to.contain('no calendar at this address');
		expect((await ana.get('/events')).body).to.contain('Seed');
	});

	it('goes when the host takes it away', async () => {
		await name(address());
		await bed.settle();
		await name('');
		await bed.settle();
		expect((await ana.get('/events')).body).not.to.contain('Seed');
	});

	it('an address that is none is given back with a sentence, and nobody but a host names one', async () => {
		const wrong = await name('file:///etc/passwd');
		expect(wrong.status).to.equal(422);
		expect(wrong.body).to.contain('This is no address of a calendar.').and.to.contain('file:///etc/passwd');
		await ana.get('/home');
		expect((await ana.post('/staff/calendar', { url: address() })).status).to.equal(403);
		await bed.settle();
		expect(asked()).to.equal(0);
	});
});
