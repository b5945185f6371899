import { expect } from 'chai';
import { branchName, inWords, spineCode } from '../../src/survey/names.ts';
import { branchLabel, libraryLabel } from '../../src/survey/slugs.ts';

describe("names from the survey's capitals", () => {
	const names: [string, string][] = [
		['ST. JOHNS LIBRARY', 'St. Johns'],
		['SELLWOOD-MORELAND LIBRARY', 'Sellwood-Moreland'],
		['CENTRAL LIBRARY', 'Central Library'],
		['HOLLYWOOD BRANCH LIBRARY', 'Hollywood'],
		['DPL-RODOLFO "CORKY" GONZALES BRANCH', 'DPL-Rodolfo "Corky" Gonzales'],
		["O'FALLON PUBLIC LIBRARY", "O'Fallon Public"],
		['CHILDREN`S LIBRARY', "Children's"],
		['MCMINNVILLE PUBLIC LIBRARY', 'McMinnville Public'],
		['FRIENDS OF THE  LIBRARY ON MAIN', 'Friends of the Library on Main'],
		['Already Written Well', 'Already Written Well'],
	];
	for (const [capitals, name] of names) {
		it(`${capitals} is called ${name}`, () => expect(branchName(capitals)).to.equal(name));
	}

	it('directions of a street stay capitals, ordinals do not become capitals', () => {
		expect(inWords('2300 NW THURMAN ST')).to.equal('2300 NW Thurman St');
		expect(inWords('919 NE 19TH AVE.')).to.equal('919 NE 19th Ave.');
	});

	it('a spine code has two to five capitals', () => {
		expect(['North Portland', 'Belmont', 'Friends of the Library', 'Ñ'].map(spineCode)).to.deep.equal([
			'NOPO',
			'BELM',
			'FOTL',
			'N',
		]);
	});
});

describe('labels for hosts', () => {
	const outlet = {
		line: 2,
		system: 'IL0098',
		sequence: '017',
		region: 'IL',
		name: 'West Town',
		fullName: 'West Town Branch',
		address: { street: '', city: 'Chicago', region: 'IL', postcode: '' },
		location: null,
		phone: null,
		central: false,
		digest: '',
	};

	it('try the name, then the city, then the sequence number, then the key', () => {
		const taken = new Set<string>();
		const given = [0, 1, 2, 3].map(() => {
			const label = branchLabel(outlet, taken);
			taken.add(label);
			return label;
		});
		expect(given).to.deep.equal(['west-town', 'west-town-chicago', 'west-town-017', 'il0098-017']);
	});

	it('are never one of the reserved ones', () => {
		expect(branchLabel({ ...outlet, name: 'Mail' }, new Set())).to.equal('branch-chicago');
	});

	it('of libraries leave out what every library is', () => {
		const label = (name: string, taken: string[] = []) =>
			libraryLabel({ name, region: 'OR', system: 'OR0063' }, new Set(taken));
		expect(label('Multnomah County Library')).to.equal('multnomah');
		expect(label('Multnomah County Library', ['multnomah'])).to.equal('multnomah-or');
		expect(label('Multnomah County Library', ['multnomah', 'multnomah-or'])).to.equal('multnomah-or0063');
		expect(label('City Library')).to.equal('city');
		expect(label('図書館')).to.equal('or0063');
	});
});
