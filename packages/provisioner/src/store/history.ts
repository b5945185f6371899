import { auditOf } from './access.ts';
import { subjectOf } from './branches.ts';
import type { Database } from './database.ts';
import { type BranchRow, big, type OperationRow } from './rows.ts';

/** One thing that was done to a branch, or that was asked for. */
export interface HistoryLine {
	/** UTC milliseconds. */
	readonly at: number;
	readonly by: string;
	/** A word of the audit, or the kind of an operation. */
	readonly what: string;
	/** Of an operation, how it stands; null for a line of the audit. */
	readonly state: OperationRow['state'] | null;
	readonly problem: string | null;
}

/** What happened to a branch, newest first: operations, and decisions that the audit has. */
export async function historyOf(
	database: Database,
	branch: Pick<BranchRow, 'id'>,
	limit: number,
): Promise<HistoryLine[]> {
	const [acts, operations] = await Promise.all([
		auditOf(database, subjectOf(branch), limit),
		database<OperationRow>('operation').where({ branch: branch.id }).orderBy('created', 'desc').limit(limit),
	]);
	const lines = [
		...acts.map(({ at, actor, act }) => ({
			...{ at: big(at), by: actor, what: act },
			...{ state: null, problem: null },
		})),
		...operations.map(({ created, created_by, kind, state, problem }) => ({
			...{ at: big(created), by: created_by, what: kind },
			...{ state, problem: problem?.title ?? null },
		})),
	];
	return lines.sort((a, b) => b.at - a.at).slice(0, limit);
}
