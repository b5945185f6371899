import { type ConditionAsOf, conditionsAsOf } from '../reconcile/as-of.ts';
import { type BranchRow, big, type ConditionRow } from '../store/rows.ts';
import { shownConditions } from './condition-words.ts';

/** How a branch stands, in one word of the design's conditions: good, wait or stop. */
function standing(
	branch: BranchRow,
	conditions: readonly ConditionAsOf[],
): { kind: 'good' | 'wait' | 'stop'; key: string } {
	const of = (type: string) => conditions.find((condition) => condition.type === type);
	if (branch.stage === 'retired') return { kind: 'stop', key: 'retired' };
	if (branch.stage === 'listed') return { kind: 'wait', key: 'listed' };
	if (of('Available')?.reason === 'Suspended') return { kind: 'wait', key: 'suspended' };
	if (of('Progressing')?.reason === 'NeedsYou') return { kind: 'stop', key: 'needs_you' };
	if (of('Hosted')?.status === 'False') return { kind: 'stop', key: 'unhosted' };
	if (of('Hosted')?.reason === 'RotaEnds') return { kind: 'wait', key: 'rota_ends' };
	if (of('Available')?.status === 'True' && of('Synced')?.status === 'True')
		return { kind: 'good', key: 'ready' };
	return { kind: 'wait', key: 'waiting' };
}

/** Does something go on about a branch by itself? What waits for a person does not, and nothing runs for one that is only listed. */
export function isOnItsWay(branch: BranchRow, conditions: readonly ConditionRow[]): boolean {
	const progressing = conditionsAsOf(branch, conditions).find(({ type }) => type === 'Progressing');
	return branch.stage !== 'listed' && progressing !== undefined && progressing.status !== 'False';
}

/** One line of a library's table. */
export function branchLine(branch: BranchRow, conditions: readonly ConditionRow[]) {
	const shown = conditionsAsOf(branch, conditions);
	const { kind, key } = standing(branch, shown);
	const asOf = shown.find((condition) => condition.asOf !== null)?.asOf ?? null;
	return {
		slug: branch.slug,
		name: branch.name,
		code: branch.code,
		cloth: branch.cloth,
		url: branch.stage === 'listed' ? null : branch.origin,
		stage: `common.stage.${branch.stage}`,
		kind,
		standing: `console.standing.${key}`,
		closing: branch.proposed_closing !== null,
		asOf,
		generation: big(branch.generation),
	};
}

/** Everything the page of one branch shows. */
export function branchFacts(branch: BranchRow, conditions: readonly ConditionRow[]) {
	return {
		...branchLine(branch, conditions),
		address: branch.address,
		phone: branch.phone,
		door: branch.door,
		unopened: branch.stage === 'unopened' || branch.stage === 'gathering',
		observed: big(branch.observed_generation),
		home: branch.place,
		housing: branch.housing,
		conditions: shownConditions(conditionsAsOf(branch, conditions)),
	};
}
