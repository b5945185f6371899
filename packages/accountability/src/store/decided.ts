import { STATEMENT_KINDS } from '@understory/core/statement.ts';
import type { Db } from './database.ts';

/** Of a published statement that is shown, what decisions are chosen by. */
export interface DecidedRow {
	readonly id: string;
	readonly log_year: number;
	readonly log_index: number;
	/** Host. */
	readonly branch: string;
	readonly kind: string;
	/** `policy/rule`. */
	readonly rule: string;
	readonly acts: readonly string[];
	readonly decided_on: string;
}

/** Those that stand in the logs after a place, in their order: published is what is under a checkpoint, so none comes in before another later. */
export async function decidedAfter(
	db: Db,
	libraryId: string,
	{ year, index }: { readonly year: number; readonly index: number },
): Promise<DecidedRow[]> {
	return db
		.with('some', (query) =>
			query
				.from('entries')
				.where({ library_id: libraryId, published: true, sealed: false })
				.whereIn('kind', [...STATEMENT_KINDS])
				.whereRaw('(log_year, log_index) > (?, ?)', [year, index])
				.select('id', 'kind', 'log_year', 'log_index', db.raw('entry::jsonb as said')),
		)
		.from('some')
		.orderBy(['log_year', 'log_index'])
		.select<DecidedRow[]>(
			...['id', 'kind', 'log_year', 'log_index'],
			db.raw(`said->>'branch' as branch, (said#>>'{rule,policy}') || '/' || (said#>>'{rule,id}') as rule`),
			db.raw(`said->'action' as acts, said->>'decided_on' as decided_on`),
		);
}
