import { createEntrySums } from '@understory/core/entry-sums.ts';
import { expect } from 'chai';

const entry = (branch: string, kind: string, more: object = {}) =>
	JSON.stringify({ type: 'understory/entry/v1', branch, kind, decided_on: '2026-10-09', ...more });
const decision = (branch: string, id: string, decided_on = '2026-10-09') =>
	entry(branch, 'decision', { rule: { policy: 'conduct', id }, decided_on });
const totals = (branch: string, over: object = {}, month = '2026-10') =>
	entry(branch, 'period_totals', {
		...{ month, decided_on: '2026-11-01' },
		totals: {
			decisions: 0,
			by_rule: [],
			federation: 0,
			policies: 0,
			reports_received: 3,
			reports_closed: 1,
			...over,
		},
	});

describe('the sums of months', () => {
	function faultsOf(...leaves: string[]): string[] {
		const sums = createEntrySums();
		for (const leaf of leaves) sums.add(leaf);
		return sums.faults();
	}

	it('are right when each branch counted what it wrote, in whatever order it is read', () => {
		const by_rule = [
			{ policy: 'conduct', id: 'no-threats', count: 1 },
			{ policy: 'conduct', id: 'no-flooding', count: 2 },
		];
		const leaves = [
			totals('a.example', { decisions: 3, by_rule, federation: 1, policies: 1 }),
			...[decision('a.example', 'no-flooding'), decision('a.example', 'no-threats')],
			...[
				entry('a.example', 'federation'),
				decision('a.example', 'no-flooding'),
				entry('a.example', 'policy'),
			],
			...[decision('b.example', 'no-threats'), decision('a.example', 'no-threats', '2026-11-02')],
			totals('b.example', { decisions: 1, by_rule: [{ policy: 'conduct', id: 'no-threats', count: 1 }] }),
			...['{"type":"understory/sealed/v1"}', 'accountability.example/log/2026\n3\n', '[1', 'null'],
		];
		expect(faultsOf(...leaves)).to.deep.equal([]);
		expect(faultsOf(...leaves.reverse())).to.deep.equal([]);
	});

	it('are wrong by branch, month and what: a decision that is missing, one too many, another rule', () => {
		const by_rule = [{ policy: 'conduct', id: 'no-threats', count: 1 }];
		const summed = totals('a.example', { decisions: 1, by_rule });
		expect(faultsOf(summed)).to.deep.equal([
			'a.example, 2026-10: the branch summed up 1 decisions, and there are 0.',
			'a.example, 2026-10: the branch summed up 1 decisions under conduct/no-threats, and there are 0.',
		]);
		expect(faultsOf(summed, decision('a.example', 'no-flooding'))).to.have.length(2);
		expect(
			faultsOf(summed, ...Array.from({ length: 2 }, () => decision('a.example', 'no-threats'))),
		).to.have.length(2);
		expect(faultsOf(totals('a.example'), entry('a.example', 'policy'))).to.have.length(1);
		expect(faultsOf(totals('a.example', { federation: 1 }))).to.have.length(1);
		const counted = { reversals: 1, appeals: 1, appeals_decided: 1 };
		expect(faultsOf(totals('a.example', counted))).to.have.length(3);
		const done = ['reversal', 'appeal', 'appeal_outcome'].map((kind) => entry('a.example', kind));
		expect(faultsOf(totals('a.example', counted), ...done)).to.deep.equal([]);
	});

	it('from before reversals and appeals were summed up say nothing about them', () => {
		expect(faultsOf(totals('a.example'), entry('a.example', 'reversal'))).to.deep.equal([]);
	});

	it('are looked at for the years that are there', () => {
		const sums = createEntrySums();
		for (const leaf of [totals('a.example', { decisions: 4 }, '2026-12'), totals('a.example', {}, '2027-01')])
			sums.add(leaf);
		expect([sums.months(), sums.months([2027])]).to.deep.equal([2, 1]);
		expect([sums.faults().length, sums.faults([2027]).length]).to.deep.equal([1, 0]);
	});
});
