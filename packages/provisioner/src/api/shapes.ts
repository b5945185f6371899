import type { CopyAway } from '@understory/core/copy-away.ts';
import { conditionsAsOf } from '../reconcile/as-of.ts';
import {
	type BackupRow,
	type BranchRow,
	big,
	type ConditionRow,
	type LibraryRow,
	type OperationRow,
} from '../store/rows.ts';

/** How rows look in the API. */
export function libraryShape(row: LibraryRow) {
	const { source_digest: _digest, ...rest } = row;
	return { ...rest, created: big(row.created) };
}

export function branchShape(row: BranchRow, conditions: readonly ConditionRow[]) {
	return {
		id: row.id,
		slug: row.slug,
		name: row.name,
		code: row.code,
		cloth: row.cloth,
		kind: row.kind,
		stage: row.stage,
		url: row.origin,
		federation: row.federation,
		teens_public: row.teens_public,
		totals_only: row.totals_only,
		address: row.address,
		location: row.location,
		phone: row.phone,
		door: row.door,
		policies: row.policies,
		appeal_partner: row.appeal_partner,
		proposed_closing: row.proposed_closing,
		hosting: { until: row.hosted_until === null ? null : big(row.hosted_until), unhosted: row.unhosted },
		suspended: row.suspension,
		retired: row.retirement && {
			at: row.retirement.at,
			until: row.retirement.until,
			deleted: row.retirement.deleted ?? null,
		},
		successor: row.successor && {
			id: row.successor.id,
			name: row.successor.name,
			url: row.successor.origin,
		},
		home: { kind: row.housing, name: row.place },
		generation: big(row.generation),
		observed_generation: big(row.observed_generation),
		conditions: conditionsAsOf(row, conditions).map((condition) => ({
			type: condition.type,
			status: condition.status,
			reason: condition.reason,
			message: condition.message,
			last_transition_time: big(condition.transition_at),
			observed_generation: big(condition.observed_generation),
		})),
		created: big(row.created),
	};
}

export function operationShape(row: OperationRow) {
	return {
		id: row.id,
		kind: row.kind,
		library: row.library,
		branch: row.branch,
		state: row.state,
		progress: { done: row.done, total: row.total },
		result: row.result,
		problem: row.problem,
		created: big(row.created),
		finished: row.finished === null ? null : big(row.finished),
	};
}

export function backupShape({ id, state, place, asked, asked_by, scheduled, facts, message }: BackupRow) {
	return {
		...{ id, state, home: place, asked: big(asked), asked_by, scheduled, problem: message },
		made: facts?.made ?? null,
		verified: facts?.verified ?? null,
		bytes: facts?.bytes ?? null,
		apart: facts?.away?.state === 'there' || (facts?.apart ?? null),
		away: facts?.away ? awayShape(facts.away) : null,
	};
}

function awayShape(away: CopyAway) {
	const { where } = away;
	return away.state === 'there'
		? { state: away.state, where, since: away.at, code: null, problem: null }
		: { state: away.state, where, since: away.since, code: away.code, problem: away.problem };
}
