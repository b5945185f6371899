import { type BranchRow, big, type ConditionRow } from '../store/rows.ts';
import type { ReasonOf } from './reasons.ts';

/** Conditions that are told anew with each look at a branch, and so are about a generation of what is wanted. */
const OF_A_WISH: readonly ConditionRow['type'][] = [
	'Available',
	'Synced',
	'Progressing',
	'Paused',
	'Deleting',
	'Neighborly',
];
/** Those that answer whether it is carried out: what they said of an older wish is no answer to a newer one. */
const ANSWERS: readonly ConditionRow['type'][] = ['Synced', 'Progressing'];

const OLDER = {
	status: 'Unknown',
	reason: 'OlderGeneration' satisfies ReasonOf<'Synced' | 'Progressing'>,
} as const;

/** A condition as people read it. */
export type ConditionAsOf = ConditionRow & {
	/** The generation it is about, when a newer one is wanted by now; null when it is about what is wanted. */
	readonly asOf: number | null;
};

/**
 * Conditions of a branch as they are shown: one that is about an older generation says so, and where it would pass for the answer to what is wanted now
 * it is Unknown. Before anybody looked there is nothing older.
 */
export function conditionsAsOf(
	{ generation }: Pick<BranchRow, 'generation'>,
	conditions: readonly ConditionRow[],
): ConditionAsOf[] {
	const wanted = big(generation);
	return conditions.map((condition) => {
		const observed = big(condition.observed_generation);
		if (!OF_A_WISH.includes(condition.type) || observed === 0 || observed >= wanted)
			return { ...condition, asOf: null };
		const message = `As of generation ${observed}, and ${wanted} is wanted now: ${condition.message}`;
		const told = { ...condition, message, asOf: observed };
		return ANSWERS.includes(condition.type) ? { ...told, ...OLDER } : told;
	});
}
