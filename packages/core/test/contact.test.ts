import { expect } from 'chai';
import { type Contact, contactState, isDivision } from '../src/contact.ts';

const CONTACT: Contact = {
	role: 'Council member',
	name: 'Ana Ruiz',
	phone: '5035550101',
	address: null,
	branch: null,
	source: 'library IT',
	checked_on: '2026-08-01',
};

describe('how a contact stands', () => {
	for (const [state, change, today] of [
		['checked', {}, '2026-10-30'],
		['old', {}, '2026-10-31'],
		['unchecked', { checked_on: null }, '2026-10-30'],
		['checked', { term_end: '2026-10-30' }, '2026-10-30'],
		['term_over', { term_end: '2026-10-29' }, '2026-10-30'],
		['broken', { broken_on: '2026-09-01', term_end: '2020-01-01' }, '2026-10-30'],
	] as const) {
		it(`is ${state} on ${today} with ${JSON.stringify(change)}`, () => {
			expect(contactState({ ...CONTACT, ...change }, today)).to.equal(state);
		});
	}

	it('a division is an Open Civic Data id and nothing else', () => {
		expect(isDivision('ocd-division/country:us/state:or/place:portland/council_district:1')).to.equal(true);
		expect(isDivision('ocd-division/country:us')).to.equal(true);
		for (const bad of [
			'',
			'district 1',
			'ocd-division/country:usa',
			'ocd-division/country:us/State:or',
			'ocd-division/country:us/<b>:1',
		])
			expect(isDivision(bad), bad).to.equal(false);
	});
});
