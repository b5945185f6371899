import type { PublicKeyRecord } from '@understory/core/register.ts';
import type { EntrySubmission, SignedEntry } from '@understory/core/statement.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { reveal } from '@understory/transparency-log/sd.ts';
import { digestText, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { raw, rows } from './look.ts';

const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const ADVERTISING = 'conduct/no-advertising';

describe("a host's decision", () => {
	let bed: Bed;
	let rudy: Browser;
	let june: Browser;
	let key: PublicKeyRecord;
	let taken: EntrySubmission[];
	let siteUp: boolean;
	/** The end of the branch's chain when a test begins. */
	let head: string;

	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		taken = [];
		siteUp = true;
		bed.outside(new URL(bed.library.accountability_origin).host, (path, body) => {
			if (path !== '/entries') return { status: 404 };
			if (!siteUp) return { status: 503 };
			taken.push(JSON.parse(body));
			return { status: 202, body: '{}' };
		});
		await bed.settle();
		// Each branch began its chain with the rules it adopted.
		const [rules] = taken.filter(({ entry }) => JSON.parse(entry).branch.startsWith('north.'));
		head = digestText(rules!.entry);
		taken = [];
		rudy = await bed.branch('north').join('rudy');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		key = bed.branch('north').open.status().branch_key!;
	});
	afterEach(async () => {
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});

	const hide = async (path: string, facts = FACTS, rule = ADVERTISING) => {
		const at = `/staff/posts/${path.split('/')[2]}/decide`;
		await june.get(at);
		return june.post(at, { rule, facts, do: 'decide' });
	};

	it('hides the post, tells the author why, and becomes a signed entry without handle or text', async () => {
		const path = await rudy.write('xd-buy my blue car', 'branch');
		const answer = await hide(path);
		expect(answer.status, answer.body).to.equal(303);
		expect((await rudy.get('/home')).body).not.to.include('xd-buy');
		expect((await rudy.get(path)).status).to.equal(404);
		const notices = await rudy.get('/notices');
		expect(notices.body)
			.to.include('We hid one of your posts')
			.and.include(FACTS)
			.and.include('No advertising');
		const why = await rudy.get(/href="(\/notices\/\d+)"/.exec(notices.body)![1]!);
		expect(why.status, why.body).to.equal(200);
		expect(why.body).to.include('xd-buy').and.include('you can appeal until').and.include('October 15');
		await bed.settle();
		expect(taken).to.have.length(1);
		const entry = JSON.parse(taken[0]!.entry) as SignedEntry;
		expect(canonicalize(entry)).to.equal(taken[0]!.entry);
		expect(verifyDocument(entry, [key])).to.equal(true);
		expect(entry).to.deep.include({
			kind: 'decision',
			action: ['content_hidden'],
			scope: 'branch',
			decided_on: '2026-10-08',
			content_month: '2026-10',
			notice_sent: 'yes',
			automated_decision: 'none',
			decided_by: 'host@north#1',
			branch_key_id: key.id,
			prev: head,
		});
		expect(entry.rule).to.deep.include({ id: 'no-advertising', version: 1, policy: 'conduct' });
		for (const word of ['rudy', 'xd-buy', path.split('/')[2]!, 'staff-june', 'June']) {
			expect(taken[0]!.entry).not.to.include(word);
		}
		expect(reveal(entry._sd, taken[0]!.disclosures)!.map(({ name, value }) => [name, value])).to.deep.equal([
			['facts', FACTS],
		]);
		expect(why.body).to.include(`${bed.library.accountability_origin}/statements/${entry.id}`);
	});

	it('shows before the act what the author and the log will read, and does nothing yet', async () => {
		const path = await rudy.write('xd-preview me', 'public');
		const at = `/staff/posts/${path.split('/')[2]}/decide`;
		await june.get(at);
		const { status, body } = await june.post(at, { rule: ADVERTISING, facts: FACTS, do: 'preview' });
		expect(status).to.equal(200);
		expect(body)
			.to.include('rudy Person reads')
			.and.include('The public log reads')
			.and.include('Decide, and tell rudy');
		expect((await bed.branch('north').browser().get(path)).status).to.equal(200);
		expect(rows(bed, 'north', 'SELECT id FROM decision')).to.deep.equal([]);
	});

	it('chains its entries: each names the digest of the one before', async () => {
		for (const text of ['first car', 'second car', 'third car']) await hide(await rudy.write(text, 'branch'));
		await bed.settle();
		const prevs = taken.map(({ entry }) => (JSON.parse(entry) as SignedEntry).prev);
		expect(prevs).to.deep.equal([head, digestText(taken[0]!.entry), digestText(taken[1]!.entry)]);
		for (const { entry } of taken) expect(verifyDocument(JSON.parse(entry), [key])).to.equal(true);
	});

	it('is one transaction: when the entry cannot be kept, nothing of it happened', async () => {
		const path = await rudy.write('xd-atomic', 'branch');
		bed
			.branch('north')
			.store.transact((writing) =>
				writing.run(raw("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END")),
			);
		expect((await hide(path)).status).to.equal(500);
		bed.errors.length = 0;
		expect((await rudy.get(path)).status).to.equal(200);
		for (const table of ['decision', 'notice', 'staff_number']) {
			expect(rows(bed, 'north', `SELECT * FROM ${table}`), table).to.deep.equal([]);
		}
		expect(rows(bed, 'north', 'SELECT id FROM entry'), 'the rules, and nothing else').to.have.length(1);
	});

	it('waits for a site that is down, in the order of the chain, and is handed over once', async () => {
		siteUp = false;
		await hide(await rudy.write('a car', 'branch'));
		await hide(await rudy.write('another car', 'branch'));
		await bed.settle();
		expect(taken).to.deep.equal([]);
		siteUp = true;
		bed.clock.advance(60_000);
		await bed.settle();
		await bed.settle();
		const inOrder = rows<{ body: string }>(bed, 'north', 'SELECT body FROM entry WHERE seq > 1 ORDER BY seq');
		expect(taken.map(({ entry }) => entry)).to.deep.equal(inOrder.map(({ body }) => body));
	});

	it('calls copies back from the branches that have one', async () => {
		const carla = await bed.branch('south').join('carla');
		const path = await rudy.write('xd-copied car', 'neighborhood');
		await bed.settle();
		expect((await carla.get('/home')).body).to.include('xd-copied');
		await hide(path);
		await bed.settle();
		expect((await carla.get('/home')).body).not.to.include('xd-copied');
	});

	it('gives hosts the name of a person here for the library’s panel, and nobody else', async () => {
		const sub = 'abcdefghijklmnopqrstuvwx23';
		const known = bed.branch('north').browser({ sub });
		await known.get('/welcome');
		await known.post('/welcome', { name: 'Vera', handle: 'vera', rules: 'yes' });
		const path = await known.write('xd-named', 'branch');
		const decide = await june.get(`/staff/posts/${path.split('/')[2]}/decide`);
		expect(decide.body).to.include(`north/${sub}`).and.include('For the library’s panel');
		for (const reader of [known, rudy]) expect((await reader.get(path)).body).to.not.include(sub);
	});

	it('is for hosts of this branch alone, and ends with the grant', async () => {
		const path = await rudy.write('xd-mine', 'branch');
		const at = `/staff/posts/${path.split('/')[2]}/decide`;
		expect((await rudy.get(at)).status).to.equal(403);
		expect((await rudy.post(at, { rule: ADVERTISING, facts: FACTS, do: 'decide' })).status).to.equal(403);
		expect((await bed.branch('north').browser().get('/staff')).status).to.equal(401);
		bed.grant('staff-south', 'south');
		const other = bed.branch('north').browser({ staff_id: 'staff-south' });
		expect((await other.get('/staff')).status).to.equal(403);
	});

	it('keeps the facts sealed in the file', async () => {
		await hide(await rudy.write('a car', 'branch'));
		const [row] = rows<{ facts: string }>(bed, 'north', 'SELECT facts FROM decision');
		expect(row!.facts).not.to.include('offers a car');
	});

	const bad: [what: string, facts: string, rule: string, says: string][] = [
		['an unknown rule', FACTS, 'conduct/no-fun', 'Choose the rule that was broken'],
		['no facts', 'bad', ADVERTISING, 'Say the facts in a sentence or two'],
		['a handle', 'The post by rudy offers a car for money.', ADVERTISING, 'No names and no handles'],
		['a name', 'Rudy Person offers a car for money here.', ADVERTISING, 'No names and no handles'],
		['a link', 'The post offers https://cars.example for money.', ADVERTISING, 'No links'],
		[
			'a quote',
			'It says: one two three four five six seven eight nine.',
			ADVERTISING,
			'Do not quote the post',
		],
		['too much', 'word '.repeat(200), ADVERTISING, 'longer than 500 letters'],
	];
	for (const [what, facts, rule, says] of bad) {
		it(`is refused with ${what}, and what was typed is still there`, async () => {
			const path = await rudy.write('one two three four five six seven eight nine ten', 'branch');
			const answer = await hide(path, facts, rule);
			expect(answer.status).to.equal(422);
			expect(answer.body).to.include(says).and.include(facts.trim().slice(0, 20).replaceAll(':', ':'));
			expect((await rudy.get(path)).status).to.equal(200);
		});
	}

	it('about a copy from a neighbor hides it here, says that nobody here could be told, and leaves the original alone', async () => {
		const carla = await bed.branch('south').join('carla');
		const path = await carla.write('xd-theirs car', 'neighborhood');
		await bed.settle();
		const id = rows<{ id: number }>(
			bed,
			'north',
			"SELECT id FROM post WHERE content_html LIKE '%xd-theirs%'",
		)[0]!.id;
		expect((await hide(`/@x/${id}`)).status).to.equal(303);
		await bed.settle();
		expect((await rudy.get('/home')).body).not.to.include('xd-theirs');
		expect((await carla.get(path)).status).to.equal(200);
		const entry = JSON.parse(taken.at(-1)!.entry) as SignedEntry;
		expect(entry).to.include({ scope: 'federated_in', notice_sent: 'no_account' });
	});

	it('cannot be undone by its author, while an appeal may need the post', async () => {
		const path = await rudy.write('xd-evidence', 'branch');
		await hide(path);
		await rudy.get('/home');
		expect((await rudy.post(`/posts/${path.split('/')[2]}/delete`, {})).status).to.equal(404);
		expect(rows(bed, 'north', "SELECT id FROM post WHERE source = 'xd-evidence'")).to.have.length(1);
	});

	it('stands in the conversation as taken down, with its entry', async () => {
		const first = await rudy.write('a thread', 'branch');
		const ben = await bed.branch('north').join('ben');
		await hide(await ben.write('xd-reply car', 'branch', first));
		const { body } = await rudy.get(first);
		expect(body).not.to.include('xd-reply');
		expect(body).to.include('A host hid this post').and.include('/statements/');
	});
});
