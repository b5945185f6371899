import { expect } from 'chai';
import { nextAction } from '../../src/reconcile/next-action.ts';
import { observe } from '../../src/reconcile/observe.ts';
import { pause } from '../../src/reconcile/pause.ts';
import { branchRow, sighting } from '../fixtures/rows.ts';
import { SIGHTINGS } from '../fixtures/sightings.ts';

describe('looking at a branch', () => {
	for (const { when, seen, state, action } of SIGHTINGS) {
		it(`finds ${state} and does ${action ?? 'nothing'} when ${when}`, () => {
			const found = observe(seen);
			expect(found.state).to.equal(state);
			expect(found.reason).to.match(/^[A-Z].*\.$/);
			expect(nextAction(found)).to.equal(action);
		});
	}

	it('does not say that a branch is in order when its home refused what is wanted', () => {
		const refused = branchRow({
			observed_state: 'refused',
			observed_message: 'The folder is of another epoch.',
		});
		const found = observe(sighting({ branch: refused }));
		expect(found.state).to.equal('Refused');
		expect(nextAction(found)).to.equal(null);
		expect(found.reason).to.equal('The folder is of another epoch.');
	});

	it('changes nothing of what it looks at', () => {
		for (const { seen } of SIGHTINGS) {
			const before = structuredClone(seen);
			observe(seen);
			expect(seen).to.deep.equal(before);
		}
	});
});

describe('the pause after a failure', () => {
	it('doubles from one second up to five minutes and stays there', () => {
		expect([1, 2, 3, 4, 9, 10, 1000].map(pause)).to.deep.equal([
			1000, 2000, 4000, 8000, 256_000, 300_000, 300_000,
		]);
	});
});
