import { expect } from 'chai';
import {
	type AdoptedRecords,
	faultsOfAdoption,
	RETENTION_CLASSES,
	yearsAllowed,
	yearsKept,
} from '../src/records-profile.ts';
import { RECORDS_PROFILES, recordsProfile } from '../src/records-profiles.ts';

const years = Object.fromEntries(RETENTION_CLASSES.map((kind) => [kind, { least: 3, most: 10 }]));
const ADOPTED: AdoptedRecords = {
	...{ profile: 'wy', adopted_by: 'Library Board', adopted_on: '2026-03-01' },
	years: years as AdoptedRecords['years'],
};
const faults = (change: Partial<AdoptedRecords>) => {
	const wanted = { ...ADOPTED, ...change };
	return faultsOfAdoption(recordsProfile(wanted.profile), wanted).map(({ field }) => field);
};

describe('a profile of records', () => {
	it('has a source for everything it says, in both languages, and says nothing where nothing was found', () => {
		expect(new Set(RECORDS_PROFILES.map(({ id }) => id)).size).to.equal(RECORDS_PROFILES.length);
		for (const { id, state, records, unique, patrons, least } of RECORDS_PROFILES) {
			expect(state, id).to.have.keys('en', 'es');
			for (const found of [records, unique, patrons]) {
				if (!found) continue;
				expect(found.value, id).to.have.keys('en', 'es');
				expect(found.source, id).not.to.equal('');
			}
			for (const { source } of Object.values(least)) expect(source, id).not.to.equal('');
		}
		const base = recordsProfile('default')!;
		expect([base.records, base.unique, base.patrons, base.least]).to.deep.equal([null, null, null, {}]);
	});

	it('is adopted by somebody, on a day, and does not undercut the state’s schedule', () => {
		expect(faults({})).to.deep.equal([]);
		expect(faults({ adopted_by: ' ' })).to.deep.equal(['adopted_by']);
		expect(faults({ adopted_on: '2026-02-30' })).to.deep.equal(['adopted_on']);
		expect(faults({ profile: 'zz' })).to.deep.equal(['profile']);
		const under = { ...ADOPTED.years, words: { least: 2, most: 10 } };
		expect(faults({ years: under })).to.deep.equal(['words']);
		expect(faults({ profile: 'me', years: under })).to.deep.equal([]);
	});

	it('says how many days ahead somebody is told of a record only where counsel said so', () => {
		for (const { id, notice } of RECORDS_PROFILES) expect(notice, id).to.equal(null);
		for (const notice_days of [undefined, null, 0, 10, 90]) {
			expect(faults({ notice_days }), String(notice_days)).to.deep.equal([]);
		}
		for (const notice_days of [-1, 91, 1.5, Number.NaN]) {
			expect(faults({ notice_days }), String(notice_days)).to.deep.equal(['notice_days']);
		}
	});

	it('narrows the years that a branch may choose among, and never widens them', () => {
		for (const [least, most] of [
			[0, 3],
			[3, 51],
			[4, 3],
			[1.5, 3],
			[Number.NaN, 3],
		] as const) {
			const wrong = { ...ADOPTED.years, removed: { least, most } };
			expect(faults({ years: wrong }), `${least} to ${most}`).to.deep.equal(['removed']);
		}
		expect(yearsAllowed(undefined, 'removed')).to.deep.equal({ least: 1, most: 50 });
		expect(yearsKept(undefined, 'removed')).to.equal(3);
		expect(yearsKept(ADOPTED, 'accesses'), 'the default fits').to.equal(6);
		expect(yearsKept(ADOPTED, 'removed', 1), 'chosen before it was adopted').to.equal(3);
		expect(yearsKept(ADOPTED, 'removed', 20)).to.equal(10);
	});
});
