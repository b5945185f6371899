import { Conflict, NotFound } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import { refusalToBegin, requireBeginner } from '../access/beginner.ts';
import { asOne } from '../services/as-one.ts';
import { cancelOperation, mayCancel } from '../services/cancelling.ts';
import { resumeImport } from '../services/imports.ts';
import type { Services } from '../services/services.ts';
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
export function operationPages(kit: ConsoleKit & LiveKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, tokenOf } = kit;
	const router = Router();

	/** Of an operation that is out of the token's reach, the answer is the same as for none. */
	async function operationOf(request: Request, response: Response): Promise<OperationRow> {
		const token = tokenOf(response, false);
		const row = await findOperation(context.database, String(request.params.operation));
		const other = token.library !== null && token.library !== row?.library;
		if (!row || other || (token.branches !== null && !token.branches.includes(row.branch ?? '')))
			throw new NotFound();
		return row;
	}

	async function look(request: Request, response: Response): Promise<LiveView> {
		const row = await operationOf(request, response);
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
		const mine = refusalToBegin(tokenOf(response, false), row) === null;
		const cancel = mine && !ended && (await mayCancel(context, row)).may;
		const resume = mine && row.kind === 'import' && row.problem?.code === 'cancelled';
		return { view: 'operation', title: 'operations.title', data: { ...data, cancel, resume }, ended };
	}

	/** What comes of cancelling it, or why it cannot be: asked once more before it is done. */
	async function ask(request: Request, response: Response, status = 200): Promise<void> {
		const row = await operationOf(request, response);
		const { kind, stage, may } = await mayCancel(context, row);
		const { maybe } = wordsOf(request, response);
		const key = `operations.cancel.why.${kind}.${stage}`;
		const { what } = shownOperation(row, maybe);
		const why = stage === 'ended' || maybe(key) === null ? 'operations.cancel.ended' : key;
		show(
			request,
			response,
			'operation-cancel',
			'operations.cancel.title',
			{ what, id: row.id, may, why },
			status,
		);
	}

	async function actingOn(request: Request, response: Response): Promise<{ row: OperationRow; by: string }> {
		const row = await operationOf(request, response);
		const token = tokenOf(response, true);
		requireBeginner(token, row);
		return { row, by: token.name };
	}

	router.get('/operations/:operation/cancel', async (request, response) => {
		await actingOn(request, response);
		await ask(request, response);
	});
	router.post('/operations/:operation/cancel', async (request, response) => {
		const { row, by } = await actingOn(request, response);
		const line = { actor: by, act: 'cancelOperation', subject: request.path };
		try {
			await services.look(await asOne(context, line, (inside) => cancelOperation(inside, row.id, by)));
		} catch (error) {
			if (!(error instanceof Conflict)) throw error;
			return ask(request, response, error.status);
		}
		if (row.library !== null) services.passed(row.library);
		services.goOnUpgrading();
		response.redirect(303, `/operations/${row.id}`);
	});
	router.post('/operations/:operation/resume', async (request, response) => {
		const { row, by } = await actingOn(request, response);
		const id = context.randomId();
		const line = { actor: by, act: 'resumeOperation', subject: request.path };
		try {
			await asOne(context, line, (inside) => resumeImport(inside, row, { id, by }));
		} catch (error) {
			if (!(error instanceof Conflict)) throw error;
			const { view, title, data } = await look(request, response);
			return show(request, response, view, title, { ...data, gone: true }, error.status);
		}
		services.goOnImporting();
		response.redirect(303, `/operations/${id}`);
	});

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
