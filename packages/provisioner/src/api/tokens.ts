import { makeToken, rotateToken, shownTokens, takeBackToken, type WantedToken } from '../services/tokens.ts';
import { listTokens } from '../store/access.ts';
import type { ApiRequest, ApiResponse } from './exchange.ts';

export async function list({ context, token }: ApiRequest): Promise<ApiResponse> {
	return {
		body: {
			items: await shownTokens(
				context,
				await listTokens(context.database, { library: token.library, now: context.clock.now() }),
			),
		},
	};
}

export async function own({ context, token }: ApiRequest): Promise<ApiResponse> {
	return { body: (await shownTokens(context, [token]))[0]! };
}

export async function create({ context, token, id, body }: ApiRequest): Promise<ApiResponse> {
	return { body: await makeToken(context, body as WantedToken, { id, by: token }) };
}

export async function rotate({ context, token, id, params }: ApiRequest): Promise<ApiResponse> {
	return { body: await rotateToken(context, params.token ?? '', { id, by: token }) };
}

export async function revoke({ context, token, params }: ApiRequest): Promise<ApiResponse> {
	await takeBackToken(context, params.token ?? '', token);
	return {};
}
