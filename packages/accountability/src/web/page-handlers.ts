import { dateIn } from '@understory/core/calendar.ts';
import { createEntrySums } from '@understory/core/entry-sums.ts';
import { NotFound } from '@understory/core/errors.ts';
import { contentSecurityPolicy } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import { openCheckpoint } from '@understory/transparency-log/checkpoint.ts';
import { readCosignatures } from '@understory/transparency-log/cosignature.ts';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import type { Act } from '../data/act.ts';
import { councilFigures, type Published } from '../data/council.ts';
import { downloads } from '../data/downloads.ts';
import {
	columnsOf,
	daysOf,
	isWithin,
	type Period,
	parseQuarter,
	quarterAfter,
	quarterOfDay,
} from '../data/quarters.ts';
import { quarterStart, smallBranches } from '../data/small-branches.ts';
import { actPage } from '../pages/act-page.ts';
import { branchPage } from '../pages/branch-page.ts';
import { CHECK_SCRIPT, checkPage } from '../pages/check-page.ts';
import { councilPage } from '../pages/council-page.ts';
import { dataPage } from '../pages/data-page.ts';
import { frame } from '../pages/frame.ts';
import { homePage } from '../pages/home-page.ts';
import { policyPage } from '../pages/policy-page.ts';
import { createReading, type Reading } from '../pages/reading.ts';
import { statementPage } from '../pages/statement-page.ts';
import { statementsPage } from '../pages/statements-page.ts';
import { type ShownLog, type ShownWitness, verifyPage } from '../pages/verify-page.ts';
import { logOrigin } from '../publish/logs.ts';
import type { Library } from '../registers.ts';
import { hasSealed, sealedBefore } from '../store/sealed.ts';
import { linkOf, logYears } from '../store/sequence.ts';
import { knownWitnesses } from '../witness/ask-witnesses.ts';
import { witnessName } from '../witness/own-witness.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { versionAsked } from './policy-handlers.ts';
import { published } from './statement-files.ts';

/** What a page is made of: its title and whatever its view wants. */
type Make = (
	reading: Reading,
	request: Request,
) => Promise<{ readonly title: string }> | { readonly title: string };

/** Makes a handler that shows a view in the reader's language, in the frame of the library's site. */
function page({ design, clock, sample }: Context, view: string, make: Make, script?: string): LibraryHandler {
	return async (library, request, response) => {
		const reading = readingOf(design, library, request, response, clock.now());
		const data = await make(reading, request);
		const around = {
			...frame(reading, request.path, sample),
			title: data.title,
			...(script ? { script } : {}),
		};
		const html = design.render(`accountability/${view}`, { ...data, page: around }, reading.reader);
		response.set('cache-control', 'no-cache').set('vary', 'accept-language, cookie').type('html').send(html);
	};
}

/** The reading of a request: its language, the library's zone, now. */
export function readingOf(
	design: Context['design'],
	library: Library,
	request: Request,
	response: Response,
	now: number,
): Reading {
	return createReading(design, library, languageOf(request, response), now);
}

/** `/`. */
export function showHome(context: Context): LibraryHandler {
	return page(context, 'home', async (reading) =>
		homePage(reading, await context.statements.list(reading.library)),
	);
}

/** `/branches/{host}`. */
export function showBranch(context: Context): LibraryHandler {
	return page(context, 'branch', async (reading, request) => {
		const branch = context.registers.branch(reading.library.id, part(request, 'host'));
		if (!branch) throw new NotFound('This library has no branch of that name.');
		const statements = await context.statements.list(reading.library, { branchId: branch.id, limit: 20 });
		const acts = await context.statements.acts(reading.library, { branchId: branch.id, limit: 20 });
		return branchPage(reading, branch, { statements, acts }, context.minimumPopulation);
	});
}

/** `/policies/{id}/{version}`. */
export function showPolicy(context: Context): LibraryHandler {
	return page(context, 'policy', async (reading, request) => {
		const { asked, versions } = await versionAsked(context, reading.library, request);
		return policyPage(reading, asked, versions);
	});
}

