import type { CatalogueNetwork } from '@understory/core/catalogue-network.ts';
import {
	allowedNetworks,
	allowNetwork,
	endNetwork,
	requirePlatform,
} from '../services/catalogue-networks.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await allowedNetworks(request.context, await libraryOf(request)) } };
}

export async function allow(request: ApiRequest): Promise<ApiResponse> {
	requirePlatform(request.token);
	const library = await libraryOf(request);
	const by = { id: request.id, by: request.token.name };
	return { body: await allowNetwork(request.context, library, request.body as CatalogueNetwork, by) };
}

export async function end(request: ApiRequest): Promise<ApiResponse> {
	requirePlatform(request.token);
	const library = await libraryOf(request);
	await endNetwork(request.context, library, request.params.network ?? '', request.token.name);
	return {};
}
