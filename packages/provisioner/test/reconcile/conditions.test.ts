import { expect } from 'chai';
import { conditionsFor } from '../../src/reconcile/conditions.ts';
import type { BranchState } from '../../src/reconcile/observe.ts';

const STATES: readonly BranchState[] = [
	{ state: 'NotServed', reason: 'Listed.' },
	{ state: 'NoHome', reason: 'No home.' },
	{ state: 'HomeAbsent', reason: 'No process.' },
	{ state: 'Drifted', reason: 'Another image.', until: null, cutsOff: false },
	{ state: 'Unknown', reason: 'Silence.' },
	{ state: 'GivenUp', reason: 'Six times.' },
	{ state: 'Waiting', reason: 'Later.', until: 1 },
	{ state: 'OutOfSync', reason: 'Behind.' },
	{ state: 'Damaged', reason: 'Torn.' },
	{ state: 'Refused', reason: 'Will not.' },
	{ state: 'ToBeDeleted', reason: 'The hold is over.' },
	{ state: 'Suspended', reason: 'The building moves.' },
	{ state: 'Moving', reason: 'On its way.' },
	{ state: 'InSync', reason: 'Fine.' },
];

function statusOf(state: BranchState, type: string, facts = { everServed: true }): string {
	return conditionsFor(state, facts).find((condition) => condition.type === type)!.status;
}

describe('the conditions of a branch', () => {
	for (const state of STATES) {
		it(`say all there is to say, each with a reason, when it is ${state.state}`, () => {
			const told = conditionsFor(state, { everServed: false });
			// Neighborly follows from the roster and is told where that is made.
			const types = told.map((condition) => condition.type).sort();
			expect(types).to.deep.equal(['Available', 'Progressing', 'Synced']);
			for (const condition of told) {
				// Kubernetes' own form of a reason: one word in CamelCase.
				expect(condition.reason).to.match(/^[A-Z][A-Za-z]*$/);
				expect(condition.message).to.match(/\.$/);
			}
		});
	}

	it('call a branch available only when somebody knows that it is', () => {
		for (const state of STATES) {
			const status = statusOf(state, 'Available', { everServed: false });
			expect(status === 'True', state.state).to.equal(state.state === 'InSync');
		}
	});

	it('leave a branch available while something newer is on its way', () => {
		expect(statusOf({ state: 'OutOfSync', reason: 'Behind.' }, 'Available')).to.equal('True');
		expect(statusOf({ state: 'OutOfSync', reason: 'Behind.' }, 'Synced')).to.equal('False');
	});

	it('do not call a branch available whose home does not run, whatever it served before', () => {
		const absent = { state: 'HomeAbsent', reason: 'No process.' } as const;
		expect(statusOf(absent, 'Available')).to.equal('False');
		const waiting = { state: 'Waiting', reason: 'The namespace is full.', until: 1 } as const;
		expect(statusOf({ ...waiting, absent: true }, 'Available')).to.equal('False');
		expect(statusOf(waiting, 'Available')).to.equal('True');
	});

	it('say that somebody changed the home, and do not call a branch available whose way in is gone', () => {
		const drifted = {
			state: 'Drifted',
			reason: 'Its image is another.',
			until: null,
			cutsOff: false,
		} as const;
		const reasons = (state: BranchState) =>
			conditionsFor(state, { everServed: true }).map(({ status, reason }) => `${status} ${reason}`);
		expect(reasons(drifted)).to.deep.equal(['True Serving', 'False Drifted', 'True Mending']);
		expect(reasons({ ...drifted, cutsOff: true })[0]).to.equal('Unknown Drifted');
		const stopped = { state: 'HomeAbsent', reason: 'Scaled to nothing.', drifted: true } as const;
		expect(reasons(stopped)).to.deep.equal(['False HomeAbsent', 'False Drifted', 'True HomeAbsent']);
	});

	it('say that somebody ran helm for the home, and that a home was given up, which is no question of whether people come in', () => {
		const reasons = (state: BranchState) =>
			conditionsFor(state, { everServed: true }).map(({ status, reason }) => `${status} ${reason}`);
		const taken = {
			...({ state: 'Drifted', reason: 'By hand.', until: null } as const),
			...({ cutsOff: true, unmanaged: true } as const),
		} as const;
		expect(reasons(taken)).to.deep.equal(['Unknown Drifted', 'False Unmanaged', 'True Mending']);
		const left = { state: 'GivenUp', reason: 'It ends at once.', absent: true } as const;
		expect(reasons(left)).to.deep.equal(['False HomeGivenUp', 'False HomeGivenUp', 'False NeedsYou']);
	});

	it('do not turn a silent home into a broken branch', () => {
		expect(statusOf({ state: 'Unknown', reason: 'Silence.' }, 'Available')).to.equal('Unknown');
	});
});
