import { BadInput, NotFound } from '@understory/core/errors.ts';
import { requireBeginner } from '../access/beginner.ts';
import { cancelOperation } from '../services/cancelling.ts';
import { resumeImport } from '../services/imports.ts';
import { importRows } from '../store/imports.ts';
import { findOperation } from '../store/operations.ts';
import type { OperationRow } from '../store/rows.ts';
import { type ApiRequest, type ApiResponse, pageOf } from './exchange.ts';
import { operationShape } from './shapes.ts';

export async function get(request: ApiRequest): Promise<ApiResponse> {
	return { body: operationShape(await operationOf(request)) };
}

export async function rows(request: ApiRequest): Promise<ApiResponse> {
	const { id } = await operationOf(request);
	const { limit, after } = pageOf(request, 5_000, 1_000);
	const cursor = after === undefined ? undefined : Number(after);
	if (cursor !== undefined && !Number.isSafeInteger(cursor))
		throw new BadInput('There is no such page.', [{ field: 'after', text: 'As the page before says.' }]);
	const { outcome } = request.query;
	const rows = await importRows(request.context.database, id, {
		limit,
		...(cursor !== undefined && { after: cursor }),
		...(outcome !== undefined && { outcome }),
	});
	const last = rows.length === limit ? rows.at(-1) : undefined;
	const only = outcome === undefined ? '' : `&outcome=${encodeURIComponent(outcome)}`;
	return {
		body: { items: rows.map(({ cursor: _cursor, why: _why, ...row }) => row) },
		...(last && { next: `/api/v1/operations/${id}/rows?limit=${limit}${only}&after=${last.cursor}` }),
	};
}

/** Who may begin an operation may cancel it; of one that they may only look at, they hear that they may not. */
export async function cancel(request: ApiRequest): Promise<ApiResponse> {
	const operation = await operationOf(request);
	const { context, services, token } = request;
	requireBeginner(token, operation);
	const touched = await cancelOperation(context, operation.id, token.name);
	await services.look(touched);
	if (operation.library !== null) services.passed(operation.library);
	services.goOnUpgrading();
	return services.accepted(operation.id);
}

export async function resume(request: ApiRequest): Promise<ApiResponse> {
	const operation = await operationOf(request);
	const { context, services, token, id } = request;
	requireBeginner(token, operation);
	await resumeImport(context, operation, { id, by: token.name });
	services.goOnImporting();
	return services.accepted(id);
}

async function operationOf({ context, token, params }: ApiRequest): Promise<OperationRow> {
	const row = await findOperation(context.database, params.operation ?? '');
	const other = token.library !== null && row?.library !== token.library;
	if (!row || other || (token.branches !== null && !token.branches.includes(row.branch ?? '')))
		throw new NotFound('There is no such operation.');
	return row;
}
