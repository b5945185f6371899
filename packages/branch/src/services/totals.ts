import { dateIn, monthAfter, startOfMonth } from '@understory/core/calendar.ts';
import type { BranchContext } from '../context.ts';
import { keepMonth, lastMonth, monthFigures, recordedSince } from '../store/recorded.ts';
import type { Reading, Writing } from '../store/store.ts';
import { record } from './recording.ts';

/**
 * Writes into the log what the branch did in each month that is over, from its own case files (reference/accountability.md 2.2): once, in order,
 * and also where it was nothing, so that a month that is missing is seen. It begins with the month of the first version of the rules.
 */
export function recordTotals(context: BranchContext): void {
	const { zone } = context.current.library();
	const current = dateIn(zone, context.clock.now()).slice(0, 7);
	for (;;) {
		const month = context.store.read((reading) => nextMonth(reading, zone));
		if (month === null || month >= current) return;
		context.store.transact((writing) => closeMonth(context, writing, month));
	}
}

/** When the next month is over, UTC milliseconds; null before there is anything to count. */
export function nextTotalsAt(context: BranchContext): number | null {
	const { zone } = context.current.library();
	const month = context.store.read((reading) => nextMonth(reading, zone));
	return month === null ? null : startOfMonth(zone, monthAfter(month));
}

function nextMonth(reading: Reading, zone: string): string | null {
	const last = lastMonth(reading);
	if (last !== undefined) return monthAfter(last);
	const since = recordedSince(reading);
	return since === undefined ? null : dateIn(zone, since).slice(0, 7);
}

function closeMonth(context: BranchContext, writing: Writing, month: string): void {
	keepMonth(writing, month, context.clock.now());
	recordMonth(context, writing, month);
}

function recordMonth(context: BranchContext, writing: Writing, month: string): void {
	const { zone } = context.current.library();
	const [from, until] = [startOfMonth(zone, month), startOfMonth(zone, monthAfter(month))];
	const totals = monthFigures(writing, from, until);
	record(context, writing, {
		...{ id: context.ids.random(), kind: 'period_totals', month, totals, refs: [], texts: {} },
	});
}
