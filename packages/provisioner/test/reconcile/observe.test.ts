import { expect } from 'chai';
import { nextAction } from '../../src/reconcile/next-action.ts';
import { type BranchState, observe, type Sighting, TRIES } from '../../src/reconcile/observe.ts';
import { pause } from '../../src/reconcile/reconciler.ts';
import type { BranchRow } from '../../src/store/rows.ts';
import { branchRow, homeRow, intentRow, NOON, sighting } from '../fixtures/rows.ts';

const DRIFT = { sentence: 'Somebody changed the image.', cutsOff: false };
const behind = branchRow({ observed_generation: '2' });

function retiredUnserved(more: { deleting?: true }): BranchRow {
	return branchRow({ stage: 'retired', place: null, home: null, retirement: { at: 1, until: 2, ...more } });
}

/** What is seen, what it is called, and what is done about it. */
const TABLE: readonly {
	readonly when: string;
	readonly seen: Sighting;
	readonly state: BranchState['state'];
	readonly action: ReturnType<typeof nextAction>;
}[] = [
	{
		when: 'everything wanted is served',
		seen: sighting(),
		state: 'InSync',
		action: null,
	},
	{
		when: 'the branch is only listed, whatever else is seen',
		seen: sighting({ branch: branchRow({ stage: 'listed', home: null }), sight: { state: 'Absent' } }),
		state: 'NotServed',
		action: null,
	},
	{
		when: 'it was retired before anything ran for it: no home is chosen',
		seen: sighting({ branch: retiredUnserved({}), home: undefined, sight: null }),
		state: 'NotServed',
		action: null,
	},
	{
		when: 'it is to be deleted, and nothing ever ran for it',
		seen: sighting({ branch: retiredUnserved({ deleting: true }), home: undefined, sight: null }),
		state: 'ToBeDeleted',
		action: 'delete_folder',
	},
	{
		when: 'the driver cannot tell: nothing is started on a guess',
		seen: sighting({ sight: { state: 'Unknown', reason: 'The cluster does not answer.' } }),
		state: 'Unknown',
		action: null,
	},
	{
		when: 'the home does not run',
		seen: sighting({ sight: { state: 'Absent' } }),
		state: 'HomeAbsent',
		action: 'start_home',
	},
	{
		when: 'somebody stopped the home',
		seen: sighting({ sight: { state: 'Absent', changed: 'Somebody told it to have no pod.' } }),
		state: 'HomeAbsent',
		action: 'start_home',
	},
	{
		when: 'somebody changed the home, whatever else is wanted',
		seen: sighting({ branch: behind, drift: DRIFT }),
		state: 'Drifted',
		action: 'mend_home',
	},
	{
		when: 'somebody changed the home, and it does not come up',
		seen: sighting({ sight: { state: 'Unknown', reason: 'The home is being started.' }, drift: DRIFT }),
		state: 'Drifted',
		action: 'mend_home',
	},
	{
		when: 'it could not be changed back a moment ago',
		seen: sighting({
			drift: DRIFT,
			intent: intentRow({ action: 'mend_home', not_before: String(NOON + 1) }),
		}),
		state: 'Drifted',
		action: null,
	},
	{
		when: 'the pause after that is over',
		seen: sighting({ drift: DRIFT, intent: intentRow({ action: 'mend_home', not_before: String(NOON) }) }),
		state: 'Drifted',
		action: 'mend_home',
	},
	{
		when: 'no home was chosen',
		seen: sighting({ branch: branchRow({ place: null, home: null }), home: undefined, sight: null }),
		state: 'NoHome',
		action: 'choose_home',
	},
	{
		when: 'a home was chosen, which does not run yet',
		seen: sighting({ branch: branchRow({ home: null }), home: undefined, sight: { state: 'Absent' } }),
		state: 'HomeAbsent',
		action: 'start_home',
	},
	{
		when: 'the home that was chosen has enrolled',
		seen: sighting({ branch: branchRow({ home: null }) }),
		state: 'NotEntered',
		action: 'enter_home',
	},
	{
		when: 'the home has not said where it is',
		seen: sighting({ home: homeRow({ internal_url: null }) }),
		state: 'Unknown',
		action: null,
	},
	{
		when: 'something was changed since the home last answered',
		seen: sighting({ branch: behind }),
		state: 'OutOfSync',
		action: 'send_desired',
	},
	{
		when: 'the home answered, but the branch has no key',
		seen: sighting({ branch: branchRow({ branch_key: null }) }),
		state: 'Refused',
		action: null,
	},
	{
		when: 'the provisioner died between sending and hearing',
		seen: sighting({ branch: behind, intent: intentRow({ state: 'running', failures: 0 }) }),
		state: 'OutOfSync',
		action: 'send_desired',
	},
	{
		when: 'the last try failed a moment ago',
		seen: sighting({ branch: behind, intent: intentRow({ not_before: String(NOON + 1) }) }),
		state: 'Waiting',
		action: null,
	},
	{
		when: 'the pause after a failed try is over',
		seen: sighting({ branch: behind, intent: intentRow({ not_before: String(NOON) }) }),
		state: 'OutOfSync',
		action: 'send_desired',
	},
	{
		when: 'the same wish failed as often as it is tried',
		seen: sighting({ branch: behind, intent: intentRow({ failures: TRIES }) }),
		state: 'GivenUp',
		action: null,
	},
	{
		when: 'a wish that was given up was changed',
		seen: sighting({
			branch: branchRow({ generation: '4', observed_generation: '2' }),
			intent: intentRow({ failures: TRIES, generation: '3' }),
		}),
		state: 'OutOfSync',
		action: 'send_desired',
	},
	{
		when: 'the home says that the folder is damaged',
		seen: sighting({ branch: branchRow({ observed_state: 'damaged', observed_message: 'Torn page.' }) }),
		state: 'Damaged',
		action: null,
	},
];

describe('looking at a branch', () => {
	for (const { when, seen, state, action } of TABLE) {
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
		for (const { seen } of TABLE) {
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
