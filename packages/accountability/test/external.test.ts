import { createHash } from 'node:crypto';
import type { ExternalDocument, ExternalRecord } from '@understory/core/external-server.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const HOST = 'social.library.example';
const DOCUMENT: ExternalDocument = {
	...{ type: 'understory/external-server/v1', host: HOST, software: 'mastodon', title: 'Library <Social>' },
	...{ description: 'A server of the county library.', languages: ['en'], about: 'Since 2019.\nCome in.' },
	rules: [
		{ id: '1', text: 'No threats.', hint: 'Also none in jest.' },
		{ id: '2', text: '<b>No</b> advertising.', hint: null },
	],
	contact: { email: 'social@library.example', account: `@desk@${HOST}` },
	security: { contacts: ['mailto:security@library.example'], policy: null },
};
const [, ADVERTISING] = DOCUMENT.rules;
const LATER: ExternalDocument = {
	...DOCUMENT,
	rules: [{ id: '1', text: 'No threats at all.', hint: null }, ADVERTISING!],
};

/** As the register has it, with these documents as its versions, the oldest first. */
function server(over: Partial<ExternalRecord>, ...documents: ExternalDocument[]): ExternalRecord {
	const versions = documents.map((document, at) => ({
		...{ version: at + 1, read_on: `2026-10-0${at + 1}`, sha256: digestDocument(document), document },
	}));
	const { host } = documents[0]!;
	return {
		...{ id: 's1', host, origin: `https://${host}`, name: 'County Social', read_on: '2026-10-14' },
		versions: versions.reverse(),
		...over,
	};
}

describe('a server on other software on the site', () => {
	let site: TestSite;
	before(async () => {
		site = await startSite();
		await list(server({}, DOCUMENT));
	});
	after(() => site.close());

	async function list(...external: ExternalRecord[]): Promise<void> {
		site.library.change((register) => {
			register.external = external;
		});
		await site.settle();
	}
	async function page(path: string, language = 'en'): Promise<string> {
		const answer = await site.get(path, { ...HTML, 'accept-language': language });
		expect(answer.status, path).to.equal(200);
		expectWholePage(answer.text, language);
		return answer.text;
	}

	it('stands among the branches and has a page, both of which say whose word that is and that no log proves it', async () => {
		for (const path of ['/', `/branches/${HOST}`]) {
			expect(wordsOf(await page(path))).to.contain('what it says of itself by its public API');
			expect(wordsOf(await page(path, 'es'))).to.contain('Aquí no hay registro de sus decisiones');
		}
		expect(linksOf(await page('/'))).to.include(`/branches/${HOST}`);
		const html = await page(`/branches/${HOST}`);
		expect(wordsOf(html))
			.to.contain('runs on other software')
			.and.to.contain('No threats. Also none in jest.')
			.and.to.contain(`social@library.example, @desk@${HOST}`)
			.and.to.contain('Read last on Wednesday, October 14');
		expect(html).to.contain('&lt;b&gt;No&lt;/b&gt; advertising.').and.not.to.contain('<b>No</b>');
		expect((await site.get('/branches/other.example', HTML)).status).to.equal(404);
	});

	it('stands in branches.json, in branches.csv, in both catalogues and in the data for search engines', async () => {
		const { external, branches } = (await site.get('/branches.json')).json() as {
			external: Record<string, unknown>[];
			branches: object[];
		};
		expect(branches).to.have.length(3);
		expect(external).to.have.length(1);
		expect(external[0]).to.deep.include({
			host: HOST,
			kind: 'external',
			software: 'mastodon',
			moderation_log: null,
		});
		expect(external[0]!.rules).to.deep.equal(DOCUMENT.rules);
		const rows = (await site.get('/branches.csv')).text.trim().split('\r\n');
		expect(rows).to.have.length(5);
		expect(rows[0]).to.match(/^host,name,kind,software,stage,/);
		expect(rows[4]).to.match(new RegExp(`^${HOST},County Social,external,mastodon,,https://${HOST}/,`));
		for (const catalog of ['/data.json', '/dcat-us-3.json'])
			expect((await site.get(catalog)).text).to.contain('/branches.csv');
		const html = await page(`/branches/${HOST}`);
		const linked = JSON.parse(/<script type="application\/ld\+json">([^<]*)</.exec(html)![1]!) as object;
		expect(linked).to.deep.include({ '@type': 'WebSite', name: 'County Social', url: `https://${HOST}/` });
	});

	it('keeps each version at an address, with the bytes of its digest and what changed, also when it is listed no more', async () => {
		await list(server({}, DOCUMENT, LATER));
		await list(server({ versions: server({}, DOCUMENT, LATER).versions.slice(0, 1) }, DOCUMENT, LATER));
		const at = `/branches/${HOST}`;
		expect(linksOf(await page(at))).to.include.members([`${at}/versions/1`, `${at}/versions/2`]);
		const second = wordsOf(await page(`${at}/versions/2`));
		expect(second).to.contain('What it says otherwise than in version 1');
		expect(second).to.match(/Rule 1 No taken away: threats\. Also none in jest\. added: threats at all\./);
		expect(second).not.to.contain('Rule 2');
		const { text } = await site.get(`${at}/versions/1.json`);
		expect(`sha256:${createHash('sha256').update(text).digest('hex')}`).to.equal(digestDocument(DOCUMENT));
		await list();
		expect((await site.get(at, HTML)).status).to.equal(404);
		expect(wordsOf(await page(`${at}/versions/1`))).to.contain('The library lists this server no more');
		await page(`${at}/versions/1`, 'es');
		for (const gone of ['versions/3', 'versions/3.json', 'versions/x'])
			expect((await site.get(`${at}/${gone}`, HTML)).status, gone).to.equal(404);
	});

	it('that cannot be read is said to be so, with the day, and what it said last stays', async () => {
		await list(server({ unread_since: '2026-10-11', read_on: '2026-10-10' }, DOCUMENT));
		const words = wordsOf(await page(`/branches/${HOST}`));
		expect(words).to.contain('could not be read since Sunday, October 11').and.to.contain('No threats.');
		expect(wordsOf(await page('/'))).to.contain('could not be read since');
		expect((await site.get('/branches.csv')).text).to.contain(',2026-10-10,2026-10-11');
	});

	it('with more words than can be compared one by one has them compared as a whole', async () => {
		const long = (word: string) => ({ ...DOCUMENT, host: 'long.example', about: `${word} `.repeat(4_000) });
		await list(server({}, long('a'), long('b')));
		expect(wordsOf(await page('/branches/long.example/versions/2'))).to.contain(
			'About itself taken away: a a',
		);
	});

	it('has its pages written as files with the others', async () => {
		await list(server({}, DOCUMENT));
		await site.restart({ lookEvery: 60_000 });
		await site.restart({ lookEvery: null });
		for (const path of [`/branches/${HOST}`, `/branches/${HOST}/versions/1`]) await page(path);
	});
});
