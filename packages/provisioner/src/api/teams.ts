import { NotFound } from '@understory/core/errors.ts';
import { teamCountsAt } from '../services/team-list.ts';
import { teamsSeenBy } from '../services/team-view.ts';
import {
	addToTeam,
	agreeToTeam,
	createTeam,
	endPart,
	inviteToServe,
	offerTeam,
	type Served,
	takeOffTeam,
} from '../services/teams.ts';
import { type ApiRequest, type ApiResponse, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await teamsSeenBy(request.context, await libraryOf(request)) } };
}

export async function waiting(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	return { body: { items: await teamCountsAt(request.context, library, request.params.team ?? '') } };
}

export async function create(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const wanted = request.body as { name: string } & Served;
	const id = await createTeam(request.context, { library, by: request.token.name }, wanted, request.id);
	return shown(request, id);
}

export async function offer(request: ApiRequest): Promise<ApiResponse> {
	const acting = await actingIn(request);
	await offerTeam(request.context, acting, (request.body as { library: string }).library);
	return shown(request, acting.team);
}

export async function agree(request: ApiRequest): Promise<ApiResponse> {
	const acting = await actingIn(request);
	await tell(request, await agreeToTeam(request.context, acting, request.body as Served));
	return shown(request, acting.team);
}

export async function end(request: ApiRequest): Promise<ApiResponse> {
	const acting = await actingIn(request);
	await tell(request, await endPart(request.context, acting, request.params.other ?? ''));
	return {};
}

export async function addMember(request: ApiRequest): Promise<ApiResponse> {
	const acting = await actingIn(request);
	await addToTeam(request.context, acting, request.body as { name: string }, request.id);
	return shown(request, acting.team);
}

export async function takeOff(request: ApiRequest): Promise<ApiResponse> {
	const acting = await actingIn(request);
	await tell(request, await takeOffTeam(request.context, acting, request.params.member ?? ''));
	return {};
}

export async function invite(request: ApiRequest): Promise<ApiResponse> {
	const acting = await actingIn(request);
	const member = request.params.member ?? '';
	const { id, url, expires } = await inviteToServe(request.context, acting, member, request.id);
	return { body: { id, url, expires } };
}

async function actingIn(request: ApiRequest) {
	const library = await libraryOf(request);
	return { library, team: request.params.team ?? '', by: request.token.name };
}

/** The registers of these libraries change. */
async function tell({ services }: ApiRequest, libraries: readonly string[]): Promise<void> {
	for (const library of libraries) await services.libraryChanged(library);
}

async function shown(request: ApiRequest, id: string): Promise<ApiResponse> {
	const teams = await teamsSeenBy(request.context, await libraryOf(request));
	const team = teams.find((one) => one.id === id);
	if (!team) throw new NotFound('There is no such team.');
	return { body: team };
}
