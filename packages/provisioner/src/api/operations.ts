import { BadInput, NotFound } from '@understory/core/errors.ts';
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

async function operationOf({ context, token, params }: ApiRequest): Promise<OperationRow> {
	const row = await findOperation(context.database, params.operation ?? '');
	const other = token.library !== null && row?.library !== token.library;
	if (!row || other || (token.branches !== null && !token.branches.includes(row.branch ?? '')))
		throw new NotFound('There is no such operation.');
	return row;
}
