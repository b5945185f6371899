import { orderKeys, shownKeys, type WantedOfKeys } from '../services/signing-keys.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await shownKeys(request.context, await libraryOf(request)) } };
}

export async function operate(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { id, token, context, services } = request;
	return services.accepted(
		await orderKeys(context, library, request.body as WantedOfKeys, { id, by: token.name }),
	);
}
