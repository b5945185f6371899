import { PublicError } from '@understory/core/errors.ts';
import {
	type AdoptedRecords,
	FEWEST_YEARS,
	type Found,
	MOST_YEARS,
	RETENTION_CLASSES,
	type RecordsProfile,
	YEARS,
} from '@understory/core/records-profile.ts';
import { RECORDS_PROFILES, recordsProfile } from '@understory/core/records-profiles.ts';
import { type Request, type Response, Router } from 'express';
import { adoptRecords } from '../services/records.ts';
import type { Services } from '../services/services.ts';
import type { LibraryRow } from '../store/rows.ts';
import { mayChange } from './allowed.ts';
import { readerOf } from './frame.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

type Typed = Readonly<Record<string, unknown>>;

/** `/libraries/{library}/records`: what is known of the state's law, and what the library's counsel settled. */
export function recordPages({
	context,
	services,
	show,
	libraryOf,
	tokenOf,
}: ConsoleKit & { readonly services: Services }): Router {
	const router = Router();
	const path = '/libraries/:library/records';

	function page(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { typed?: Typed; faults?: readonly string[]; status?: number } = {},
	): void {
		const { language } = readerOf(request, response, context.clock);
		const asked = String(request.query.profile ?? more.typed?.profile ?? '');
		const profile =
			recordsProfile(asked) ?? recordsProfile(library.records?.profile ?? library.region.toLowerCase());
		const chosen = profile ?? RECORDS_PROFILES[0]!;
		const typed: Typed = more.typed ?? formOf(library.records, chosen);
		const bad = new Set(more.faults);
		const data = {
			name: library.name,
			library,
			adopted: library.records && {
				...library.records,
				// In letters, so that none is not taken for unsaid.
				notice: String(library.records.notice_days ?? ''),
				state: recordsProfile(library.records.profile)?.state[language] ?? library.records.profile,
			},
			profiles: RECORDS_PROFILES.map(({ id, state }) => ({
				...{ id, state: state[language] ?? state.en, chosen: id === chosen.id },
			})),
			profile: chosen.id,
			known: (['records', 'unique', 'patrons'] as const).map((part) => knownOf(part, chosen[part], language)),
			notice: chosen.notice,
			typed,
			classes: RETENTION_CLASSES.map((kind) => ({
				...{ kind, least: typed[`${kind}_least`], most: typed[`${kind}_most`], bad: bad.has(kind) },
				...{ label: `cases.retention.class.${kind}`, schedule: chosen.least[kind] },
			})),
			bad: Object.fromEntries([...bad].map((field) => [field, true])),
			faults: [...bad].map((field) => ({ ...at(field), key: `console.records.fault.${field}` })),
			mayChange: mayChange(tokenOf(response, false)),
			done: request.method === 'GET' && request.query.done === 'yes',
		};
		show(request, response, 'records', 'console.records.title', data, more.status);
	}

	router.get(path, async (request, response) => {
		page(request, response, await libraryOf(request, response));
	});
	router.post(path, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const typed = (request.body ?? {}) as Typed;
		try {
			await adoptRecords(context, library, adoptedIn(typed), tokenOf(response, true).name);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			const faults = error.faults.map(({ field }) => field);
			return page(request, response, library, { typed, faults, status: error.status });
		}
		await services.libraryChanged(library.id, { resend: true });
		response.redirect(303, `${request.path}?done=yes`);
	});
	return router;
}

/** Where the field of a fault is on the page. */
function at(field: string): { field: string } {
	const isClass = (RETENTION_CLASSES as readonly string[]).includes(field);
	return { field: isClass ? `${field}_least` : field };
}

function knownOf(part: string, found: Found<Readonly<Record<string, string>>> | null, language: string) {
	const text = found && (found.value[language] ?? found.value.en);
	return { label: `console.records.known.${part}`, text, source: found?.source };
}

/** What the form shows first: what holds, or the default within the state's schedule. */
function formOf(adopted: AdoptedRecords | null, profile: RecordsProfile): Typed {
	const years = RETENTION_CLASSES.flatMap((kind) => {
		const floor = profile.least[kind]?.value ?? FEWEST_YEARS;
		const held = adopted?.years[kind];
		const most = Math.max(held?.most ?? YEARS[kind], floor);
		return [
			[`${kind}_least`, Math.max(held?.least ?? floor, floor)],
			[`${kind}_most`, Math.min(most, MOST_YEARS)],
		];
	});
	const { adopted_by = '', adopted_on = '' } = adopted ?? {};
	const notice_days = String(adopted?.notice_days ?? profile.notice?.value ?? '');
	return { ...Object.fromEntries(years), adopted_by, adopted_on, notice_days };
}

/** Reads the form; what it does not say is left for the check to find. */
function adoptedIn(form: Typed): AdoptedRecords {
	const said = (name: string) => String(form[name] ?? '').trim();
	const number = (name: string) => Number(said(name) || Number.NaN);
	const years = RETENTION_CLASSES.map((kind) => [
		kind,
		{ least: number(`${kind}_least`), most: number(`${kind}_most`) },
	]);
	return {
		profile: said('profile'),
		adopted_by: said('adopted_by'),
		adopted_on: said('adopted_on'),
		years: Object.fromEntries(years) as AdoptedRecords['years'],
		notice_days: said('notice_days') === '' ? null : number('notice_days'),
	};
}
