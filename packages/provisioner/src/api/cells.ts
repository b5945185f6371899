import {
	addCell,
	configureCell,
	emptyCell,
	removeCell,
	shownCells,
	tryCell,
	type WantedCell,
} from '../services/cells.ts';
import { type ApiRequest, type ApiResponse, refuseLibraryTokens } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	return { body: { items: await shownCells(request.context) } };
}

export async function add(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	const wanted = request.body as Partial<WantedCell>;
	await tryCell(request.context, wanted);
	return request.asOne(async ({ context, services }) => {
		const added = await addCell(context, wanted);
		await services.cellsChanged();
		return { body: added };
	});
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
	const { context, params, token } = request;
	const name = params.cell ?? '';
	await emptyCell(context, name, token.name);
	await request.asOne(async (inside) => {
		await removeCell(inside.context, name, token.name);
		return {};
	});
	context.closeCell?.(name);
	return {};
}
