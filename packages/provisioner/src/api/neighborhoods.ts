import { NotFound } from '@understory/core/errors.ts';
import { allNeighborhoods } from '../store/neighborhoods.ts';
import type { NeighborhoodRow } from '../store/rows.ts';
import type { ApiRequest, ApiResponse } from './exchange.ts';

export async function list({ context, token }: ApiRequest): Promise<ApiResponse> {
	const all = await allNeighborhoods(context.database);
	const own = all.filter(({ row }) => token.library === null || row.library === token.library);
	return { body: { items: own.filter(({ row }) => row.roster !== null).map(({ row }) => shape(row)) } };
}

export async function get({ context, token, params }: ApiRequest): Promise<ApiResponse> {
	const found = (await allNeighborhoods(context.database)).find(({ row }) => row.id === params.neighborhood);
	if (!found || (token.library !== null && found.row.library !== token.library)) {
		throw new NotFound('There is no such neighborhood.');
	}
	return { body: shape(found.row) };
}

function shape(row: NeighborhoodRow) {
	const members = row.roster?.members ?? [];
	return {
		id: row.id,
		name: row.name,
		url: row.url,
		charter: row.charter,
		version: row.roster?.version ?? null,
		members: members.map(({ domain, name, library, consent }) => ({
			domain,
			name,
			library,
			since: consent.since,
		})),
	};
}
