import { expect } from 'chai';
import type { Contact } from '../src/contact.ts';
import {
	bodiesOf,
	faultsOfBodies,
	holderOf,
	majorityOf,
	officeOf,
	quorumsAmong,
	seatOf,
} from '../src/office.ts';

const member = (name: string, more: Partial<Contact> = {}): Contact => ({
	...{
		role: 'Councilor',
		name,
		phone: null,
		address: null,
		branch: null,
		source: 'Popolo',
		checked_on: null,
	},
	...{ body: 'City Council', ...more },
});
const FIVE = ['Ana', 'Bo', 'Cy', 'Di', 'Ed'].map((name) => member(name));
const taking = (...names: string[]) =>
	names.map((name) => ({ body: 'City Council', seat: seatOf(officeOf(member(name))!) }));
const found = (bodies: ReturnType<typeof bodiesOf>, ...names: string[]) =>
	quorumsAmong(bodies, taking(...names)).map(({ body, quorum }) => `${body} ${quorum}`);

describe('a quorum in a conversation', () => {
	it('is a majority of the contacts of a body, until the library says how many members it has', () => {
		expect([1, 2, 3, 4, 5, 12].map(majorityOf)).to.deep.equal([1, 2, 2, 3, 3, 7]);
		const bodies = bodiesOf([...FIVE, member('Ombuds', { body: null })]);
		expect(bodies).to.deep.equal([{ name: 'City Council', members: 5 }]);
		expect(found(bodies, 'Ana', 'Bo')).to.deep.equal([]);
		expect(found(bodies, 'Ana', 'Bo', 'Cy')).to.deep.equal(['City Council 3']);
		const nine = bodiesOf(FIVE, [{ name: 'City Council', members: 9 }]);
		expect(found(nine, 'Ana', 'Bo', 'Cy', 'Di')).to.deep.equal([]);
		expect(found(nine, 'Ana', 'Bo', 'Cy', 'Di', 'Ed')).to.deep.equal(['City Council 5']);
	});

	it('is the number that the body has of its own, and says that it is no majority', () => {
		const bodies = bodiesOf(FIVE, [{ name: 'City Council', members: 5, quorum: 2 }]);
		expect(quorumsAmong(bodies, taking('Ana', 'Bo'))).to.deep.equal([
			{ body: 'City Council', members: 5, quorum: 2, majority: false },
		]);
	});

	it('counts a member once, whatever accounts they take part with, and nobody meets alone', () => {
		const bodies = bodiesOf(FIVE);
		expect(found(bodies, 'Ana', 'Ana', 'Ana', 'Bo')).to.deep.equal([]);
		expect(found([{ name: 'City Council', members: 1 }], 'Ana')).to.deep.equal([]);
		expect(found([{ name: 'City Council', members: 5, quorum: 1 }], 'Ana')).to.deep.equal([]);
	});

	it('is of one body: members of two bodies are no quorum of either', () => {
		const board = { body: 'Library Board', seat: 'x' };
		const bodies = [...bodiesOf(FIVE), { name: 'Library Board', members: 5 }];
		expect(quorumsAmong(bodies, [...taking('Ana', 'Bo'), board])).to.deep.equal([]);
	});

	it('an office is held by whom the contacts name, to the last day of the term', () => {
		const contacts = [member('Ana', { term_end: '2026-12-31' })];
		const office = officeOf(contacts[0]!)!;
		expect(holderOf(contacts, office, '2026-12-31')).to.equal(contacts[0]);
		expect(holderOf(contacts, office, '2027-01-01')).to.equal(undefined);
		expect(holderOf([member('Bo')], office, '2026-12-31'), 'somebody else sits there').to.equal(undefined);
	});

	it('bodies are written once each, with a quorum of no more than they are', () => {
		expect(faultsOfBodies([{ name: 'A', members: 5, quorum: 3 }])).to.deep.equal([]);
		for (const wrong of [
			{ name: ' ', members: 5 },
			{ name: 'A', members: 0 },
			{ name: 'A', members: 5, quorum: 6 },
			{ name: 'A', members: 2.5 },
			{ name: 'A', members: 501 },
		])
			expect(faultsOfBodies([wrong]), JSON.stringify(wrong)).to.have.length(1);
		const twice = [
			{ name: 'A', members: 5 },
			{ name: 'A', members: 7 },
		];
		expect(faultsOfBodies(twice).map(({ at }) => at)).to.deep.equal([1]);
	});
});