/** `/statements`. */
export function showStatements(context: Context): LibraryHandler {
	return page(context, 'statements', async (reading) =>
		statementsPage(reading, await context.statements.list(reading.library)),
	);
}

/** `/statements/{id}`; for one that is counted and not shown, why that is. */
export function showStatement(context: Context): LibraryHandler {
	const { statements, logs } = context;
	const show = page(context, 'statement', async (reading, request) => {
		const { library } = reading;
		const statement = await published(context, library, part(request, 'id'));
		const { id, refs } = statement.entry;
		const [texts, later, appeals, ...about] = await Promise.all([
			statements.texts([id]),
			statements.about(library, id),
			statements.appealsAbout(library, id),
			...refs.map((ref) => statements.one(library, ref)),
		]);
		const year = statement.row.log_year ?? 0;
		return statementPage(reading, statement, {
			texts: texts.get(id) ?? new Map<string, string>(),
			refs: about.filter((one) => one !== null && typeof one === 'object'),
			later,
			appeals,
			log: { origin: logOrigin(library, year), size: (await logs.size(library, year)) ?? 0 },
		});
	});
	const explain = page(context, 'sealed', ({ t }) => ({ title: t('sealed.title') }));
	return async (library, request, response) => {
		const id = part(request, 'id');
		const sealed = (await statements.one(library, id)) === 'sealed';
		const act = await statements.act(library, id);
		await (sealed ? explain : act ? showAct(context, act) : show)(library, request, response);
	};
}

/** `/statements/{id}` of an answer to a server, a version of the rules, an appeal, or the sums of a month. */
function showAct(context: Context, act: Act): LibraryHandler {
	return page(context, 'act', async (reading) => {
		const year = act.row.log_year ?? 0;
		const size = (await context.logs.size(reading.library, year)) ?? 0;
		const texts = await context.statements.texts([act.entry.id]);
		return actPage(reading, act, {
			texts: texts.get(act.entry.id) ?? new Map<string, string>(),
			log: { origin: logOrigin(reading.library, year), size },
		});
	});
}

/** `/council`: this quarter and its year; `/council/{quarter}`: the quarter that is named, at an address that stays. */
export function showCouncil(context: Context): LibraryHandler {
	const { clock, statements } = context;
	return page(context, 'council', async (reading, request) => {
		const { library } = reading;
		const today = dateIn(library.zone, clock.now());
		const quarter = part(request, 'quarter') || quarterOfDay(today);
		if (!parseQuarter(quarter) || quarter > quarterOfDay(today))
			throw new NotFound('There is no such quarter yet.');
		const all = { statements: await statements.list(library), acts: await statements.acts(library) };
		const figures = (period: Period) => councilFigures(library, period, all, today);
		const [own, year, last] = columnsOf(quarter);
		const [newest] = await shownLogs(context, library);
		const checkpoint = newest ? openCheckpoint(newest.note, newest.vkey) : null;
		return councilPage(reading, {
			quarter,
			columns: [figures(own), figures(year), figures(last)],
			trend: Array.from({ length: 8 }, (_, n) => quarterAfter(quarter, n - 7)).map((one) => ({
				...{ quarter: one, figures: figures(daysOf(one)) },
			})),
			statements: all.statements.filter(({ entry }) => isWithin(entry.decided_on, own)),
			policies: await statements.policies(library),
			rules: rulesOf(all.acts, own),
			checkpoint: checkpoint && checkpoint.size > 0 ? checkpoint : null,
			witnesses: await shownWitnesses(context, library),
			sums: sumsOf(all),
			small: await sealedFigures(context, library),
		});
	});
}

