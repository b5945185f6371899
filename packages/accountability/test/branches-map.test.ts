import { gzipSync } from 'node:zlib';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { expect } from 'chai';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { branchRecord } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const BELMONT = 'belmont.multcolib.localhost:4000';

describe('the map of the branches on the first page', () => {
	let site: TestSite;
	before(async () => {
		site = await startSite();
	});
	after(() => site.close());

	async function page(path = '/', language = 'en'): Promise<string> {
		const answer = await site.get(path, { ...HTML, 'accept-language': language });
		expect(answer.status, path).to.equal(200);
		expectWholePage(answer.text, language);
		return answer.text;
	}
	/** Says where some branches are, by their places in the register; those that are not named lose it. */
	async function locate(...locations: ({ north: number; east: number } | null)[]): Promise<void> {
		site.library.change((register) => {
			register.branches = register.branches.map(({ location: _, ...branch }, n) => ({
				...branch,
				...(locations[n] ? { location: locations[n] } : {}),
			}));
		});
		await site.settle();
	}

	it('is not there when nobody told where a branch stands, as in a register from before, and the page says so', async () => {
		const html = await page();
		expect(html).not.to.contain('<svg class="chart plan"');
		expect(wordsOf(html)).to.contain('There is no map: nobody has told where the 3 branches stand.');
		expect(wordsOf(await page('/', 'es'))).to.contain('No hay mapa');
		expect((await site.get('/branches.json')).text).to.contain('"location": null');
	});

	it('has each branch as a link with its name and stage in words, and says of how many it does not know', async () => {
		await locate({ north: 45515, east: -122623 }, null, { north: 45583, east: -122686 });
		const html = await page();
		const map = /<svg class="chart plan"[\s\S]*?<\/svg>/.exec(html)![0];
		expect(linksOf(map)).to.deep.equal([`/branches/${BELMONT}`, '/branches/kenton.multcolib.localhost:4000']);
		expect(
			[...map.matchAll(/aria-label="([^"]*)"><title>([^<]*)</g)].map(([, label, title]) => [label, title]),
		).to.deep.equal([
			['Belmont: Open', 'Belmont: Open'],
			['Kenton: Listed', 'Kenton: Listed'],
		]);
		expect(map).to.contain('href="#m-open"').and.to.contain('href="#m-ring"');
		expect(map)
			.to.match(/<text[^>]*>\d km</)
			.and.to.match(/<text[^>]*>\d mi</);
		expect(wordsOf(html)).to.contain('One branch is in the list only: nobody has told where it stands.');
		for (const id of map.matchAll(/<use href="#([^"]+)"/g)) expect(html).to.contain(`id="${id[1]}"`);
		expect(await page('/', 'es')).to.contain('<title>Belmont: Abierta');
	});

	it('is the same bytes each time, also for a site that begins anew', async () => {
		const before = await page();
		site.library.change(() => undefined);
		await site.settle();
		await site.restart();
		expect(await page()).to.equal(before);
	});

	it('has one mark with a number for branches at one place, which leads to the list', async () => {
		await locate(...Array.from({ length: 3 }, () => ({ north: 45515, east: -122623 })));
		const map = /<svg class="chart plan"[\s\S]*?<\/svg>/.exec(await page())![0];
		expect(linksOf(map)).to.deep.equal(['#branches']);
		expect(map).to.contain('3 branches here: Belmont: Open, Kenton: Listed, North Portland: Open');
		expect(map).to.match(/<use href="#m-many"[^>]*\/><text[^>]*>3<\/text>/);
	});

	it('stands in branches.csv, branches.json, branches.geojson and what search engines are told of a branch', async () => {
		await locate({ north: 45515, east: -122623 });
		const [head, belmont, north] = (await site.get('/branches.csv')).text.split('\r\n');
		expect(head).to.match(/,latitude,longitude$/);
		expect(belmont).to.match(/,45\.515,-122\.623$/);
		expect(north).to.match(/,,$/);
		const { branches } = (await site.get('/branches.json')).json() as { branches: { location: unknown }[] };
		const known = { latitude: 45.515, longitude: -122.623 };
		expect(branches.map(({ location }) => location)).to.deep.equal([known, null, null]);
		const geojson = await site.get('/branches.geojson');
		expect(geojson.headers['content-type']).to.match(/^application\/geo\+json/);
		const { features, type } = geojson.json() as {
			type: string;
			features: { id: string; geometry: unknown; properties: { name: string } }[];
		};
		expect(type).to.equal('FeatureCollection');
		expect(features.map(({ geometry }) => geometry)).to.deep.equal([
			{ type: 'Point', coordinates: [-122.623, 45.515] },
			...[null, null],
		]);
		expect(features[0]).to.deep.include({ id: BELMONT });
		const html = await page(`/branches/${BELMONT}`);
		const linked = JSON.parse(/<script type="application\/ld\+json">([^<]*)</.exec(html)![1]!) as object;
		expect(linked).to.deep.include({ geo: { '@type': 'GeoCoordinates', ...known } });
		expect(html).to.contain('href="geo:45.515,-122.623"');
		expect(await page('/branches/kenton.multcolib.localhost:4000')).not.to.contain('geo:');
		expect(() => canonicalize(site.library.signed())).not.to.throw();
	});

	it('leaves the first page of a hundred branches below 60 KB', async () => {
		site.library.change((register) => {
			register.branches = Array.from({ length: 100 }, (_, n) =>
				branchRecord('multcolib', `a-branch-of-the-library-${n}`, {
					stage: n % 2 ? 'open' : 'listed',
					location: { north: 45000 + ((n * 7919) % 1000), east: -122000 - ((n * 104729) % 997) },
				}),
			);
		});
		await site.settle();
		const html = await page();
		expect([...html.matchAll(/<use href="#m-\w+" x=/g)].length).to.be.greaterThan(40);
		expect(gzipSync(html).length).to.be.lessThan(12_000);
	});
});
