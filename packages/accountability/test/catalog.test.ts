import { createHash } from 'node:crypto';
import { Ajv, type ErrorObject } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'chai';
import { createBranch } from './fixtures/branch.ts';
import { CATALOG_1_1, CATALOG_3_0 } from './fixtures/dcat-us.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const CC0 = 'https://creativecommons.org/publicdomain/zero/1.0/';

interface CsvColumn {
	readonly name: string;
	readonly datatype: string;
	readonly required?: boolean;
	readonly separator?: string;
	readonly 'dc:description': readonly { '@language': string; '@value': string }[];
}

/** How each datatype is written (W3C tabular data model, section 6.4). */
const WRITTEN: Readonly<Record<string, RegExp>> = {
	string: /^.*$/,
	date: /^\d{4}-\d{2}-\d{2}$/,
	gYearMonth: /^\d{4}-\d{2}$/,
	integer: /^\d+$/,
	boolean: /^(true|false)$/,
	anyURI: /^https?:\/\/\S+$/,
};

describe('what the data says of itself', () => {
	let site: TestSite;
	before(async () => {
		site = await startSite();
		site.library.change((register) => {
			const [first] = register.contacts;
			register.contacts[0] = { ...first!, email: 'director@library.example' };
		});
		await site.settle();
		const branch = createBranch(site.library, 'belmont');
		for (const { entry, disclosures } of [
			branch.next(),
			branch.next({ action: ['content_removed', 'warning'], until: '2026-11-30', appeal: null }),
		])
			await site.post('/entries', { entry, disclosures });
		await site.settle();
	});
	after(() => site.close());

	it('statements.csv has metadata where programs look for it, which holds for every cell', async () => {
		const csv = await site.get('/statements.csv');
		expect(csv.headers.link).to.contain('/statements.csv-metadata.json>; rel="describedby"');
		const answer = await site.get('/statements.csv-metadata.json');
		expect(answer.headers['content-type']).to.equal('application/csvm+json');
		const metadata = answer.json() as {
			'@context': unknown[];
			url: string;
			'dc:license': unknown;
			'dc:modified': { '@value': string };
			tableSchema: { columns: CsvColumn[]; primaryKey: string };
		};
		expect(metadata['@context'][0]).to.equal('http://www.w3.org/ns/csvw');
		expect([metadata.url, metadata['dc:modified']['@value'], metadata.tableSchema.primaryKey]).to.deep.equal([
			...['statements.csv', '2026-10-14', 'id'],
		]);
		const { columns } = metadata.tableSchema;
		const [head, ...lines] = csv.text.trimEnd().split('\r\n');
		expect(columns.map(({ name }) => name)).to.deep.equal(head!.split(','));
		expect(lines).to.have.length(2);
		for (const line of lines) {
			for (const [at, cell] of line.split(',').entries()) {
				const { name, datatype, required, separator } = columns[at]!;
				expect(required && cell === '', `${name} is there`).not.to.equal(true);
				for (const value of cell === '' ? [] : separator ? cell.split(separator) : [cell])
					expect(value, name).to.match(WRITTEN[datatype]!);
			}
		}
	});

	it('every column is explained in both languages, in the metadata and on the page', async () => {
		const metadata = (await site.get('/statements.csv-metadata.json')).json() as {
			tableSchema: { columns: CsvColumn[] };
		};
		for (const language of ['en', 'es']) {
			const { text } = await site.get('/data', { ...HTML, 'accept-language': language });
			for (const column of metadata.tableSchema.columns) {
				const said = column['dc:description'].find((one) => one['@language'] === language)?.['@value'] ?? '';
				expect(said.length, column.name).to.be.greaterThan(8);
				expect(text).to.contain(`<code>${column.name}</code>`);
			}
		}
	});

	it('both catalogues are as DCAT-US wants them, name files that are there, and their sums are right', async () => {
		expect(faults(CATALOG_1_1, (await site.get('/data.json')).json())).to.deep.equal([]);
		const catalog = (await site.get('/dcat-us-3.json')).json() as {
			dataset: { distribution: Distribution[] }[];
		};
		expect(faults(CATALOG_3_0, catalog)).to.deep.equal([]);
		interface Distribution {
			downloadURL: string;
			mediaType: string;
			byteSize?: string;
			checksum?: { checksumValue: string };
			describedBy?: Distribution;
		}
		const named = catalog.dataset.flatMap(({ distribution }) =>
			distribution.flatMap((one) => [one, ...(one.describedBy ? [one.describedBy] : [])]),
		);
		expect(named.filter(({ checksum }) => checksum)).to.have.length(5);
		for (const { downloadURL, mediaType, byteSize, checksum } of named) {
			const { status, headers, body } = await site.get(new URL(downloadURL).pathname);
			expect(status, downloadURL).to.equal(200);
			expect(String(headers['content-type'])).to.contain(mediaType);
			if (!checksum) continue;
			expect(byteSize).to.equal(String(body.length));
			expect(checksum.checksumValue).to.equal(createHash('sha256').update(body).digest('hex'));
		}
	});

	it('a library that names no e-mail address invents none, and its page says what portals miss', async () => {
		const silent = await startSite();
		try {
			const [fault, ...others] = faults(CATALOG_1_1, (await silent.get('/data.json')).json());
			expect(fault).to.contain("must have required property 'hasEmail'");
			expect(others.every((one) => one.includes('hasEmail'))).to.equal(true);
			expect((await silent.get('/data', HTML)).text).to.contain('Portals ask for one');
			expect((await site.get('/data', HTML)).text).not.to.contain('Portals ask for one');
		} finally {
			await silent.close();
		}
	});

	it('every file says that it is in the public domain', async () => {
		for (const path of [
			'/statements.csv',
			'/data/entries.jsonl',
			'/branches.json',
			'/feed.json',
			'/data.json',
		])
			expect((await site.get(path)).headers.link, path).to.contain(`<${CC0}>; rel="license"`);
		expect((await site.get('/feed.atom')).text).to.contain(`<link rel="license" href="${CC0}"/>`);
		for (const path of ['/', '/statements', '/council'])
			expect((await site.get(path, HTML)).text).to.contain('CC0');
	});

	it('pages of the library, of a branch and of the data tell search engines what they show, and nothing can break out', async () => {
		site.library.change((register) => {
			register.library = { ...register.library, name: 'Library </script><b>&' };
		});
		await site.settle();
		const linked = async (path: string) => {
			const { text } = await site.get(path, HTML);
			const blocks = [...text.matchAll(/<script type="application\/ld\+json">([^<]*)<\/script>/g)];
			expect(blocks, path).to.have.length(1);
			expect(text).not.to.contain('</script><b>');
			return JSON.parse(blocks[0]![1]!) as Record<string, unknown>;
		};
		expect(await linked('/')).to.include({
			'@type': 'GovernmentOrganization',
			name: 'Library </script><b>&',
		});
		const branch = await linked('/branches/belmont.multcolib.localhost:4000');
		expect(branch).to.deep.include({
			'@context': 'https://schema.org',
			'@type': 'Library',
			name: 'Belmont',
			publishingPrinciples: [`http://${site.library.site}/policies/conduct/1`],
		});
		expect((branch.contactPoint as { email?: string }[])[1]!.email).to.equal('director@library.example');
		const data = await linked('/data');
		expect(data.license).to.equal(CC0);
		expect((data.distribution as { contentUrl: string }[]).map(({ contentUrl }) => contentUrl)).to.include(
			`http://${site.library.site}/statements.csv`,
		);
	});
});

/** What a document lacks of a schema, each with its place. */
function faults(schema: object, document: unknown): string[] {
	const ajv = new Ajv({ allErrors: true, strict: true });
	formats.default(ajv, ['date', 'uri']);
	const check = ajv.compile(schema);
	check(document);
	return (check.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath} ${message}`);
}
