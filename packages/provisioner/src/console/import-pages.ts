import { Conflict, NotFound } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { LIST_COLUMNS } from '../imports/list-row.ts';
import { type Outcome, type Summary, takesNothing } from '../imports/outcome.ts';
import { asOne } from '../services/as-one.ts';
import { confirmPreview, previewAgain, startPreview } from '../services/imports.ts';
import type { Services } from '../services/services.ts';
import { importCounts, importRows, type KeptRow, recentImports } from '../store/imports.ts';
import { findOperation } from '../store/operations.ts';
import { big, type LibraryRow, type OperationRow } from '../store/rows.ts';
import { isOfPlatform, mayChange, requireOfPlatform } from './allowed.ts';
import { fileOf } from './file-form.ts';
import { type LiveKit, type LiveView, livePage } from './live/live-page.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

const OUTCOMES: Readonly<Record<Outcome, 'good' | 'info' | 'wait' | 'stop'>> = {
	refused: 'stop',
	proposed_closing: 'wait',
	created: 'good',
	updated: 'good',
	skipped: 'info',
	unchanged: 'info',
};
const ROWS_A_PAGE = 200;
/** What a list says of a library that is not there yet. */
const OF_A_NEW_LIBRARY = ['library_name', 'region'];
/** A list of one branch of a new library, line by line. */
const EXAMPLE = [
	'library,branch,name,city,library_name,region',
	'wallowa,joseph,Joseph Branch,Joseph,Wallowa County Library,OR',
];
const UPDATES = new Set(['name', 'address', 'location', 'phone', 'housing', 'door', 'proposed_closing']);

/** Where a file is taken in: a library's own, or null for the platform's. */
interface Place {
	readonly library: LibraryRow | null;
	/** The address of its pages. */
	readonly base: string;
	readonly mayChange: boolean;
}

/**
 * `/imports` and `/libraries/{library}/imports`: a file of branches, what it would do, and how far it is; of all libraries for whoever runs the
 * platform, of its own branches for library IT.
 */
