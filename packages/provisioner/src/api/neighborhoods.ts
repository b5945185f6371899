import { BadInput, NotFound } from '@understory/core/errors.ts';
import type { RosterMember } from '@understory/core/register.ts';
import type { MembersDecide, RosterEvent } from '@understory/core/roster-change.ts';
import type { Context } from '../context.ts';
import { openIn } from '../register/deliberations.ts';
import {
	changeWay,
	proposeToMembers,
	suspendMember,
	type WantedProposal,
} from '../services/roster-proposals.ts';
import { branchesOf } from '../store/branches.ts';
import { findNeighborhood, listNeighborhoods } from '../store/neighborhoods.ts';
import { rosterProposalsOf } from '../store/roster-proposals.ts';
import { big, type NeighborhoodRow, type RosterProposalRow } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import { type ApiRequest, type ApiResponse, pageOf } from './exchange.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const { context, token } = request;
	const page = pageOf(request);
	if (page.after !== undefined && !isUuid(page.after))
		throw new BadInput('The list cannot be asked like that.', [
			{ field: 'after', text: 'The id of a neighborhood.' },
		]);
	const rows = await listNeighborhoods(context.database, { ...page, library: token.library });
	const last = rows.length === page.limit ? rows.at(-1) : undefined;
	const next = last && `/api/v1/neighborhoods?limit=${page.limit}&after=${last.id}`;
	return { body: { items: rows.map(shape) }, ...(next ? { next } : {}) };
}

export async function get(request: ApiRequest): Promise<ApiResponse> {
	return { body: shape(await neighborhoodOf(request)) };
}

export async function change(request: ApiRequest): Promise<ApiResponse> {
	const { context, services, token } = request;
	const row = await neighborhoodOf(request);
	const { changes } = request.body as { changes: MembersDecide | null };
	await changeWay(context, row, changes, token.name);
	await services.libraryChanged(row.library, { resend: true });
	return get(request);
}

export async function proposals(request: ApiRequest): Promise<ApiResponse> {
	return { body: { items: await proposalShapes(request.context, await neighborhoodOf(request)) } };
}

export async function propose(request: ApiRequest): Promise<ApiResponse> {
	const { context, services, token, id } = request;
	const row = await neighborhoodOf(request);
	await proposeToMembers(context, row, request.body as WantedProposal, { id, by: token.name });
	await services.libraryChanged(row.library);
	const made = (await proposalShapes(context, row)).find((one) => one.id === id);
	return { body: made!, location: `/api/v1/neighborhoods/${row.id}/proposals` };
}

export async function suspend(request: ApiRequest): Promise<ApiResponse> {
	const { context, services, token } = request;
	const row = await neighborhoodOf(request);
	const wanted = request.body as { domain: string; reason: string; until: number };
	await suspendMember(context, row, wanted, token.name);
	await services.libraryChanged(row.library);
	return { ...(await get(request)), location: `/api/v1/neighborhoods/${row.id}` };
}

/** The neighborhood of the path. Of one that is not the token's library's, the answer is the same as for none. */
async function neighborhoodOf({ context, token, params }: ApiRequest): Promise<NeighborhoodRow> {
	const found = await findNeighborhood(context.database, params.neighborhood ?? '');
	if (!found || (token.library !== null && found.library !== token.library)) {
		throw new NotFound('There is no such neighborhood.');
	}
	return found;
}

/** What was proposed to the members of a neighborhood, the newest first. */
export async function proposalShapes(context: Context, { id }: Pick<NeighborhoodRow, 'id'>) {
	const row = (await findNeighborhood(context.database, id))!;
	const open = await openIn(context.database, row, await branchesOf(context.database, row.library));
	const decided = (row.roster?.history ?? []).filter((event) => event.event === 'decided');
	const rows = await rosterProposalsOf(context.database, id);
	return rows.map((one) =>
		proposalShape(one, { all: [...open, ...decided], members: row.roster?.members ?? [] }),
	);
}

type Said = Pick<Extract<RosterEvent, { event: 'decided' }>, 'proposal' | 'voices' | 'reply'>;

function proposalShape(
	{ id, proposal, decided, carried, created_by }: RosterProposalRow,
	{ all, members }: { readonly all: readonly Said[]; readonly members: readonly RosterMember[] },
) {
	const said = all.find((one) => one.proposal.id === id);
	const answered = new Set([proposal.domain, ...(said?.voices ?? []).map((one) => one.domain)]);
	const { kind, domain, name, reason, evidence, opened, until } = proposal;
	return {
		...{ id, kind, domain, name, reason, evidence, opened, until, created_by },
		decided: decided === null ? null : big(decided),
		carried,
		voices: (said?.voices ?? []).map((one) => ({
			domain: one.domain,
			voice: one.voice,
			reason: one.reason,
			people: one.people ?? null,
			at: one.at,
		})),
		unanswered:
			decided === null
				? members
						.filter((one) => !answered.has(one.domain))
						.map((one) => ({ domain: one.domain, name: one.name }))
				: [],
		reply: said?.reply?.text ?? null,
	};
}

function shape(row: NeighborhoodRow) {
	const members = row.roster?.members ?? [];
	const { title, text, changes } = row.charter;
	return {
		id: row.id,
		name: row.name,
		url: row.url,
		charter: { title, text },
		changes: changes ?? null,
		version: row.roster?.version ?? null,
		members: members.map(({ domain, name, library, consent }) => ({
			domain,
			name,
			library,
			since: consent.since,
		})),
		suspensions: row.suspensions,
	};
}
