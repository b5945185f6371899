import { type Door, isStaffed, missingToOpen } from '@understory/core/door.ts';
import { expect } from 'chai';

const door: Door = {
	host: 'June Aldaba',
	place: 'the desk by the front door',
	hours: [{ weekday: 2, from: 600, to: 1080 }],
	deputy: 'Calvin Osei-Brandt',
	phone: null,
};

describe('the door of a branch', () => {
	it('is staffed by its own rota, from the first minute to before the last', () => {
		expect([599, 600, 1079, 1080].map((minute) => isStaffed(door, 2, minute))).to.deep.equal([
			false,
			true,
			true,
			false,
		]);
		expect(isStaffed(door, 3, 700)).to.equal(false);
	});

	it('opening needs a host with a place and hours, a deputy, rules adopted, and an appeal partner', () => {
		expect(missingToOpen({ door, rulesAdopted: true, appealPartner: 'Kenton' })).to.deep.equal([]);
		expect(missingToOpen({ door: null, rulesAdopted: false, appealPartner: null })).to.deep.equal([
			'host',
			'place',
			'hours',
			'deputy',
			'rules',
			'appeal_partner',
		]);
		const backwards = { ...door, hours: [{ weekday: 2 as const, from: 900, to: 900 }] };
		expect(missingToOpen({ door: backwards, rulesAdopted: true, appealPartner: '  ' })).to.deep.equal([
			'hours',
			'appeal_partner',
		]);
	});
});