export function importPages(kit: ConsoleKit & LiveKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, tokenOf, libraryOf } = kit;
	const router = Router();

	/** Throws when whoever asks may not look there, or change anything. */
	async function placeOf(request: Request, response: Response, changing: boolean): Promise<Place> {
		const token = tokenOf(response, changing);
		if (request.params.library === undefined) {
			requireOfPlatform(token, changing ? 'keep' : 'inspect');
			return { library: null, base: '/imports', mayChange: isOfPlatform(token, 'keep') };
		}
		const library = await libraryOf(request, response, changing);
		return { library, base: `/libraries/${library.slug}/imports`, mayChange: mayChange(token) };
	}

	async function list(request: Request, response: Response, fault: string | null): Promise<void> {
		const place = await placeOf(request, response, fault !== null);
		const t = wordsOf(request, response);
		const faults = fault ? [{ field: 'file', text: t(`intake.fault.${fault}`) }] : [];
		const imports = (await recentImports(context.database, place.library?.id ?? null)).map((row) => ({
			...{
				href: addressOf(row),
				by: row.created_by,
				at: big(row.created),
				of: place.library ? null : row.slug,
			},
			...standing(row),
		}));
		const others = LIST_COLUMNS.others.filter((one) => !OF_A_NEW_LIBRARY.includes(one)).join(', ');
		const columns = {
			...{ needed: LIST_COLUMNS.needed.join(', '), first: OF_A_NEW_LIBRARY.join(', '), others },
			example: place.library ? exampleOf(place.library) : EXAMPLE,
		};
		const data = {
			...place,
			name: place.library?.name,
			imports,
			faults,
			fault: faultsByField(faults),
			...columns,
		};
		const title = place.library ? 'intake.own.title' : 'intake.title';
		show(request, response, 'imports', title, data, fault ? 422 : 200);
	}

	/** Of a file of another place the answer is the same as for none. */
	async function operationOf(request: Request, { library }: Place): Promise<OperationRow> {
		const row = await findOperation(context.database, String(request.params.operation));
		if (!row || !['import', 'import_preview'].includes(row.kind)) throw new NotFound();
		if (row.library !== (library?.id ?? null)) throw new NotFound();
		return row;
	}

	async function look(request: Request, response: Response): Promise<LiveView> {
		const place = await placeOf(request, response, false);
		const row = await operationOf(request, place);
		const { outcome, after } = request.query as { outcome?: unknown; after?: unknown };
		const only = Object.keys(OUTCOMES).find((name) => name === outcome);
		const from = Number(after);
		const rows = await importRows(context.database, row.id, {
			limit: ROWS_A_PAGE,
			...(only && { outcome: only }),
			...(typeof after === 'string' && Number.isSafeInteger(from) && { after: from }),
		});
		const counts = await importCounts(context.database, row.id);
		const t = wordsOf(request, response);
		const isPreview = row.kind === 'import_preview';
		const result = row.result as (Summary & { readonly digest?: string }) | null;
		const empty = isPreview && result !== null && takesNothing(result);
		const stood = standing(row);
		const data = {
			...{ ...place, id: row.id, isPreview, only, empty },
			...{ at: big(row.created), by: row.created_by, ...stood },
			takenIn: !isPreview && row.state === 'done',
			...(isPreview && !empty && { digest: result?.digest }),
			counts: (Object.keys(OUTCOMES) as Outcome[]).flatMap((name) => {
				const count = counts.find((one) => one.outcome === name)?.count;
				return count ? [{ name, count, words: `intake.outcome.${name}`, isShown: name === only }] : [];
			}),
			rows: rows.map((one) => rowView(one, t)),
			next: rows.length === ROWS_A_PAGE ? rows.at(-1)?.cursor : undefined,
		};
		return { view: 'import', title: 'intake.one', data, ended: !stood.isOpen };
	}

	for (const path of ['/imports', '/libraries/:library/imports']) {
		router.get(path, (request, response) => list(request, response, null));
		router.post(path, async (request, response) => {
			const { library, base } = await placeOf(request, response, true);
			const bytes = fileOf(response);
			if (!bytes || bytes.length === 0) return list(request, response, 'none');
			const file = { bytes, only: null, of: library?.id ?? null };
			const id = await startPreview(context, file, tokenOf(response, true).name);
			response.redirect(303, `${base}/${id}`);
		});
		livePage(router, `${path}/:operation`, kit, look);
		router.post(`${path}/:operation/confirm`, async (request, response) => {
			const place = await placeOf(request, response, true);
			const { name } = tokenOf(response, true);
			const row = await operationOf(request, place);
			const { digest } = request.body as { digest?: unknown };
			try {
				const act = place.library ? 'importBranches' : 'importLibraries';
				const line = { actor: name, act, subject: `${place.base}/${row.id}` };
				const id = await asOne(context, line, (inside) =>
					confirmPreview(inside, row.id, String(digest ?? ''), name),
				);
				services.goOnImporting();
				response.redirect(303, `${place.base}/${id}`);
			} catch (error) {
				if (!(error instanceof Conflict)) throw error;
				const { view, title, data } = await look(request, response);
				const why = { other: error.code === 'another_plan', waits: error.code === 'imports_wait' };
				show(request, response, view, title, { ...data, ...why }, error.status);
			}
		});
		router.post(`${path}/:operation/again`, async (request, response) => {
			const place = await placeOf(request, response, true);
			const row = await operationOf(request, place);
			const id = await previewAgain(context, row.id, tokenOf(response, true).name);
			response.redirect(303, `${place.base}/${id}`);
		});
	}
	return router;
}

/** Where the page of a file is. */
function addressOf({ id, slug }: { readonly id: string; readonly slug: string | null }): string {
	return slug === null ? `/imports/${id}` : `/libraries/${slug}/imports/${id}`;
}

/** A list of one branch of a library that is there. */
function exampleOf({ slug }: LibraryRow): string[] {
	return ['library,branch,name,city', `${slug},joseph,Joseph Branch,Joseph`];
}

/** How an import stands, as a word with a sign. */
function standing({ kind, state, done, total, problem }: OperationRow) {
	const words =
		kind === 'import_preview' && state === 'done' ? 'intake.state.shown' : `intake.state.${state}`;
	const sign = { done: 'good', failed: 'stop', queued: 'wait', running: 'wait' }[state];
	const isOpen = state === 'queued' || state === 'running';
	return { words, sign, isOpen, done, total, problem: problem?.title ?? null };
}

function rowView({ why, reason, changed, outcome, ...row }: KeptRow, t: ReturnType<ConsoleKit['wordsOf']>) {
	const fields = changed.filter((field) => UPDATES.has(field)).map((field) => t(`intake.field.${field}`));
	return {
		...row,
		...{ kind: OUTCOMES[outcome], words: `intake.outcome_one.${outcome}`, fields: fields.join(', ') },
		why: why ? t(`intake.why.${why.code}`, why.values) : reason,
	};
}
