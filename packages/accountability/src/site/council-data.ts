import { dateIn } from '@understory/core/calendar.ts';
import { createEntrySums } from '@understory/core/entry-sums.ts';
import { NotFound } from '@understory/core/errors.ts';
import {
	columnsOf,
	daysOf,
	isWithin,
	type Period,
	parseQuarter,
	quarterAfter,
	quarterOfDay,
} from '@understory/core/quarters.ts';
import { openCheckpoint } from '@understory/transparency-log/checkpoint.ts';
import type { Context } from '../context.ts';
import type { Act } from '../data/act.ts';
import { councilFigures, type Published } from '../data/council.ts';
import { quarterStart, smallBranches } from '../data/small-branches.ts';
import { councilPage } from '../pages/council-page.ts';
import type { Reading } from '../pages/reading.ts';
import type { Library } from '../registers.ts';
import { hasSealed, sealedBefore } from '../store/sealed.ts';
import { shownLogs, shownWitnesses } from './shown-logs.ts';

/** What `/council/{quarter}` shows; of the quarter of today where none is named. Throws `NotFound` for one that is none, or is not begun. */
export async function councilData(context: Context, reading: Reading, asked: string) {
	const { clock, statements } = context;
	const { library } = reading;
	const today = dateIn(library.zone, clock.now());
	const quarter = asked || quarterOfDay(today);
	if (!parseQuarter(quarter) || quarter > quarterOfDay(today))
		throw new NotFound('There is no such quarter yet.');
	const all = {
		statements: await statements.list(library),
		acts: await statements.acts(library),
		draws: await statements.draws(library),
	};
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
