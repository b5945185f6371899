import { expect } from 'chai';
import { observe, type Sighting } from '../../src/reconcile/observe.ts';
import { type Around, toldOf, toldOfHome } from '../../src/reconcile/told.ts';
import { CONDITION_TYPES, type ConditionType } from '../../src/store/rows.ts';
import type { UnderWay } from '../../src/store/under-way.ts';
import { branchRow, NOON, sighting } from '../fixtures/rows.ts';

const SAME: Around = { compared: { drift: null, as: 'same' }, underWay: null };
const WHY = { why: { en: 'The building moves' }, since: NOON, until: NOON + 1 };

/** What a look tells of a condition, as `True Reason`. */
function told(
	type: ConditionType,
	seen: Partial<Sighting>,
	around: Partial<Around> = {},
): string | undefined {
	const all = toldOf(observe(sighting(seen)), sighting(seen).branch, { ...SAME, ...around });
	const one = all.find((condition) => condition.type === type);
	return one && `${one.status} ${one.reason}`;
}
const underWay = (reason: UnderWay['reason'], ofHome = false): Partial<Around> => ({
	underWay: { reason, message: 'It goes on.', ofHome },
});

describe('what a look at a branch tells', () => {
	it('is every condition but those that follow from the roster and from the public name, each with a sentence', () => {
		const all = toldOf(observe(sighting()), branchRow(), SAME);
		const types = all.map(({ type }) => type);
		expect([...types, 'Neighborly', 'DomainVerified', 'CertificateReady']).to.have.members([
			...CONDITION_TYPES,
		]);
		for (const { message } of all) expect(message).to.match(/\.$/);
	});

	it('says what is under way by its name: the first time, a suspension, and its end', () => {
		const never = branchRow({ branch_key: null, observed_generation: '0' });
		expect(told('Progressing', { branch: never })).to.equal('True Installing');
		expect(told('Progressing', { branch: never, sight: { state: 'Absent' } })).to.equal('True Installing');
		const behind = { observed_generation: '2' };
		const closes = branchRow({ ...behind, suspension: WHY });
		expect(told('Progressing', { branch: closes })).to.equal('True Suspending');
		const opens = branchRow({ ...behind, observed_state: 'suspended' });
		expect(told('Progressing', { branch: opens })).to.equal('True Resuming');
		expect(told('Progressing', { branch: branchRow(behind) })).to.equal('True OutOfSync');
	});

	it('says what goes on beside, and what needs a person, a clock or a pause all the same', () => {
		for (const reason of ['Restoring', 'Renaming', 'Exporting', 'Moving'] as const)
			expect(told('Progressing', {}, underWay(reason))).to.equal(`True ${reason}`);
		const damaged = branchRow({ observed_state: 'damaged' });
		expect(told('Progressing', { branch: damaged }, underWay('Restoring'))).to.equal('False NeedsYou');
		const failed = {
			...{ branch: '', action: 'send_desired', generation: '3', state: 'failed' as const },
			...{ failures: 1, not_before: String(NOON + 1), detail: null, code: null, at: '0' },
		};
		const waits = { branch: branchRow({ observed_generation: '2' }), intent: failed };
		expect(told('Progressing', waits, underWay('Exporting'))).to.equal('True Waiting');
		expect(told('Progressing', waits, underWay('Upgrading', true))).to.equal('True Upgrading');
	});

	it('calls a home that is away for its upgrade upgraded, for everybody in it, and tells nobody else what goes on with one branch', () => {
		const seen = sighting({ sight: { state: 'Unknown', reason: 'It does not answer.' } });
		const ofAll = (around: Partial<Around>) =>
			toldOfHome(observe(seen), seen.branch, { ...SAME, ...around })
				.map(({ type, reason }) => `${type} ${reason}`)
				.filter((text) => text.startsWith('Progressing') || /Paused|Deleting/.test(text));
		expect(ofAll(underWay('Upgrading', true))).to.deep.equal(['Progressing Upgrading']);
		expect(ofAll(underWay('Renaming'))).to.deep.equal(['Progressing Waiting']);
	});

	it('says that somebody changed its home, with what, and does not know while nobody can see it', () => {
		const drift = { sentence: 'Its image is another.', cutsOff: false };
		const changed = { compared: { drift, as: 'changed' } } as const;
		expect(told('Drifted', { drift }, changed)).to.equal('True Changed');
		const message = toldOf(observe(sighting({ drift })), branchRow(), { ...SAME, ...changed }).find(
			({ type }) => type === 'Drifted',
		)!.message;
		expect(message).to.equal('Its image is another.');
		const byHand = { ...drift, unmanaged: true } as const;
		expect(told('Drifted', { drift: byHand }, { compared: { drift: byHand, as: 'changed' } })).to.equal(
			'True Unmanaged',
		);
		expect(told('Drifted', {})).to.equal('False AsMade');
		expect(told('Drifted', {}, { compared: { drift: null, as: 'unseen' } })).to.equal('Unknown HomeSilent');
		expect(told('Drifted', {}, { compared: { drift: null, as: 'one_machine' } })).to.equal(
			'False OneMachine',
		);
		// An upgrade changes it just now, and a branch without a home has nothing to compare: what was said stands.
		expect(told('Drifted', {}, { compared: { drift: null, as: null } })).to.equal(undefined);
		expect(told('Drifted', {}, { compared: null })).to.equal(undefined);
	});

	it('is paused while somebody suspends it, and says until when', () => {
		expect(told('Paused', {})).to.equal('False NotPaused');
		const branch = branchRow({ suspension: WHY });
		expect(told('Paused', { branch })).to.equal('True Suspended');
		const [paused] = toldOf(observe(sighting()), branch, SAME).filter(({ type }) => type === 'Paused');
		expect(paused!.message).to.equal(`The building moves. Until ${new Date(NOON + 1).toISOString()}.`);
	});

	it('is to be deleted from when it is closed for good: held, being deleted, deleted', () => {
		const retired = (retirement: { deleting?: true; deleted?: number }, place: string | null = 'home-1') =>
			told('Deleting', {
				branch: branchRow({ stage: 'retired', place, retirement: { at: 1, until: 2, ...retirement } }),
			});
		expect(told('Deleting', {})).to.equal('False Kept');
		expect(retired({})).to.equal('True Held');
		expect(retired({ deleting: true })).to.equal('True BeingDeleted');
		expect(retired({ deleting: true, deleted: 3 }, null)).to.equal('True Deleted');
		expect(retired({}, null)).to.equal('False NothingRan');
	});
});
