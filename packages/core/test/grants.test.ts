import { type Grant, rolesAt } from '@understory/core/grants.ts';
import { allows } from '@understory/core/permissions.ts';
import { expect } from 'chai';

const grant = (parts: Partial<Grant>): Grant => ({
	staff_id: 's1',
	name: 'June',
	role: 'host',
	branch: 'belmont',
	from: 100,
	until: 200,
	...parts,
});

describe('grants', () => {
	it('hold from their first moment until before their last', () => {
		const grants = [grant({})];
		expect([99, 100, 199, 200].map((now) => rolesAt(grants, 's1', 'belmont', now).length)).to.deep.equal([
			0, 1, 1, 0,
		]);
	});

	it('of one branch or one person say nothing about another', () => {
		expect(rolesAt([grant({})], 's1', 'kenton', 150)).to.deep.equal([]);
		expect(rolesAt([grant({})], 's2', 'belmont', 150)).to.deep.equal([]);
	});

	it('for the whole library hold at each of its branches', () => {
		expect(rolesAt([grant({ branch: null, role: 'moderation_team' })], 's1', 'kenton', 150)).to.deep.equal([
			'moderation_team',
		]);
	});

	it('library IT, auditors and greeters decide about nobody', () => {
		expect(allows(['library_it', 'auditor', 'greeter'], 'moderate')).to.equal(false);
		expect(allows(['greeter', 'host'], 'moderate')).to.equal(true);
	});
});
