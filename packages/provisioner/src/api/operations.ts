import { NotFound } from '@understory/core/errors.ts';
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
	const items = await request.context
		.database('import_row')
		.where({ operation: id })
		.where('line', '>', Number(after ?? -1) || -1)
		.orderBy('line')
		.limit(limit)
		.select<{ line: number; key: string | null; outcome: string; reason: string | null }[]>(
			'line',
			'key',
			'outcome',
			'reason',
		);
	const last = items.length === limit ? items.at(-1) : undefined;
	return {
		body: { items },
		...(last ? { next: `/api/v1/operations/${id}/rows?limit=${limit}&after=${last.line}` } : {}),
	};
}

async function operationOf({ context, token, params }: ApiRequest): Promise<OperationRow> {
	const row = await findOperation(context.database, params.operation ?? '');
	if (!row || (token.library !== null && row.library !== token.library))
		throw new NotFound('There is no such operation.');
	return row;
}
