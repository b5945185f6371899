import { dateIn, momentIn, weekMinuteIn } from '@understory/core/calendar.ts';
import { BadInput, type Fault } from '@understory/core/errors.ts';
import { type Audience, scopeOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { readSetting, writeSetting } from '../store/settings.ts';

const DAY = 24 * 60 * 60_000;

/** When a branch is quiet, as clocks in its library show it (`HH:MM`); over midnight when `from` is the later one. */
export interface QuietHours {
	readonly from: string;
	readonly to: string;
}

type Now = Pick<BranchContext, 'store' | 'current' | 'clock'>;

/** The quiet hours of the branch; null when it has none, as every branch at first. */
export function quietHours({ store }: Pick<BranchContext, 'store'>): QuietHours | null {
	return store.read((reading) => readSetting<QuietHours | null>(reading, 'quiet_hours')) ?? null;
}

/** Sets them, or with two empty texts takes them away. Throws BadInput `quiet_time` for what is no time, `quiet_same` for a day without an end. */
export function setQuietHours(context: Pick<BranchContext, 'store'>, { from, to }: QuietHours): void {
	const off = from.trim() === '' && to.trim() === '';
	const faults: Fault[] = [];
	for (const [field, time] of Object.entries({ from, to })) {
		if (!off && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time.trim())) faults.push({ field, text: 'quiet_time' });
	}
	if (!off && faults.length === 0 && from.trim() === to.trim())
		faults.push({ field: 'to', text: 'quiet_same' });
	if (faults.length > 0) throw new BadInput('The hours need another look.', faults);
	const hours = off ? null : { from: from.trim(), to: to.trim() };
	context.store.transact((writing) => writeSetting(writing, 'quiet_hours', hours));
}

/** When the quiet hours end that run now, UTC milliseconds; null while there are none. */
export function quietUntil(context: Now): number | null {
	const hours = quietHours(context);
	if (!hours) return null;
	const { zone } = context.current.library();
	const now = context.clock.now();
	const { minute } = weekMinuteIn(zone, now);
	const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)];
	const quiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
	if (!quiet) return null;
	const day = minute < to ? now : now + DAY;
	return momentIn(zone, dateIn(zone, day), hours.to);
}

/** Does a post with this audience wait in quiet hours? What goes beyond the branch to whoever is there does, whoever writes it. */
export function waitsAtNight(audience: Audience): boolean {
	const scope = scopeOf(audience);
	return scope === 'neighborhood' || scope === 'public';
}

/** Throws BadInput `quiet_now`, with this field, when a post with this audience cannot go out now. */
export function checkQuiet(context: Now, audience: Audience, field: 'scope' | 'text'): void {
	if (!waitsAtNight(audience) || quietUntil(context) === null) return;
	throw new BadInput('It is quiet here until the morning.', [{ field, text: 'quiet_now' }]);
}

function minutesOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(':').map(Number);
	return hours * 60 + minutes;
}
