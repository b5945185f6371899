import { NotFound } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import { branchById } from '../store/branches.ts';
import { findLibrary } from '../store/libraries.ts';
import { findOperation } from '../store/operations.ts';
import { big, type OperationRow } from '../store/rows.ts';
import { deedOf } from './deeds.ts';
import { type LiveKit, type LiveView, livePage } from './live/live-page.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** One of the design's conditions for each state of an operation. */
export const KIND_OF_STATE = {
	queued: 'wait',
	running: 'wait',
	done: 'good',
	failed: 'stop',
} as const satisfies Record<OperationRow['state'], string>;

/** Operations whose rows have a page of their own. */
const FILES = new Set(['import', 'import_preview']);

/** `/operations/{operation}`: how far something is that takes time, and what came of it. */
export function operationPages(kit: ConsoleKit & LiveKit): Router {
	const { context, wordsOf, tokenOf } = kit;
	const router = Router();

	/** Of an operation that is out of the token's reach, the answer is the same as for none. */
	async function look(request: Request, response: Response): Promise<LiveView> {
		const token = tokenOf(response, false);
		const row = await findOperation(context.database, String(request.params.operation));
		const other = token.library !== null && token.library !== row?.library;
		if (!row || other || (token.branches !== null && !token.branches.includes(row.branch ?? '')))
			throw new NotFound();
		const library = row.library === null ? undefined : await findLibrary(context.database, row.library);
		const branch = row.branch === null ? undefined : await branchById(context.database, row.branch);
		const operation = shownOperation(row, wordsOf(request, response).maybe);
		const data = {
			...{ operation, what: operation.what },
			library,
			branch,
			file: FILES.has(row.kind) ? `${library ? `/libraries/${library.slug}` : ''}/imports/${row.id}` : null,
			upgrade: row.kind === 'upgrade' || row.kind === 'undo_upgrade' ? row.id : null,
		};
		const ended = row.state === 'done' || row.state === 'failed';
		return { view: 'operation', title: 'operations.title', data, ended };
	}

	livePage(router, '/operations/:operation', kit, look);
	return router;
}

/** An operation as pages show it. */
export function shownOperation(row: OperationRow, maybe: (key: string) => string | null) {
	const { id, kind, state, done, total, problem, created_by: by } = row;
	return {
		...{
			id,
			by,
			kind: KIND_OF_STATE[state],
			state: `life.state.${state}`,
			next: `operations.next.${state}`,
			what: deedOf(kind, maybe),
		},
		asked: big(row.created),
		finished: row.finished === null ? null : big(row.finished),
		going: state === 'queued' || state === 'running',
		...{ done, total, counted: total !== null && total > 0 },
		problem: problem?.title ?? null,
	};
}
