import { weekMinuteIn } from '@understory/core/calendar.ts';
import { type Hours, isStaffed } from '@understory/core/door.ts';
import { type Face, faceOf } from '@understory/design/face.ts';
import { timeInWords } from '@understory/design/when.ts';
import { say } from './frame.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** The door as the design's partial draws it. */
export interface DoorView {
	readonly face: Face;
	readonly host: string;
	/** Is somebody there now, and until or from when. */
	readonly today: string;
	readonly place: string;
	readonly street: string;
	readonly hours: readonly string[];
	readonly phone: string | null;
	readonly deputy: string;
}

/** Whom to knock on at this branch; null while it has no door. */
export function doorView(web: Web, visit: Visit): DoorView | null {
	const branch = web.context.current.branch();
	const { door } = branch;
	if (!door) return null;
	const { zone } = web.context.current.library();
	const { weekday, minute } = weekMinuteIn(zone, web.context.clock.now(), web.views.formats);
	const dayName = dayNames(web, visit);
	const now = door.hours.find((hours) => isStaffed({ ...door, hours: [hours] }, weekday, minute));
	return {
		face: faceOf(`door:${branch.id}`, door.host),
		host: door.host,
		today: now
			? say(web, visit, 'door.until', { time: clockTime(web, visit, now.to) })
			: nextTime(web, visit, door.hours, { weekday, minute, dayName }),
		place: door.place,
		street: branch.address.street,
		hours: [...door.hours].sort(byWeek).map((hours) => hoursInWords(web, visit, hours, dayName)),
		phone: door.phone ?? branch.phone,
		deputy: door.deputy,
	};
}

function nextTime(
	web: Web,
	visit: Visit,
	hours: readonly Hours[],
	now: { weekday: number; minute: number; dayName(weekday: number): string },
): string {
	const { weekday, minute, dayName } = now;
	const ahead = (one: Hours) =>
		(((one.weekday - weekday + 7) % 7) * 1440 + one.from - minute + 7 * 1440) % (7 * 1440);
	const next = [...hours].sort((a, b) => ahead(a) - ahead(b))[0];
	if (!next) return say(web, visit, 'door.never');
	const time = clockTime(web, visit, next.from);
	if (next.weekday === weekday && next.from > minute) return say(web, visit, 'door.later_today', { time });
	return say(web, visit, 'door.back', { day: dayName(next.weekday), time });
}

function hoursInWords(web: Web, visit: Visit, hours: Hours, dayName: (weekday: number) => string): string {
	return say(web, visit, 'door.hours', {
		day: dayName(hours.weekday),
		from: clockTime(web, visit, hours.from),
		to: clockTime(web, visit, hours.to),
	});
}

function dayNames(web: Web, visit: Visit): (weekday: number) => string {
	const format = web.views.formats(visit.language, { weekday: 'long', timeZone: 'UTC' });
	// January 2, 2000 was a Sunday.
	return (weekday) => format.format(Date.UTC(2000, 0, 2 + weekday));
}

function clockTime(web: Web, visit: Visit, minute: number): string {
	const how = { language: visit.language, zone: 'UTC' };
	return timeInWords(Date.UTC(2000, 0, 2, 0, minute), how, web.views.formats);
}

function byWeek(a: Hours, b: Hours): number {
	const monday = (hours: Hours) => (hours.weekday + 6) % 7;
	return monday(a) - monday(b) || a.from - b.from;
}