/** Versions of rules that came into force in a stretch of time, each once, wherever it was first. */
function rulesOf(acts: readonly Act[], period: Period) {
	const found = new Map<string, { id: string; version: number; on: string }>();
	for (const { entry } of acts) {
		if (entry.kind !== 'policy' || !isWithin(entry.decided_on, period)) continue;
		const { id, version } = entry.policy;
		found.set(`${id}/${version}`, { id, version, on: entry.decided_on });
	}
	return [...found.values()];
}

/** Holds the months that branches summed up against what they published. */
function sumsOf({ statements, acts }: Published): { months: number; wrong: number } {
	const sums = createEntrySums();
	for (const { row } of [...statements, ...acts]) sums.add(row.entry);
	return { months: sums.months(), wrong: sums.faults().length };
}

/** Sums of what is counted and not shown; null where every branch shows what it decides, and none ever did otherwise. */
async function sealedFigures({ database, clock, minimumPopulation }: Context, library: Library) {
	const now = clock.now();
	const may = minimumPopulation > 0 || library.register.branches.some((one) => one.totals_only !== undefined);
	if (!may && !(await hasSealed(database.db, library.id))) return null;
	const sealed = await sealedBefore(database.db, library.id, quarterStart(library.zone, now));
	return smallBranches(library, now, sealed);
}

/** `/data`. */
export function showData(context: Context): LibraryHandler {
	return page(context, 'data', async (reading) =>
		dataPage(reading, await downloads(context, reading.library)),
	);
}

/** `/verify`. */
export function showVerify(context: Context): LibraryHandler {
	return page(context, 'verify', async (reading) =>
		verifyPage(
			reading,
			await shownLogs(context, reading.library),
			context.publish,
			await shownWitnesses(context, reading.library),
			context.publisher.trouble(reading.library),
		),
	);
}

/** `/verify/check`: the one page with a script, which the browser lets reach nothing. */
export function showCheck(context: Context): LibraryHandler {
	const show = page(
		context,
		'check',
		async (reading) => checkPage(reading, await shownLogs(context, reading.library)),
		CHECK_SCRIPT,
	);
	return async (library, request, response) => {
		const policy = contentSecurityPolicy([], `${library.origin}${CHECK_SCRIPT}`);
		response.set('content-security-policy', policy);
		await show(library, request, response);
	};
}

/** `/verify/check.mjs`, and `/verify/check-proof.mjs`, which is the check as a file to keep. */
export function serveScript(text: string): LibraryHandler {
	const body = Buffer.from(text, 'utf8');
	return async (_library, _request, response) => {
		response.set('cache-control', 'public, max-age=3600').type('text/javascript; charset=utf-8').send(body);
	};
}

/** The witnesses of a library, and whether each signed the newest checkpoint: counted from the note itself. */
async function shownWitnesses(context: Context, library: Library): Promise<ShownWitness[]> {
	const known = knownWitnesses(library.register.library.witnesses ?? []);
	if (known.length === 0) return [];
	const [newest] = await shownLogs(context, library);
	const verifiers = known.map(({ verifier }) => verifier);
	const seen = newest ? readCosignatures(newest.note, verifiers) : [];
	const ours = new Set(context.registers.all().map(witnessName));
	return known.map(({ record, verifier }) => {
		const line = seen.find(({ witness }) => witness === verifier);
		return {
			name: verifier.name,
			vkey: record.vkey,
			signed: line ? line.time * 1_000 : null,
			own: ours.has(verifier.name),
		};
	});
}

/** The logs of a library as pages show them, the newest first. No tile is looked at, so that a damaged one takes no page away. */
async function shownLogs({ database, logs }: Context, library: Library): Promise<ShownLog[]> {
	const years = await logYears(database.db, library.id);
	const shown = await Promise.all(
		years.map(async (year) => {
			const note = (await logs.read(library, year, 'checkpoint'))?.toString('utf8');
			const linked = (await linkOf(database.db, library.id, year)) !== null;
			return note === undefined ? [] : [{ year, vkey: await logs.vkey(library, year), note, linked }];
		}),
	);
	return shown.flat();
}
