import { type Request, type Response, Router } from 'express';
import { newestEvents } from '../../store/events.ts';
import { deedsIn, type HistoryReach, historyOf, readPlace } from '../../store/history.ts';
import { requireOfPlatform } from '../allowed.ts';
import type { Wording } from '../connector-words.ts';
import { deedOf } from '../deeds.ts';
import type { Found } from '../settings-pages.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { readFilter } from './history-filter.ts';
import { shownEvent } from './shown-event.ts';
import { shownLine } from './shown-line.ts';

/** So many lines stand on a page. */
const SHOWN = 50;
/** So many events stand beside them; all of them are read with the API or the command. */
const EVENTS_SHOWN = 30;

/** `…/branches/{branch}/history`, `/libraries/{library}/audit` and `/audit`: who did what, when, and what came of it. */
export function historyPages({
	context,
	show,
	wordsOf,
	libraryOf,
	tokenOf,
	branchOf,
}: ConsoleKit & { branchOf(request: Request, response: Response): Promise<Found> }): Router {
	const router = Router();

	async function page(
		request: Request,
		response: Response,
		reach: HistoryReach,
		about: { readonly of: 'branch' | 'library' | 'platform'; readonly name: string; readonly back: string },
	): Promise<void> {
		const { filter, typed, faults } = readFilter(request.query, wordsOf(request, response));
		const { after: place } = request.query;
		// What is no place leads to the beginning.
		const after = (typeof place === 'string' && readPlace(place)) || undefined;
		const rows =
			faults.length > 0 ? [] : await historyOf(context.database, reach, { limit: SHOWN + 1, after, filter });
		const t = wordsOf(request, response);
		const isAsked = Object.values(typed).some((text) => text !== '');
		const at = (more: Record<string, string>) =>
			`${request.path}?${new URLSearchParams({ ...typed, ...more })}`;
		const data = {
			...about,
			...{ heading: `history.heading.${about.of}`, lead: `history.lead.${about.of}`, typed, faults },
			bad: Object.fromEntries(faults.map(({ field, text }) => [field, text])),
			path: request.path,
			deeds: await choices(reach, typed.what, t),
			lines: rows.slice(0, SHOWN).map((row) => shownLine(row, t.maybe)),
			isFiltered: isAsked,
			events: isAsked || after ? [] : await eventsShown(reach),
			newest: after ? at({}) : null,
			older: rows.length > SHOWN ? at({ after: rows[SHOWN - 1]!.place }) : null,
		};
		const status = faults.length > 0 ? 422 : 200;
		show(request, response, 'history', `history.title.${about.of}`, data, status);
	}

	/** What its conditions became lately; of one branch, since of all of them nobody could read it. */
	async function eventsShown({ library, branch }: HistoryReach) {
		if (!library || !branch) return [];
		const events = await newestEvents(context.database, { library, branch }, { limit: EVENTS_SHOWN });
		return events.flatMap((event) => shownEvent(event) ?? []);
	}

	/** What there is to choose from, in words, in the order of the words. */
	async function choices(reach: HistoryReach, chosen: string, t: Wording) {
		const known = await deedsIn(context.database, reach);
		return known
			.map((what) => ({ what, label: deedOf(what, t.maybe), chosen: what === chosen }))
			.toSorted((a, b) => a.label.localeCompare(b.label));
	}

	router.get('/audit', async (request, response) => {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		await page(request, response, {}, { of: 'platform', name: '', back: '/' });
	});
	router.get('/libraries/:library/audit', async (request, response) => {
		const library = await libraryOf(request, response);
		const back = `/libraries/${library.slug}`;
		await page(request, response, { library }, { of: 'library', name: library.name, back });
	});
	router.get('/libraries/:library/branches/:branch/history', async (request, response) => {
		const { library, branch } = await branchOf(request, response);
		const back = `/libraries/${library.slug}/branches/${branch.slug}`;
		await page(request, response, { library, branch }, { of: 'branch', name: branch.name, back });
	});
	return router;
}
