import { checkServer } from '../services/external-checks.ts';
import { addServer, previewServer, removeServer, shownServers } from '../services/external-servers.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await shownServers(request.context, await libraryOf(request)) } };
}

export async function preview(request: ApiRequest): Promise<ApiResponse> {
	await libraryOf(request);
	const { address } = request.body as { address: string };
	return { body: await previewServer(request.context, address) };
}

export async function add(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const asked = request.body as { address: string; name: string; sha256: string };
	const body = await addServer(request.context, library, asked, request.token.name);
	await request.services.libraryChanged(library.id);
	return { body };
}

export async function check(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const body = await checkServer(request.context, library, request.params.server ?? '');
	await request.services.libraryChanged(library.id);
	return { body };
}

export async function remove(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	await removeServer(request.context, library, request.params.server ?? '');
	await request.services.libraryChanged(library.id);
	return {};
}
