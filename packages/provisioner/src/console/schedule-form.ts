import type { BackupSchedule } from '../schedule/backup-schedule.ts';
import { hoursIn, numberIn } from './upgrades/typed-hours.ts';

/** The fields of the form of a schedule. */
export type TypedSchedule = Readonly<Record<string, string | undefined>>;

/** What stands in the form: what is kept, or a start for whoever has none yet (a copy a day, kept for a week, a month and a year). */
export function typedSchedule(kept: BackupSchedule | null): TypedSchedule {
	const { every_hours, keep, hours } = kept ?? {
		every_hours: 24,
		keep: { daily: 7, weekly: 4, monthly: 12 },
		hours: null,
	};
	return {
		every_hours: String(every_hours),
		daily: String(keep.daily),
		weekly: String(keep.weekly),
		monthly: String(keep.monthly),
		from: hours ? String(hours.from) : '',
		to: hours ? String(hours.to) : '',
	};
}

/** Reads it. What is no number becomes one that is refused. */
export function scheduleIn(typed: TypedSchedule): BackupSchedule {
	const number = (field: string) => numberIn(typed[field] ?? '');
	return {
		every_hours: number('every_hours'),
		keep: { daily: number('daily'), weekly: number('weekly'), monthly: number('monthly') },
		hours: hoursIn(typed),
	};
}
