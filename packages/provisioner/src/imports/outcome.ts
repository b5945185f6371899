import type { Why } from './reasons.ts';

/** What happens to one row of a file, or happened. */
export type Outcome = 'created' | 'unchanged' | 'updated' | 'skipped' | 'refused' | 'proposed_closing';

/** What an import does with one row, or did. */
export interface RowResult {
	/** Of the file, its header being 1; null for a branch that the file has no more. */
	readonly line: number | null;
	/** What the file calls it. */
	readonly key: string | null;
	readonly outcome: Outcome;
	/** Null where nothing needs a reason. */
	readonly why: Why | null;
	/** The name of the branch or the library as it is afterwards. */
	readonly name: string | null;
	/** Where the branch is, or will be, in the web: names are for ever, so it is shown before. */
	readonly url: string | null;
	/** Which fields change. */
	readonly changed: readonly string[];
}

/** What an import comes to, in rows of the file; `proposed_closing` counts branches. */
export type Summary = Record<Outcome, number> & { rows: number };

const NOTHING: Summary = {
	rows: 0,
	created: 0,
	unchanged: 0,
	updated: 0,
	skipped: 0,
	refused: 0,
	proposed_closing: 0,
};

/** Is nothing of a file taken in, because each of its rows is refused or passed over? */
export function takesNothing({ created, unchanged, updated, proposed_closing }: Summary): boolean {
	return created + unchanged + updated + proposed_closing === 0;
}

/** The counts of these rows, on top of others. */
export function summed(results: readonly Pick<RowResult, 'outcome'>[], others: Summary = NOTHING): Summary {
	const sum = { ...others };
	for (const { outcome } of results) {
		sum[outcome]++;
		if (outcome !== 'proposed_closing') sum.rows++;
	}
	return sum;
}
