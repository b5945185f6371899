import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import { changeSignIn, shownSignIn, testSignIn } from '../services/sign-in.ts';
import { shownAlerts } from '../services/sign-in-alerts.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function get(request: ApiRequest): Promise<ApiResponse> {
	return { body: await shownSignIn(request.context, await libraryOf(request)) };
}

export async function alerts(request: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await shownAlerts(request.context, await libraryOf(request)) } };
}

export async function change(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const body = request.body as SignInSettings;
	return { body: await changeSignIn(request.context, library, body, request.token.name) };
}

export async function operate(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	return request.services.accepted(await testSignIn(request.context, library, request.token.name));
}
