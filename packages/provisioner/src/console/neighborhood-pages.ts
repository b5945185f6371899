import { PublicError } from '@understory/core/errors.ts';
import { LONGEST_SUSPENSION } from '@understory/neighborhood/changes.ts';
import { USUAL_MEMBERS_DECIDE } from '@understory/neighborhood/proposal.ts';
import { type Request, type Response, Router } from 'express';
import { proposalShapes } from '../api/neighborhoods.ts';
import { changeWay, proposeToMembers, suspendMember } from '../services/roster-proposals.ts';
import type { Services } from '../services/services.ts';
import { neighborhoodsOf } from '../store/neighborhoods.ts';
import type { LibraryRow, NeighborhoodRow } from '../store/rows.ts';
import { mayChange } from './allowed.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

const DAY = 24 * 60 * 60_000;

/** `/libraries/{library}/neighborhood`: who decides about its members, what is proposed to them, and what cannot wait. */
export function neighborhoodPages({
	context,
	services,
	show,
	libraryOf,
	tokenOf,
}: ConsoleKit & { readonly services: Services }): Router {
	const router = Router();
	const path = '/libraries/:library/neighborhood';

	async function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		fault: PublicError | null = null,
	): Promise<void> {
		const rows = await neighborhoodsOf(context.database, library.id);
		const neighborhoods = await Promise.all(
			rows.map(async ({ row }) => ({
				...viewOf(row, context.clock.now()),
				proposals: (await proposalShapes(context, row)).map((one) => ({
					...one,
					title: `console.neighborhood.${one.kind}`,
					outcome:
						one.carried === null ? null : `console.neighborhood.${one.carried ? 'carried' : 'not_carried'}`,
				})),
			})),
		);
		const typed = (request.method === 'POST' ? request.body : {}) as Record<string, unknown>;
		const data = {
			name: library.name,
			library,
			neighborhoods,
			mayChange: mayChange(tokenOf(response, false)),
			fault: fault && `console.neighborhood.fault.${FAULTS.includes(fault.code) ? fault.code : 'words'}`,
			typed,
			most: LONGEST_SUSPENSION,
		};
		show(request, response, 'neighborhood', 'console.neighborhood.title', data, fault?.status ?? 200);
	}

	/** Does it and goes back to the page, or shows it again with what was typed and why not. */
	function acting(
		work: (row: NeighborhoodRow, body: Record<string, string>, by: string) => Promise<{ resend?: boolean }>,
	) {
		return async (request: Request, response: Response): Promise<void> => {
			const library = await libraryOf(request, response, true);
			const body = request.body as Record<string, string>;
			const rows = await neighborhoodsOf(context.database, library.id);
			const row = rows.find((one) => one.row.id === body.neighborhood)?.row ?? rows[0]?.row;
			try {
				if (row)
					await services.libraryChanged(library.id, await work(row, body, tokenOf(response, true).name));
			} catch (error) {
				if (!(error instanceof PublicError) || error.status >= 500 || error.status === 404) throw error;
				return page(request, response, library, error);
			}
			response.redirect(303, `/libraries/${library.slug}/neighborhood`);
		};
	}

	router.get(path, async (request, response) => {
		await page(request, response, await libraryOf(request, response));
	});
	router.post(
		`${path}/way`,
		acting(async (row, { way }, by) => {
			await changeWay(context, row, way === 'members' ? USUAL_MEMBERS_DECIDE : null, by);
			return { resend: true };
		}),
	);
	router.post(
		`${path}/proposals`,
		acting(async (row, { kind, domain = '', name = '', reason = '', evidence = '' }, by) => {
			const wanted = {
				kind: KINDS.find((one) => one === kind) ?? 'admit',
				domain: domain.trim(),
				name,
				reason,
				evidence,
			} as const;
			await proposeToMembers(context, row, wanted, { id: context.randomId(), by });
			return {};
		}),
	);
	router.post(
		`${path}/suspensions`,
		acting(async (row, { domain = '', reason = '', days }, by) => {
			const until = context.clock.now() + Number(days) * DAY;
			await suspendMember(context, row, { domain: domain.trim(), reason, until }, by);
			return {};
		}),
	);
	return router;
}

const KINDS = ['admit', 'expel', 'follow_list'] as const;

const FAULTS = [
	'steward_decides',
	'already_proposed',
	'on_roster',
	'not_on_roster',
	'no_consent',
	'still_asked',
	'suspended_lately',
];

function viewOf({ id, name, charter, roster, suspensions }: NeighborhoodRow, now: number) {
	const { changes } = charter;
	const asJson = JSON.stringify;
	return {
		...{ id, name, members: roster?.members ?? [] },
		way: changes && { share: changes.share.join('/'), quorum: changes.quorum.join('/'), days: changes.days },
		waits: roster !== null && asJson(roster.charter.changes ?? null) !== asJson(changes ?? null),
		suspended: suspensions.filter(({ until }) => now < until),
	};
}
