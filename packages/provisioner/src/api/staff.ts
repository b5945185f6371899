import { invite, type Wanted } from '../services/invitations.ts';
import { takeBackInvitation, takeBackRole } from '../services/staff.ts';
import { branchesOf } from '../store/branches.ts';
import { big } from '../store/rows.ts';
import { grantsNow, openInvitations } from '../store/staff.ts';
import { type ApiRequest, type ApiResponse, branchOf, libraryOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const { database, clock } = request.context;
	const library = await libraryOf(request);
	const slugOf = await slugsOf(request, library.id);
	const items = (await grantsNow(database, library.id, clock.now())).map((row) => ({
		id: row.id,
		role: row.role,
		name: row.name,
		branch: slugOf(row.branch),
		from: big(row.valid_from),
		until: row.valid_until === null ? null : big(row.valid_until),
		invited_by: row.invited_by,
		team: row.team?.name ?? null,
	}));
	return { body: { items } };
}

export async function takeBack(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	await takeBackRole(request.context, library, { id: request.params.grant ?? '', by: request.token.name });
	await request.services.libraryChanged(library.id);
	return {};
}

export async function listInvitations(request: ApiRequest): Promise<ApiResponse> {
	const { database, clock } = request.context;
	const library = await libraryOf(request);
	const slugOf = await slugsOf(request, library.id);
	const items = (await openInvitations(database, library.id, clock.now())).map((row) => ({
		id: row.id,
		role: row.role,
		name: row.name,
		branch: slugOf(row.branch),
		expires: big(row.expires),
		role_until: row.valid_until === null ? null : big(row.valid_until),
		invited_by: row.invited_by,
	}));
	return { body: { items } };
}

export async function inviteToLibrary(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	return made(request, { library, branch: null, by: request.token.name });
}

export async function inviteToBranch(request: ApiRequest): Promise<ApiResponse> {
	const { library, branch } = await branchOf(request);
	return made(request, { library, branch: branch.id, by: request.token.name });
}

export async function takeBackInvited(request: ApiRequest): Promise<ApiResponse> {
	await takeBackInvitation(request.context, await libraryOf(request), request.params.invitation ?? '');
	return {};
}

async function made(request: ApiRequest, place: Parameters<typeof invite>[1]): Promise<ApiResponse> {
	const { id, url, expires } = await invite(request.context, place, request.body as Wanted);
	return { body: { id, url, expires } };
}

/** The slug of a branch of the library; null for the library itself. */
async function slugsOf({ context }: ApiRequest, library: string) {
	const slugs = new Map((await branchesOf(context.database, library)).map(({ id, slug }) => [id, slug]));
	return (branch: string | null) => (branch === null ? null : (slugs.get(branch) ?? null));
}
