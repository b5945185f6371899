import { beginCommandLogin, redeemCommandLogin } from '../services/command-logins.ts';
import {
	grantConsole,
	shownConsoleGrants,
	takeBackConsoleGrant,
	type WantedConsoleGrant,
} from '../services/console-grants.ts';
import {
	changeProvider,
	endProvider,
	shownProvider,
	type WantedProvider,
} from '../services/staff-providers.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function get(request: ApiRequest): Promise<ApiResponse> {
	return { body: await shownProvider(request.context, await placeOf(request)) };
}

export async function change(request: ApiRequest): Promise<ApiResponse> {
	const { context, body, token } = request;
	return { body: await changeProvider(context, await placeOf(request), body as WantedProvider, token.name) };
}

export async function end(request: ApiRequest): Promise<ApiResponse> {
	await endProvider(request.context, await placeOf(request));
	return {};
}

export async function listGrants({ context, token }: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await shownConsoleGrants(context, token) } };
}

export async function createGrant({ context, token, id, body }: ApiRequest): Promise<ApiResponse> {
	return { body: await grantConsole(context, body as WantedConsoleGrant, { id, by: token }) };
}

export async function endGrant({ context, token, params }: ApiRequest): Promise<ApiResponse> {
	await takeBackConsoleGrant(context, params.grant ?? '', token);
	return {};
}

export async function beginCommand({ context, body }: ApiRequest): Promise<ApiResponse> {
	return { body: await beginCommandLogin(context, (body as { computer: string }).computer) };
}

export async function redeemCommand({ context, body }: ApiRequest): Promise<ApiResponse> {
	return { body: await redeemCommandLogin(context, (body as { secret: string }).secret) };
}

/** The library of the path; null for the platform. */
async function placeOf(request: ApiRequest): Promise<string | null> {
	return request.params.library === undefined ? null : (await libraryOf(request)).id;
}
