import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { entrySchemas } from '../src/intake/entry-schema.ts';
import { createBranch, FACTS, type Submission } from './fixtures/branch.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

interface Feed {
	readonly version: string;
	readonly title: string;
	readonly items: {
		id: string;
		url: string;
		title: string;
		content_text: string;
		date_published: string;
		tags: string[];
	}[];
}

describe('the data', () => {
	let site: TestSite;
	let sent: Submission[];
	before(async () => {
		site = await startSite();
		const branch = createBranch(site.library, 'belmont');
		sent = [
			branch.next({}, { facts: 'A "quoted" <b>fact</b> & more.', explanation: null }),
			branch.next({
				action: ['content_removed', 'warning'],
				scope: 'federated_in',
				rule: { id: 'no-threats', version: 1, policy: 'conduct', policy_sha256: 'b'.repeat(64) },
			}),
		];
		for (const { entry, disclosures } of sent) await site.post('/entries', { entry, disclosures });
		await site.settle();
	});
	after(() => site.close());

	it('is there and whole before there is any statement', async () => {
		const empty = await startSite();
		try {
			expect((await empty.get('/statements.csv')).text.split('\r\n')).to.have.length(2);
			expect((await empty.get('/feed.json')).json() as Feed)
				.to.have.property('items')
				.that.deep.equals([]);
			expect((await empty.get('/feed.atom')).text)
				.to.contain('<updated>')
				.and.not.to.contain('<entry>');
			expect(((await empty.get('/data.json')).json() as { dataset: object[] }).dataset).to.have.length(2);
			for (const path of ['/', '/statements', '/council', '/verify']) {
				expect((await empty.get(path, { accept: 'text/html' })).status).to.equal(200);
			}
		} finally {
			await empty.close();
		}
	});

	it('/branches.json has every branch with policies, contacts and neighborhoods', async () => {
		const answer = await site.get('/branches.json');
		expect(answer.headers['content-type']).to.match(/^application\/json/);
		expect(answer.headers['access-control-allow-origin']).to.equal('*');
		const document = answer.json() as {
			library: { name: string; sample: boolean };
			branches: {
				host: string;
				stage: string;
				policies: { id: string; version: number; rules: { id: string }[] }[];
				contacts: { of: string }[];
				neighborhoods: { url: string }[];
			}[];
		};
		expect(document.library).to.include({ name: 'Multnomah County Library', sample: true });
		expect(document.branches.map(({ stage }) => stage)).to.deep.equal(['open', 'open', 'listed']);
		const [belmont] = document.branches;
		expect(belmont!.host).to.equal('belmont.multcolib.localhost:4000');
		expect(belmont!.policies[0]).to.include({ id: 'conduct', version: 1 });
		expect(belmont!.policies[0]!.rules).to.have.length(10);
		expect(belmont!.contacts.map(({ of }) => of)).to.deep.equal(['branch', 'library']);
		expect(belmont!.neighborhoods).to.have.length(1);
	});

	it('/statements.csv has one line a statement, with the fields of the entry and its place', async () => {
		const answer = await site.get('/statements.csv');
		expect(answer.headers['content-type']).to.match(/^text\/csv/);
		expect(answer.headers['content-disposition']).to.contain('statements.csv');
		const [head, ...lines] = answer.text
			.trimEnd()
			.split('\r\n')
			.map((line) => line.split(','));
		expect(lines).to.have.length(2);
		const rows = lines.map((cells) => Object.fromEntries(head!.map((name, i) => [name, cells[i]])));
		expect(rows[1]).to.include({
			id: sent[0]!.id,
			kind: 'decision',
			action: 'content_hidden',
			rule_id: 'no-advertising',
			scope: 'branch',
			log_year: '2026',
			log_index: '0',
			published_on: '2026-10-14',
		});
		expect(rows[0]).to.include({ id: sent[1]!.id, action: 'content_removed warning', scope: 'federated_in' });
		expect(answer.text).not.to.contain('quoted').and.not.to.contain(FACTS);
	});

	it('/feed.json is a JSON Feed, the newest first, with days and no times', async () => {
		const answer = await site.get('/feed.json');
		expect(answer.headers['content-type']).to.match(/^application\/feed\+json/);
		const feed = answer.json() as Feed;
		expect(feed.version).to.equal('https://jsonfeed.org/version/1.1');
		expect(feed.items.map(({ id }) => id)).to.deep.equal(
			[...sent].reverse().map(({ id }) => `urn:uuid:${id}`),
		);
		expect(feed.items[1]).to.include({
			title: 'A post was hidden at Belmont',
			date_published: '2026-10-14T00:00:00Z',
			url: `http://${site.library.site}/statements/${sent[0]!.id}`,
		});
		expect(feed.items[1]!.content_text)
			.to.contain('A "quoted" <b>fact</b> & more.')
			.and.to.contain('No advertising');
		expect(feed.items[1]!.tags).to.deep.equal(['no-advertising', 'content_hidden']);
	});

	it('/feed.atom is Atom, well-formed whatever the texts hold', async () => {
		const answer = await site.get('/feed.atom');
		expect(answer.headers['content-type']).to.match(/^application\/atom\+xml/);
		expectWellFormed(answer.text);
		expect(answer.text.match(/<entry>/g)).to.have.length(2);
		expect(answer.text).to.contain('A &quot;quoted&quot; &lt;b&gt;fact&lt;/b&gt; &amp; more.');
		for (const tag of [
			'<id>urn:uuid:',
			'<updated>2026-10-14T00:00:00Z</updated>',
			'<author><name>',
			'rel="self"',
		]) {
			expect(answer.text).to.contain(tag);
		}
	});

	it('/data.json is a DCAT-US catalogue whose files are all there', async () => {
		const answer = await site.get('/data.json');
		const catalog = answer.json() as {
			conformsTo: string;
			dataset: {
				title: string;
				description: string;
				identifier: string;
				modified: string;
				accessLevel: string;
				keyword: string[];
				publisher: { name: string };
				contactPoint: { fn: string };
				distribution: { downloadURL: string; mediaType: string }[];
			}[];
		};
		expect(catalog.conformsTo).to.equal('https://project-open-data.cio.gov/v1.1/schema');
		for (const dataset of catalog.dataset) {
			expect(dataset.accessLevel).to.equal('public');
			expect(
				[dataset.title, dataset.description, dataset.publisher.name, dataset.contactPoint.fn].every(Boolean),
			).to.equal(true);
			expect(dataset.modified).to.match(/^\d{4}-\d{2}-\d{2}$/);
			for (const { downloadURL, mediaType } of dataset.distribution) {
				const file = await site.get(new URL(downloadURL).pathname);
				expect(file.status, downloadURL).to.equal(200);
				expect(String(file.headers['content-type'])).to.contain(mediaType);
			}
		}
	});

	it('a roster is the signed document as the steward made it, with an ETag', async () => {
		const path = '/neighborhoods/n-multcolib/roster';
		const answer = await site.get(path);
		expect(answer.status).to.equal(200);
		expect(verifyDocument(answer.json(), [site.library.platformKey])).to.equal(true);
		const etag = String(answer.headers.etag);
		const again = await site.get(path, { 'if-none-match': `"other", ${etag}` });
		expect([again.status, again.text]).to.deep.equal([304, '']);
		expect((await site.get(path, { 'if-none-match': '"other"' })).status).to.equal(200);
	});

	it('documents have ETags that change with what they say', async () => {
		for (const path of ['/branches.json', '/statements.csv', '/feed.json', '/feed.atom', '/data.json']) {
			const first = await site.get(path);
			const second = await site.get(path, { 'if-none-match': `W/${String(first.headers.etag)}` });
			expect([second.status, second.text], path).to.deep.equal([304, '']);
		}
		const before = (await site.get('/branches.json')).headers.etag;
		site.library.change((register) => {
			register.library = { ...register.library, name: 'Multnomah & County' };
		});
		await site.settle();
		expect((await site.get('/branches.json')).headers.etag).not.to.equal(before);
		expectWellFormed((await site.get('/feed.atom')).text);
	});

	it('an entry has the fields of the published form and no other', async () => {
		const entry = (await site.get(`/statements/${sent[0]!.id}.json`)).json() as Record<string, unknown>;
		expect(Object.keys(entry).sort()).to.deep.equal([...entrySchemas.statement.required].sort());
		const head = (await site.get('/statements.csv')).text.split('\r\n')[0]!.split(',');
		expect(head.filter((name) => /handle|author|text$|facts|explanation|reporter/.test(name))).to.deep.equal(
			[],
		);
	});
});

/** A small check that tags nest and close and that nothing stands unescaped between them. */
function expectWellFormed(text: string): void {
	const body = text.replace(/^<\?xml[^?]*\?>\s*/, '');
	const open: string[] = [];
	let at = 0;
	for (const match of body.matchAll(/<(\/?)([a-z:]+)((?:\s+[\w:]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\/?)>/g)) {
		const between = body.slice(at, match.index);
		expect(between).not.to.match(/[<>]|&(?!(amp|lt|gt|quot);)/);
		at = match.index + match[0].length;
		if (match[1]) expect(open.pop()).to.equal(match[2]);
		else if (!match[4]) open.push(match[2]!);
	}
	expect(body.slice(at).trim()).to.equal('');
	expect(open).to.deep.equal([]);
}
