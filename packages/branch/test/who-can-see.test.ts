import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';

describe('who can see what', () => {
	let bed: Bed;
	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});
	const page = async (language = 'en') =>
		(await bed.branch('north').browser().get('/who-can-see', { 'accept-language': language })).body;

	it('names those who hold a role now, and nobody else', async () => {
		expect(await page())
			.to.contain('Nobody on the staff has a role here now.')
			.and.not.to.contain('Rosa Ito');
		bed.grant('staff-9', 'north', 'Rosa Ito');
		expect(await page()).to.contain('Rosa Ito');
		const there = (await bed.branch('south').browser().get('/who-can-see')).body;
		expect(there).not.to.contain('Rosa Ito');
	});

	it('says that copies hold what was deleted after them, and that a restore takes it away again', async () => {
		expect(await page()).to.contain('A copy still holds what was deleted after it was made');
		expect(await page('es')).to.contain('Una copia aún contiene lo que se borró después de hacerla');
	});

	it('names the neighbors that hold copies', async () => {
		expect(await page()).not.to.contain('Besides this one');
		bed.befriend('north', 'south');
		await bed.settle();
		expect(await page())
			.to.contain('these 2 branches')
			.and.to.match(/Besides this one: south/);
	});

	it('says which servers this branch speaks with, in each mode and language', async () => {
		const said = new Set<string>();
		for (const federation of ['closed', 'neighborhood', 'open'] as const) {
			bed.change('north', { federation });
			for (const language of ['en', 'es']) {
				const text = /<h2>(?:Other servers|Otros servidores)<\/h2>\s*<p>([^<]+)<\/p>/.exec(
					await page(language),
				)![1]!;
				said.add(text);
			}
		}
		expect(said.size).to.equal(6);
	});

	it('says how long things are kept, from the settings themselves', async () => {
		expect(await page())
			.to.contain('A sign-in lasts 14 days.')
			.and.to.contain('is given up after 30 days.')
			.and.to.contain('is gone 30 days after it was done.');
	});
});
