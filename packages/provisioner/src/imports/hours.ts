import type { Hours } from '@understory/core/door.ts';

const DAYS = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'];
const STRETCH = /^(Su|Mo|Tu|We|Th|Fr|Sa)(?:-(Su|Mo|Tu|We|Th|Fr|Sa))?\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/;
const MOST = 40;

/**
 * Hours as `Mo-Fr 10:00-18:00; Sa 10:00-16:00`: the simplest part of what OpenStreetMap writes
 * (https://wiki.openstreetmap.org/wiki/Key:opening_hours). Null when it is written otherwise, or a stretch ends before it begins.
 */
export function readHours(text: string): Hours[] | null {
	const hours: Hours[] = [];
	for (const stretch of text.split(';')) {
		const [, first, last, ...times] = STRETCH.exec(stretch.trim()) ?? [];
		if (first === undefined) return null;
		const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = times.map(Number);
		const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
		if (fromMinute > 59 || toMinute > 59 || from >= to || to > 1_440) return null;
		const begins = DAYS.indexOf(first);
		const days = (DAYS.indexOf(last ?? first) - begins + 7) % 7;
		for (let day = 0; day <= days; day++)
			hours.push({ weekday: ((begins + day) % 7) as Hours['weekday'], from, to });
	}
	return hours.length <= MOST ? hours : null;
}
