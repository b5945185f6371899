import type { Entry, EntrySubmission } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { EMERGENCIES } from '../src/services/hosting/emergencies.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const HOUR = 60 * 60_000;
const DESK = 'desk.example';

describe('an emergency', () => {
	let bed: Bed;
	let taken: EntrySubmission[];
	const paged: string[] = [];
	let deskAnswers = 204;

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-ines', 'north', 'Ines Vega');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		taken = bed.takeEntries();
		bed.outside(DESK, (_path, body) => {
			paged.push(body);
			return { status: deskAnswers };
		});
		await bed.settle();
		await bed.branch('north').join('rudy');
		await bed.branch('south').join('carla');
		const lead = as('staff-lead');
		await lead.get('/staff/nights');
		const named = await lead.post('/staff/nights/desk', { desk: `https://${DESK}/hook?key=xq-secret` });
		expect(named.status).to.equal(303);
	});
	afterEach(() => expect(bed.errors).to.deep.equal([]));
	after(() => bed.close());

	const as = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const rudy = () => bed.branch('north').browser({ sub: 'sub-north-rudy' });
	const write = async (text: string, scope = 'neighborhood') => {
		const who = rudy();
		await who.get('/home');
		return (await who.write(text, scope)).split('/').at(-1)!;
	};
	const seal = async (post: string, kind: string, staff = 'staff-june') => {
		const june = as(staff);
		await june.get(`/staff/posts/${post}/seal`);
		return june.post(`/staff/posts/${post}/seal`, { kind });
	};
	const sealed = async (text: string, kind: string) => {
		const answer = await seal(await write(text), kind);
		expect(answer.status, answer.body).to.equal(303);
		return answer.headers.location!.split('/').at(-1)!;
	};
	const press = async (who: Browser, id: string, what: string, form: Record<string, string> = {}) => {
		await who.get(`/staff/quarantine/${id}`);
		return who.post(`/staff/quarantine/${id}/${what}`, form);
	};

	for (const { kind } of EMERGENCIES) {
		it(`of the kind ${kind} is sealed at once: gone everywhere, decided and told as ever, described to the staff`, async () => {
			const word = `xq-${kind}-words`;
			const post = await write(word);
			await bed.settle();
			const before = paged.length;
			expect((await as('staff-june').get(`/staff/posts/${post}/seal`)).body).not.to.include(word);
			const id = (await seal(post, kind)).headers.location!.split('/').at(-1)!;
			await bed.settle();
			for (const slug of ['north', 'south']) {
				expect(JSON.stringify(rows(bed, slug, 'SELECT * FROM post'))).not.to.include(word);
			}
			const entry = JSON.parse(taken.at(-1)!.entry) as Entry;
			expect(entry).to.deep.include({ id, action: ['content_removed'], notice_sent: 'yes' });
			const notices = (await rudy().get('/notices')).body;
			const told = await rudy().get(/href="(\/notices\/\d+)"/.exec(notices)![1]!);
			expect(told.body).to.include('We removed one of your posts').and.not.include(word);
			for (const language of ['en', 'es']) {
				for (const page of [`/staff/quarantine/${id}`, `/staff/decisions/${id}`, '/staff/quarantine']) {
					const { status, body } = await as('staff-june').get(`${page}?lang=${language}`);
					expect(status, page).to.equal(200);
					expect(body, page).not.to.include(word);
				}
			}
			expect(paged).to.have.length(before + 1);
			expect(JSON.parse(paged.at(-1)!)).to.deep.equal({
				type: 'understory/night-page/v1',
				branch: new URL(bed.branch('north').origin).host,
				kind,
				url: `${bed.branch('north').origin}/staff/quarantine/${id}`,
				at: new Date(bed.clock.now()).toISOString(),
			});
		});
	}

	it('is on no other page of the staff, whatever reason they give', async () => {
		const id = await sealed('xq-nowhere', 'private_details');
		const lead = as('staff-lead');
		await lead.get(`/staff/decisions/${id}`);
		const opened = await lead.post(`/staff/decisions/${id}/open`, { why_open: 'records' });
		const record = await lead.post(`/staff/decisions/${id}/record`, { number: '1', asker: 'anybody' });
		expect(record.status).to.equal(200);
		expect(opened.body + record.body).not.to.include('xq-nowhere');
	});

	it('does not come back while its author appeals', async () => {
		const id = await sealed('xq-appealed', 'threat_to_life');
		const who = rudy();
		const notice = /href="(\/notices\/\d+)"/.exec((await who.get('/notices')).body)![1]!;
		await who.get(notice);
		expect((await who.post(`${notice}/appeal`, { words: 'It was a line of a song.' })).status).to.equal(303);
		const found = rows<{ meanwhile: string }>(
			bed,
			'north',
			`SELECT meanwhile FROM appeal WHERE decision = '${id}'`,
		);
		expect(found).to.deep.equal([{ meanwhile: 'stands' }]);
	});

	it('is opened by two together, for an hour, and by nobody else', async () => {
		const id = await sealed('xq-opened by two', 'threat_to_life');
		expect((await press(as('staff-june'), id, 'words')).status).to.equal(403);
		expect((await press(as('staff-ines'), id, 'agree')).status).to.equal(409);
		expect((await press(as('staff-june'), id, 'ask')).status).to.equal(303);
		expect((await press(as('staff-june'), id, 'agree')).status).to.equal(403);
		expect((await press(as('staff-june'), id, 'evidence')).status).to.equal(403);
		expect((await as('staff-ines').get(`/staff/quarantine/${id}`)).body).to.include('June Aldaba asks you');
		expect((await press(as('staff-ines'), id, 'agree')).status).to.equal(303);
		expect((await press(as('staff-ines'), id, 'words')).status).to.equal(403);
		const words = await press(as('staff-june'), id, 'words');
		expect(words.body).to.include('xq-opened by two');
		const file = await press(as('staff-june'), id, 'evidence');
		expect(file.headers['content-disposition']).to.include('attachment');
		const evidence = JSON.parse(file.body) as { parts: { post: string }; digest: string; custody: object[] };
		expect(evidence.parts.post).to.include('xq-opened by two');
		const [first] = rows<{ evidence: string }>(
			bed,
			'north',
			`SELECT evidence FROM custody WHERE decision = '${id}'`,
		);
		expect(evidence.digest, 'as it was sealed').to.equal(first!.evidence);
		expect((await press(as('staff-june'), id, 'evidence')).status, 'once').to.equal(403);
		await press(as('staff-june'), id, 'ask');
		await press(as('staff-ines'), id, 'agree');
		bed.clock.advance(HOUR);
		expect((await press(as('staff-june'), id, 'words')).status, 'an hour later').to.equal(403);
		const lines = rows<{ what: string }>(
			bed,
			'north',
			`SELECT what FROM custody WHERE decision = '${id}' ORDER BY id`,
		);
		expect(lines.map(({ what }) => what)).to.deep.equal([
			...['sealed', 'asked', 'agreed', 'opened', 'handed_over', 'asked', 'agreed'],
		]);
	});

	it('with material of child abuse is never shown, only handed over as a file', async () => {
		const id = await sealed('xq-never shown', 'child_abuse');
		await press(as('staff-june'), id, 'ask');
		await press(as('staff-ines'), id, 'agree');
		expect((await press(as('staff-june'), id, 'words')).status).to.equal(403);
		expect((await press(as('staff-june'), id, 'evidence')).body).to.include('xq-never shown');
	});

	it('has a runbook whose clocks are seen when they are late, and who did what stays', async () => {
		const id = await sealed('xq-steps', 'threat_to_life');
		const page = async () => (await as('staff-june').get(`/staff/quarantine/${id}`)).body;
		expect(await page())
			.to.include('Call the police')
			.and.not.include('Late');
		bed.clock.advance(HOUR + 1);
		expect(await page()).to.include('Late');
		expect((await press(as('staff-ines'), id, 'step', { step: 'police' })).status).to.equal(303);
		expect((await press(as('staff-june'), id, 'step', { step: 'police' })).status).to.equal(409);
		expect((await press(as('staff-june'), id, 'step', { step: 'ncmec' })).status).to.equal(404);
		expect(await page())
			.to.include('Ines Vega')
			.and.not.include('Late');
	});

	it('has a chain of custody in which no line can be changed or taken out unseen', async () => {
		const id = await sealed('xq-chain', 'private_details');
		await press(as('staff-june'), id, 'ask');
		await press(as('staff-ines'), id, 'agree');
		const page = async () => (await as('staff-june').get(`/staff/quarantine/${id}`)).body;
		expect(await page()).to.include('No line is missing or changed');
		const change = (text: string) => {
			const query = { toSQL: () => ({ toNative: () => ({ sql: text, bindings: [] }) }) };
			bed.branch('north').store.transact((writing) => void writing.run(query));
		};
		const asked = `WHERE decision = '${id}' AND what = 'asked'`;
		change(`UPDATE custody SET staff_id = 'staff-lead' ${asked}`);
		expect(await page()).to.include('A line was changed or is missing');
		change(`UPDATE custody SET staff_id = 'staff-june' ${asked}`);
		expect(await page()).to.include('No line is missing or changed');
		change(`DELETE FROM custody ${asked}`);
		expect(await page()).to.include('A line was changed or is missing');
	});

	it('is told to the night desk again and again while it does not answer, and no longer than a day', async () => {
		await bed.settle();
		deskAnswers = 503;
		const before = paged.length;
		await sealed('xq-dead desk', 'private_details');
		await bed.settle();
		bed.clock.advance(60_000);
		await bed.settle();
		expect(paged.length).to.equal(before + 2);
		bed.clock.advance(25 * HOUR);
		await bed.settle();
		const pages = () => rows(bed, 'north', 'SELECT id FROM night_page');
		expect(pages()).to.deep.equal([]);
		deskAnswers = 204;
		expect(bed.logged.some((line) => line.includes('xq-secret') || line.includes(DESK))).to.equal(false);
	});

	it('is called for what somebody reports as a danger or private, once for each, and for nothing else', async () => {
		await bed.settle();
		const ben = await bed.branch('north').join('ben');
		const post = await write('xq-reported', 'branch');
		const report = async (who: Browser, concern: string) => {
			const before = paged.length;
			await who.get(`/posts/${post}/report`);
			await who.post(`/posts/${post}/report`, { words: 'xq-words of ben', concern });
			await bed.settle();
			return paged.slice(before);
		};
		expect(await report(ben, 'spam')).to.deep.equal([]);
		const cleo = await bed.branch('north').join('cleo');
		const called = await report(cleo, 'danger');
		expect(called).to.have.length(1);
		expect(called[0])
			.to.include('"kind":"reported_danger"')
			.and.match(/\/staff\/reports\/\d+"/);
		expect(called[0]).not.to.include('xq-').and.not.include('ben');
		expect(await report(await bed.branch('north').join('dora'), 'private')).to.deep.equal([]);
		const matter = /\/staff\/reports\/\d+/.exec(called[0]!)![0];
		expect((await as('staff-june').get(matter)).body).to.include(`/staff/posts/${post}/seal`);
	});

	it('in a message is sealed from its report, as it alone was told of; whoever it was for is told what became of it', async () => {
		const ben = await bed.branch('north').join('benno');
		const told = await write('xq-message told of, for @benno', 'direct');
		const kept = await write('xq-message not told of, for @benno', 'direct');
		for (const post of [told, kept]) expect((await seal(post, 'private_details')).status).to.equal(404);
		await ben.get(`/posts/${told}/report`);
		await ben.post(`/posts/${told}/report`, { words: 'He tells where I live.', concern: 'private' });
		const { id: matter } = rows<{ id: number }>(
			bed,
			'north',
			`SELECT id FROM matter WHERE post = ${told}`,
		)[0]!;
		expect((await as('staff-june').get(`/staff/reports/${matter}`)).body).to.include(
			`/staff/posts/${told}/seal`,
		);
		const form = await as('staff-june').get(`/staff/posts/${told}/seal`);
		expect(form.status).to.equal(200);
		expect(form.body).not.to.include('xq-message');
		const id = (await seal(told, 'private_details')).headers.location!.split('/').at(-1)!;
		expect((await seal(kept, 'private_details')).status, 'what nobody told of').to.equal(404);
		expect((await ben.get(`/@rudy/${told}`)).body).not.to.include('xq-message told of');
		expect((await ben.get(`/@rudy/${kept}`)).body).to.include('xq-message not told of');
		for (const page of [`/staff/quarantine/${id}`, `/staff/decisions/${id}`, `/staff/reports/${matter}`]) {
			const { status, body } = await as('staff-june').get(page);
			expect(status, page).to.equal(200);
			expect(body, page).not.to.include('xq-message').and.not.include('/seal"');
		}
		expect((await rudy().get('/notices')).body, 'its author').to.include('/notices/');
		expect((await ben.get('/notices')).body, 'who told of it').to.match(/href="\/reports\/\d+/);
	});

	it('names no night desk that is no https address, and shows none of its secret', async () => {
		const lead = as('staff-lead');
		for (const desk of ['ftp://desk.example', 'javascript:alert(1)', 'desk']) {
			await lead.get('/staff/nights');
			expect((await lead.post('/staff/nights/desk', { desk })).status, desk).to.equal(422);
		}
		const { body } = await lead.get('/staff/nights?lang=es');
		expect(body).to.include(DESK).and.not.include('xq-secret');
	});

	it('of no kind, or twice, is refused in words', async () => {
		const post = await write('xq-refused');
		const none = await seal(post, 'nothing');
		expect(none.status).to.equal(422);
		expect(none.body).to.include('Choose what it is').and.not.include('xq-refused');
		expect((await seal(post, 'private_details')).status).to.equal(303);
		expect((await seal(post, 'private_details')).status).to.equal(409);
	});
});
