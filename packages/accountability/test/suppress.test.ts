import { expect } from 'chai';
import { type ShownCount, suppress } from '../src/data/suppress.ts';

/** Every list of `length` counts below `limit`. */
function* lists(length: number, limit: number): Generator<number[]> {
	if (length === 0) {
		yield [];
		return;
	}
	for (const rest of lists(length - 1, limit))
		for (let count = 0; count < limit; count++) yield [...rest, count];
}

describe('counts that are few', () => {
	it('are shown as under five, and what would give them away is not shown', () => {
		expect(suppress([12, 3, 40, 9])).to.deep.equal({ cells: [12, 'under_five', 'withheld', 9], total: 64 });
		expect(suppress([12, 9])).to.deep.equal({ cells: [12, 9], total: 21 });
		expect(suppress([1, 0, 2])).to.deep.equal({
			cells: ['under_five', 'under_five', 'under_five'],
			total: 'under_five',
		});
		expect(suppress([7, 0])).to.deep.equal({ cells: ['withheld', 'withheld'], total: 7 });
		expect(suppress([])).to.deep.equal({ cells: [], total: 0 });
	});

	for (const [length, limit] of [
		[2, 40],
		[3, 30],
		[4, 22],
	] as const) {
		it(`cannot be told apart by whoever knows the rule and tries every list of ${length}`, () => {
			const seen = new Map<
				string,
				{ shown: readonly ShownCount[]; values: Set<number>[]; total: ShownCount }
			>();
			for (const counts of lists(length, limit)) {
				const { cells, total } = suppress(counts);
				const name = JSON.stringify([cells, total]);
				const known = seen.get(name) ?? { shown: cells, values: cells.map(() => new Set<number>()), total };
				for (const [at, count] of counts.entries()) known.values[at]!.add(count);
				seen.set(name, known);
			}
			for (const [name, { shown, values, total }] of seen) {
				// Of larger sums not every list was tried.
				if (typeof total === 'number' && total >= limit) continue;
				for (const [at, cell] of shown.entries()) {
					const possible = [...values[at]!].sort((a, b) => a - b);
					if (cell === 'under_five') expect(possible, name).to.deep.equal([0, 1, 2, 3, 4]);
					else if (cell === 'withheld') expect(possible.length, name).to.be.greaterThan(2);
					else expect(possible).to.deep.equal([cell]);
				}
			}
			expect(seen.size).to.be.greaterThan(30);
		});
	}
});
