import { auditDay, drawCases, drawnFrom } from '@understory/core/audit-draw.ts';
import { dateIn } from '@understory/core/calendar.ts';
import type { Clock } from '@understory/core/clock.ts';
import { entryIn } from '@understory/core/entry-sums.ts';
import { quarterAfter } from '@understory/core/quarters.ts';
import { earlierRoot } from '@understory/transparency-log/earlier-root.ts';
import type { Library } from '../registers.ts';
import { drawnQuarters, keepDraw, shownLeaves } from '../store/audit-draws.ts';
import type { Db } from '../store/database.ts';
import { logYears } from '../store/sequence.ts';
import type { Logs } from './logs.ts';

/**
 * Draws, once for each quarter whose audit day has come, the decisions that an auditor reads again. All of it follows from the log: drawn anew, it is the same,
 * so it does not matter when this runs, or whether two do at once.
 */
export function createAuditDraws(parts: {
	readonly db: Db;
	readonly logs: Logs;
	readonly clock: Clock;
}): (library: Library) => Promise<void> {
	const { db, logs, clock } = parts;
	/** By library, the newest day that a leaf is dated, and the leaf up to which they were looked through. */
	const looked = new Map<string, { readonly year: number; readonly index: number; readonly day: string }>();

	return async (library) => {
		const waiting = await due(library);
		if (waiting.length === 0) return;
		const day = await newestDay(library);
		for (const quarter of waiting) {
			// No leaf closes the draw yet: reading all of them again, with every look, would not find one.
			if (day < auditDay(quarter)) continue;
			const found = drawnFrom(
				quarter,
				await shownLeaves(db, library.id, { year: Number(quarter.slice(0, 4)) }),
			);
			if (!found) continue;
			const { year, size, candidates } = found;
			const within = (await logs.size(library, year)) ?? 0;
			const read = (path: string) => logs.read(library, year, path);
			const root = (await earlierRoot({ size, within, read })).toString('base64');
			await keepDraw(db, library.id, {
				...{ quarter, log_year: year, log_size: size, root, candidates: candidates.length },
				drawn: drawCases(quarter, root, candidates),
			});
		}
	};

	/** The newest day that any leaf is dated; reads what came since it was last asked. */
	async function newestDay(library: Library): Promise<string> {
		let last = looked.get(library.id) ?? { year: 0, index: -1, day: '' };
		for (const { year, index, leaf } of await shownLeaves(db, library.id, last)) {
			const day = entryIn(leaf)?.decided_on ?? '';
			last = { year, index, day: day > last.day ? day : last.day };
		}
		looked.set(library.id, last);
		return last.day;
	}

	/** Quarters since the first log that are not drawn and whose day has come. */
	async function due(library: Library): Promise<string[]> {
		const first = (await logYears(db, library.id)).at(-1);
		if (first === undefined) return [];
		const today = dateIn(library.zone, clock.now());
		const known = new Set(await drawnQuarters(db, library.id));
		const quarters: string[] = [];
		for (let quarter = `${first}-Q1`; auditDay(quarter) <= today; quarter = quarterAfter(quarter, 1))
			if (!known.has(quarter)) quarters.push(quarter);
		return quarters;
	}
}
