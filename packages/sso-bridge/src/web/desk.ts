import { dateIn } from '@understory/core/calendar.ts';
import { NotAllowed, NotFound } from '@understory/core/errors.ts';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { faultOfNumber, numberOf } from '../card/typed.ts';
import type { Context } from '../context.ts';
import { type Clerk, clerkOf, namesOfStaff } from '../desk/clerk.ts';
import { askToErase, ERASED_AFTER_DAYS } from '../desk/erasing.ts';
import { AT_MOST, type Issued, issueCode, issuePass } from '../desk/issuing.ts';
import { actsSince } from '../store/desk-acts.ts';
import { alertsOf } from '../store/tallies.ts';
import { type CardForm, noonOf } from './card-form.ts';
import type { SiteOf } from './site.ts';
import { type Own, youParts } from './you-parts.ts';

const DAY = 86_400_000;
/** For how many days what desks did, and guessing, are shown. */
const SHOWN_DAYS = 30;
const PATH = '/desk';

/**
 * The desk's pages on the card host: whoever has a role in the library's register signs in with their own card, as for `/you`, so there is no second
 * password and nothing that could be lost. What is changed asks for that card again after a quarter of an hour.
 */
export function deskRoutes(context: Context, siteOf: SiteOf, form: CardForm): Router {
	const router = Router();
	const { page, act, show } = youParts(context, siteOf, form);

	/** Whoever is no staff is told that there is no such page. */
	function clerkAt({ library, you }: Own): Clerk {
		const clerk = clerkOf(context, library.id, you);
		if (!clerk) throw new NotFound();
		return clerk;
	}

	router.get(
		PATH,
		page(async (request, response, own) => showDesk(request, response, own, clerkAt(own))),
	);

	router.post(
		`${PATH}/code`,
		...serving(async (request, response, own, clerk) => {
			const { library } = own;
			const fields = request.body as { card?: unknown; opens?: unknown; seen?: unknown };
			const opens = fields.opens === 'card' ? 'card' : 'porch';
			if (opens === 'card' && !clerk.carries)
				throw new NotAllowed('A host makes codes for a new card.', 'no_role');
			const card = numberIn(library, fields.card);
			if (card === null) return refuse(request, response, own, clerk, 'card');
			if (fields.seen !== 'yes') return refuse(request, response, own, clerk, 'seen');
			const issued = await issueCode(context, library, { clerk, card, opens });
			hand(request, response, { own, clerk, issued, kind: opens, last: card.slice(-4) });
		}),
	);

	router.post(
		`${PATH}/erase`,
		...serving(async (request, response, own, clerk) => {
			const { library } = own;
			const fields = request.body as { leaving_card?: unknown; seen?: unknown };
			if (!clerk.carries) throw new NotAllowed('A host notes that somebody asked to be deleted.', 'no_role');
			const card = numberIn(library, fields.leaving_card);
			if (card === null) return refuse(request, response, own, clerk, 'leaving_card');
			if (fields.seen !== 'yes') return refuse(request, response, own, clerk, 'seen');
			const due = await askToErase(context, library, { clerk, card });
			if (due === null) return refuse(request, response, own, clerk, 'enough');
			const data = { due, last: card.slice(-4), title: 'desk.erase.noted', host: hostOf(own) };
			show(request, response, own, { view: 'card/desk-erase', title: data.title, data });
		}),
	);

	router.post(
		`${PATH}/pass`,
		...serving(async (request, response, own, clerk) => {
			const { library } = own;
			const fields = request.body as { age?: unknown; pass_card?: unknown; seen?: unknown };
			const card = numberIn(library, fields.pass_card);
			if (card === null) return refuse(request, response, own, clerk, 'pass_card');
			const ageBand = fields.age === 'teen' || fields.age === 'adult' ? fields.age : null;
			if (ageBand === null) return refuse(request, response, own, clerk, 'age');
			if (fields.seen !== 'yes') return refuse(request, response, own, clerk, 'seen');
			const issued = await issuePass(context, library, { clerk, ageBand, card });
			hand(request, response, { own, clerk, issued, kind: 'day', last: null });
		}),
	);

	/** A card's number as a clerk typed or scanned it; null for what cannot be one. */
	function numberIn(library: Own['library'], typed: unknown): string | null {
		const settings = context.signIn(library.slug);
		const card = numberOf(library, settings, typeof typed === 'string' ? typed.slice(0, 100) : '');
		return faultOfNumber(library, settings, card) ? null : card;
	}

	function serving(
		run: (request: Request, response: Response, own: Own, clerk: Clerk) => Promise<void> | void,
	): RequestHandler[] {
		return act(async (request, response, own) => {
			const clerk = clerkAt(own);
			if (!clerk.serves) throw new NotAllowed('Your role makes no codes.', 'no_role');
			await run(request, response, own, clerk);
		});
	}

	type Fault = 'card' | 'leaving_card' | 'pass_card' | 'seen' | 'age' | 'enough' | 'answers' | 'too_young';

	const refuse = (request: Request, response: Response, own: Own, clerk: Clerk, fault: Fault) =>
		showDesk(request, response, own, clerk, fault);

	function hand(
		request: Request,
		response: Response,
		given: { own: Own; clerk: Clerk; issued: Issued; kind: 'porch' | 'card' | 'day'; last: string | null },
	): Promise<void> | void {
		const { own, clerk, issued, kind, last } = given;
		if ('refused' in issued) return refuse(request, response, own, clerk, issued.refused);
		const data = { kind, last, slip: issued.slip, title: `desk.slip.${kind}`, host: hostOf(own) };
		show(request, response, own, { view: 'card/desk-slip', title: data.title, data });
	}

	async function showDesk(
		request: Request,
		response: Response,
		own: Own,
		clerk: Clerk,
		fault: Fault | null = null,
	): Promise<void> {
		const { library } = own;
		const { database, clock } = context;
		const since = clock.now() - SHOWN_DAYS * DAY;
		const [acts, alerts] = await Promise.all([
			actsSince(database, library.id, dateIn(library.zone, since)),
			clerk.oversees ? alertsOf(database, library.id, since) : [],
		]);
		const names = namesOfStaff(context, library.id);
		const seen = acts.filter(({ staff }) => clerk.oversees || staff === clerk.staff);
		show(request, response, own, {
			view: 'card/desk',
			title: fault ? 'desk.title_error' : 'desk.title',
			status: fault === null ? 200 : fault === 'enough' ? 429 : 422,
			data: {
				clerk,
				fault: fault && `desk.fault.${fault}`,
				bad: fault && { [fault]: true },
				atMost: AT_MOST,
				erasedAfter: ERASED_AFTER_DAYS,
				alerts: alerts.map(({ kind, since, last }) => ({ words: `desk.alerts.${kind}`, since, last })),
				guessing: alerts.some(({ kind }) => kind === 'guessing'),
				acts: seen.map(({ day, staff, act: done, times }) => ({
					at: noonOf(day),
					name: names.get(staff) ?? '',
					act: `desk.act.${done}`,
					times,
				})),
			},
		});
	}

	return router;
}

function hostOf({ library }: Own): string {
	return new URL(library.card_origin).host;
}
