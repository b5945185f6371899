import { addCell, configureCell, removeCell, shownCells, type WantedCell } from '../services/cells.ts';
import { type ApiRequest, type ApiResponse, refuseLibraryTokens } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	return { body: { items: await shownCells(request.context) } };
}

export async function add(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const added = await addCell(request.context, request.body as Partial<WantedCell>);
	await request.services.cellsChanged();
	return { body: added };
}

export async function change(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const { context, params, body, services } = request;
	const changed = await configureCell(context, params.cell ?? '', body as Partial<WantedCell>);
	await services.sweep();
	return { body: changed };
}

export async function remove(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	await removeCell(request.context, request.params.cell ?? '', request.token.name);
	return {};
}
