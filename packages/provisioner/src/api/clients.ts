import { endClient, type NewClient, newSecret, registerClient, shownClient } from '../services/clients.ts';
import { clientsOf } from '../store/clients.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const clients = await clientsOf(request.context.database, library.id);
	return { body: { items: clients.map(shownClient) } };
}

export async function create(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { client, secret } = await registerClient(request.context, library, request.body as NewClient);
	await request.services.libraryChanged(library.id);
	return { body: { ...client, secret } };
}

export async function renewSecret(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const secret = await newSecret(request.context, library, request.params.client ?? '');
	await request.services.libraryChanged(library.id);
	return { body: { secret } };
}

export async function remove(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	await endClient(request.context, library, request.params.client ?? '');
	await request.services.libraryChanged(library.id);
	return {};
}
