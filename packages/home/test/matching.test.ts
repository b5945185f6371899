import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBranch } from '@understory/branch/open-branch.ts';
import { silentLog } from '@understory/core/log.ts';
import type { Entry, EntrySubmission } from '@understory/core/statement.ts';
import { expect } from 'chai';
import sharp from 'sharp';
import { memoryFolder } from '../../../test/memory-folder.ts';
import { type Bed, createBed } from '../../branch/test/bed.ts';
import { type Browser, call } from '../../branch/test/browser.ts';
import { rows, uriOf } from '../../branch/test/look.ts';
import { multipart } from '../../branch/test/multipart.ts';
import { openMatchLists } from '../src/match-lists.ts';
import { createBed as createHomeBed } from './bed.ts';

const DESK = 'desk.example';
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a picture that is on a list', () => {
	let bed: Bed;
	let lists: string;
	let copy: Buffer;
	let taken: EntrySubmission[];
	const people: Record<string, Browser> = {};
	const paged: string[] = [];

	before(async () => {
		copy = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#4a6' } })
			.jpeg()
			.toBuffer();
		lists = memoryFolder('understory-lists-');
		writeFileSync(join(lists, 'police'), `${sha256(copy)} child_abuse xh-of-March\n`);
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.outside(DESK, (_path, body) => {
			paged.push(body);
			return { status: 204 };
		});
		taken = bed.takeEntries();
		await bed.settle();
		const north = bed.branch('north');
		await north.open.close();
		const matchLists = await openMatchLists(lists, silentLog);
		north.open = await openBranch(north.folder, bed.parts({ matchLists }));
		for (const handle of ['ana', 'ben']) people[handle] = await north.join(handle);
		people.carla = await bed.branch('south').join('carla');
		const lead = as('staff-lead');
		await lead.get('/staff/nights');
		expect((await lead.post('/staff/nights/desk', { desk: `https://${DESK}/hook` })).status).to.equal(303);
	});
	afterEach(() => expect(bed.errors).to.deep.equal([]));
	after(async () => {
		await bed.close();
		rmSync(lists, { recursive: true, force: true });
	});

	const as = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const send = async (slug: string, handle: string, bytes: Buffer, form: Record<string, string>) => {
		const who = people[handle]!;
		const token = /name="_csrf" value="([^"]+)"/.exec((await who.get('/home')).body)![1]!;
		const fields = { _csrf: token, language: 'en', text: 'Plums', description: 'Plums', ...form };
		const { body, type } = multipart(fields, [{ name: 'plum.jpg', bytes }]);
		const { origin } = bed.branch(slug);
		const headers = { host: new URL(origin).host, origin, cookie: who.cookie ?? '', accept: 'text/html' };
		const answer = await call(bed.port, 'POST', '/posts', { ...headers, 'content-type': type }, body);
		expect(answer.status, answer.body).to.equal(303);
		return answer.headers.location!;
	};
	const idOf = (path: string) => Number(path.split('/').at(-1));
	const reports = (post: number, slug = 'north') =>
		rows<{ source: string; words: string; matter: number }>(
			...([bed, slug, 'SELECT source, words, matter FROM report WHERE post = ?', post] as const),
		);
	const matches = (slug: string) => rows<{ list: string }>(bed, slug, 'SELECT list FROM list_match');

	it('where no list is set is compared with nothing, and the page of who can see what says so', async () => {
		const path = await send('south', 'carla', copy, { scope: 'branch' });
		expect([reports(idOf(path), 'south'), matches('south')]).to.deep.equal([[], []]);
		const page = await bed.branch('south').browser().get('/who-can-see');
		expect(page.body).to.contain('compared with no list').and.not.to.contain('Exact copies only');
	});

	it('that differs in one byte is not found, and nothing of it is kept', async () => {
		const other = Buffer.concat([copy, Buffer.from([0])]);
		const path = await send('north', 'ana', other, { scope: 'branch' });
		expect([reports(idOf(path)), matches('north')]).to.deep.equal([[], []]);
	});

	it('brings its post to the hosts once, pages the night desk, and does nothing else: it reads as before', async () => {
		const path = await send('north', 'ana', copy, { scope: 'neighborhood' });
		const found = reports(idOf(path));
		expect(found.map(({ source, words }) => ({ source, words }))).to.deep.equal([
			{ source: 'list', words: 'child_abuse police xh-of-March' },
		]);
		await bed.settle();
		expect(paged.map((body) => JSON.parse(body).kind)).to.deep.equal(['reported_danger']);
		const { body } = await people.ben!.get(path);
		const src = /src="(\/media\/[^"]+)"/.exec(body)![1]!;
		expect((await people.ben!.get(src)).status).to.equal(200);
		const uri = uriOf(bed, 'north', path);
		expect(rows(bed, 'south', 'SELECT id FROM post WHERE uri = ?', uri), 'it left').to.have.length(1);
		expect((await people.ana!.get('/notices')).body, 'a machine tells nobody').not.to.contain('Plums');
		expect(rows(bed, 'north', 'SELECT id FROM decision')).to.deep.equal([]);
		const june = as('staff-june');
		for (const [language, words] of [
			['en', 'Sexual abuse of a child, by the list police (xh-of-March)'],
			['es', 'según la lista police (xh-of-March)'],
		] as const) {
			const page = await june.get(`/staff/reports/${found[0]!.matter}?lang=${language}`);
			expect(page.body).to.contain(words);
			expect(page.body).to.contain(src);
			const folded = page.body.replace(/<details[\s\S]*?<\/details>/g, '');
			expect(folded, 'nobody comes upon it').not.to.contain('/media/');
		}
		await june.get('/home?lang=en');
	});

	it('is found in what is between named people too, which the page of who can see what says', async () => {
		const path = await send('north', 'ana', copy, { scope: 'direct', text: 'for @ben' });
		expect(reports(idOf(path))).to.have.length(1);
		for (const [language, words] of [
			['en', 'with these lists of unlawful pictures: police. Exact copies only'],
			['es', 'con estas listas de imágenes ilícitas: police. Solo copias exactas'],
		] as const) {
			const page = await bed.branch('north').browser().get('/who-can-see', { 'accept-language': language });
			expect(page.body).to.contain(words);
		}
	});

	it('is found when it is fetched from elsewhere, by its bytes as they came, and only once', async () => {
		const path = await send('south', 'carla', copy, { scope: 'neighborhood', text: 'xh-from-south' });
		await bed.settle();
		const media = join(bed.branch('south').folder, 'media');
		const digests = readdirSync(media).map((name) => sha256(readFileSync(join(media, name))));
		writeFileSync(join(lists, 'hotline'), digests.map((one) => `${one} intimate_images\n`).join(''));
		const uri = uriOf(bed, 'south', path);
		const { id } = rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', uri)[0]!;
		expect(reports(id), 'nobody has looked, so it was not fetched').to.deep.equal([]);
		const host = new URL(bed.branch('south').origin).host;
		const { body } = await people.ben!.get(`/@carla@${host}/${id}`);
		const src = /src="(\/media\/[^"]+)"/.exec(body)![1]!;
		for (const _twice of [1, 2]) expect((await people.ben!.get(src)).status).to.equal(200);
		expect(reports(id).map(({ words }) => words)).to.deep.equal(['intimate_images hotline']);
	});

	it('that a host seals has the list in its log of custody, and a machine in its statement', async () => {
		const path = await send('north', 'ana', copy, { scope: 'branch', text: 'xh-sealed' });
		const june = as('staff-june');
		await june.get(`/staff/posts/${idOf(path)}/seal`);
		const answer = await june.post(`/staff/posts/${idOf(path)}/seal`, { kind: 'child_abuse' });
		expect(answer.status, answer.body).to.equal(303);
		const custody = rows<{ what: string; evidence: string }>(
			...([bed, 'north', 'SELECT what, evidence FROM custody ORDER BY id'] as const),
		);
		expect(custody.map(({ what }) => what)).to.deep.equal(['sealed', 'matched:police']);
		expect(custody[1]!.evidence).to.equal(`sha256:${sha256(copy)}`);
		const page = (await june.get(answer.headers.location!)).body;
		expect(page).to.contain('By the list police').and.to.contain('No line is missing or changed');
		await bed.settle();
		const entry = JSON.parse(taken.at(-1)!.entry) as Entry;
		expect(entry).to.deep.include({ source: 'staff', automated_detection: true, automated_decision: 'none' });
		const notice = /href="(\/notices\/\d+)"/.exec((await people.ana!.get('/notices')).body)![1]!;
		expect((await people.ana!.get(notice)).body).to.contain('A list of pictures that the platform was given');
		const left = rows(bed, 'north', 'SELECT media FROM list_match WHERE media NOT IN (SELECT id FROM media)');
		expect(left, 'it went with the picture').to.deep.equal([]);
	});
});

describe('a home that is told of lists', () => {
	let lists: string;
	beforeEach(() => {
		lists = memoryFolder('understory-lists-');
	});
	afterEach(() => rmSync(lists, { recursive: true, force: true }));

	it('has its branches compare with them', async () => {
		writeFileSync(join(lists, 'hotline'), sha256(Buffer.from('a picture')));
		const bed = await createHomeBed({ matchLists: lists });
		try {
			await bed.send('north', bed.wish('north'));
			const page = await bed.visit(bed.hostOf('north'), '/who-can-see');
			expect(page.body).to.contain('with these lists of unlawful pictures: hotline.');
		} finally {
			await bed.close();
		}
	});

	it('does not come up with one that is none, and says which line', async () => {
		writeFileSync(join(lists, 'hotline'), 'no digest');
		const refused: unknown = await createHomeBed({ matchLists: lists }).catch((error: unknown) => error);
		expect((refused as Error).message).to.contain('The list of pictures hotline is none: line 1');
	});
});
