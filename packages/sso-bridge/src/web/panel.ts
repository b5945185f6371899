import { NotFound } from '@understory/core/errors.ts';
import { languageOf } from '@understory/http/language.ts';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { type Clerk, clerkOf, namesOfStaff, panelNow } from '../desk/clerk.ts';
import { mayStill } from '../desk/issuing.ts';
import {
	groundsOf,
	type ProposalFault,
	type ProposalForm,
	proposeRestriction,
} from '../restricting/proposal.ts';
import { openTold } from '../restricting/told.ts';
import {
	confirmRestriction,
	endRestriction,
	type RestrictionRow,
	restrictionsOf,
} from '../store/restrictions.ts';
import { type CardForm, noonOf } from './card-form.ts';
import type { SiteOf } from './site.ts';
import { type Own, youParts } from './you-parts.ts';

const PATH = '/desk/panel';

type Trouble =
	| { readonly faults: readonly ProposalFault[]; readonly form: Partial<ProposalForm> }
	| 'alone'
	| 'already'
	| 'not_there'
	| 'enough';

/**
 * Where a library's panel proposes, confirms and lifts restrictions. Two agree: what one proposed, another confirms, while both are on it; so a panel of one
 * can do neither. To lift a restriction, one is enough.
 */
export function panelRoutes(context: Context, siteOf: SiteOf, form: CardForm): Router {
	const router = Router();
	const { page, act, show } = youParts(context, siteOf, form);

	function panelist({ library, you }: Own): Clerk {
		const clerk = clerkOf(context, library.id, you);
		if (!clerk?.panel) throw new NotFound();
		return clerk;
	}
	const isAlone = ({ library }: Own) => panelNow(context, library.id).size < 2;
	const deciding = (
		run: (request: Request, own: Own, clerk: Clerk) => Promise<Trouble | null>,
	): RequestHandler[] =>
		act(
			async (request, response, own) => {
				const clerk = panelist(own);
				const trouble = await run(request, own, clerk);
				if (trouble === null) return response.redirect(303, PATH);
				await showPanel(request, response, own, trouble);
			},
			{ bytes: 16_384 },
		);

	router.get(
		PATH,
		page(async (request, response, own) => {
			panelist(own);
			await showPanel(request, response, own, null);
		}),
	);

	router.post(
		`${PATH}/propose`,
		...deciding(async (request, own, clerk) => {
			if (isAlone(own)) return 'alone';
			const typed = formIn(request.body as Record<string, unknown>);
			const faults = await proposeRestriction(context, own, clerk, typed);
			return faults.length > 0 ? { faults, form: typed } : null;
		}),
	);

	router.post(
		`${PATH}/confirm`,
		...deciding(async (request, own, clerk) => {
			const { library } = own;
			const id = idIn(request);
			if (isAlone(own)) return 'alone';
			if (!(await mayStill(context, library, clerk, 'restriction_confirmed'))) return 'enough';
			const done = await confirmRestriction(context.database, {
				library: library.id,
				id,
				staff: clerk.staff,
				panel: panelNow(context, library.id),
			});
			if (done !== 'confirmed') return done;
			context.log.info('restriction_confirmed', { library: library.slug });
			return null;
		}),
	);

	router.post(
		`${PATH}/lift`,
		...deciding(async (request, { library }, clerk) => {
			const id = idIn(request);
			if (!(await mayStill(context, library, clerk, 'restriction_lifted'))) return 'enough';
			if (!(await endRestriction(context.database, { library: library.id, id }))) return 'not_there';
			context.log.info('restriction_lifted', { library: library.slug });
			return null;
		}),
	);

	async function showPanel(
		request: Request,
		response: Response,
		own: Own,
		trouble: Trouble | null,
	): Promise<void> {
		const { library } = own;
		const clerk = panelist(own);
		const language = languageOf(request, response);
		const rows = await restrictionsOf(context.database, library.id, ['proposed', 'in_force']);
		const names = namesOfStaff(context, library.id);
		const panel = panelNow(context, library.id);
		const grounds = groundsOf(context, own).map(({ key, title }) => ({
			key,
			title: title[language] ?? title.en,
		}));
		const shown = (row: RestrictionRow) => ({
			id: row.id,
			number: numberOf(row),
			...openTold(context, row),
			ground: grounds.find(({ key }) => key === row.ground)?.title ?? row.ground,
			from: noonOf(row.from_day),
			until: noonOf(row.until_day),
			by: names.get(row.proposed_by) ?? '',
			and: row.confirmed_by ? (names.get(row.confirmed_by) ?? '') : null,
			mine: row.proposed_by === clerk.staff,
			left: !panel.has(row.proposed_by),
		});
		const typed = trouble !== null && typeof trouble === 'object' ? trouble : { faults: [], form: {} };
		const said = typeof trouble === 'string' ? [trouble] : typed.faults;
		show(request, response, own, {
			view: 'card/panel',
			title: said.length > 0 ? 'restriction.panel.title_error' : 'restriction.panel.title',
			status: said.length > 0 ? 422 : 200,
			data: {
				alone: panel.size < 2,
				waiting: rows.filter(({ state }) => state === 'proposed').map(shown),
				inForce: rows.filter(({ state }) => state === 'in_force').map(shown),
				grounds: grounds.map((ground) => ({ ...ground, chosen: ground.key === typed.form.ground })),
				form: typed.form,
				bad: Object.fromEntries(
					typed.faults.map((fault) => [fault, context.design.t(language, `restriction.fault.${fault}`)]),
				),
				faults: said.map((fault) => ({
					field: typeof trouble === 'string' || fault === 'enough' ? null : fault,
					key: `restriction.fault.${fault}`,
				})),
			},
		});
	}

	return router;
}

/** By which a restriction is spoken of, here and where it is published. */
export function numberOf({ id }: Pick<RestrictionRow, 'id'>): string {
	return id.slice(0, 8);
}

function formIn(fields: Record<string, unknown>): ProposalForm {
	const text = (name: string) => (typeof fields[name] === 'string' ? fields[name].slice(0, 5_000) : '');
	return {
		named: text('named'),
		ground: text('ground'),
		from: text('from'),
		until: text('until'),
		reason: text('reason'),
		appeal: text('appeal'),
	};
}

/** Throws `NotFound` for what is no id. */
function idIn(request: Request): string {
	const { id } = request.body as { id?: unknown };
	if (typeof id !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new NotFound();
	return id;
}
