import { askNow, keepWhatWasSaid } from '../services/external-checks.ts';
import {
	addServer,
	previewServer,
	removeServer,
	shownServer,
	shownServers,
} from '../services/external-servers.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await shownServers(request.context, await libraryOf(request)) } };
}

export async function preview(request: ApiRequest): Promise<ApiResponse> {
	await libraryOf(request);
	const { address } = request.body as { address: string };
	const body = await previewServer(request.context, address);
	return request.asOne(async () => ({ body }));
}

export async function add(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const asked = request.body as { address: string; name: string; sha256: string };
	const said = await previewServer(request.context, asked.address);
	return request.asOne(async ({ context, services }) => {
		const body = await addServer(context, library, asked, { said, by: request.token.name });
		await services.libraryChanged(library.id);
		return { body };
	});
}

export async function check(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const look = await askNow(request.context, library, request.params.server ?? '');
	return request.asOne(async ({ context, services }) => {
		await keepWhatWasSaid(context, look);
		await services.libraryChanged(library.id);
		return { body: await shownServer(context, library, look.row.id) };
	});
}

export async function remove(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	await removeServer(request.context, library, request.params.server ?? '');
	await request.services.libraryChanged(library.id);
	return {};
}
