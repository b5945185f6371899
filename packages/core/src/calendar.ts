const days = keptByZone('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });
const walls = keptByZone('en-US', {
	year: 'numeric',
	month: 'numeric',
	day: 'numeric',
	hour: 'numeric',
	minute: 'numeric',
	second: 'numeric',
	hourCycle: 'h23',
});

/** The civil date of a moment in a zone, as `YYYY-MM-DD` (DESIGN 5.11). Throws RangeError for an unknown IANA zone. */
export function dateIn(zone: string, at: number): string {
	return days(zone).format(at);
}

/** The whole hour, from 0 to 23, that clocks in a zone show at a moment (UTC milliseconds). */
export function hourIn(zone: string, at: number): number {
	const format = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' });
	return Number(format.format(at));
}

/** Is this a day that exists, as `YYYY-MM-DD`? */
export function isDay(text: string): boolean {
	return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
}

/** The civil year of a moment in a zone. */
export function yearIn(zone: string, at: number): number {
	return Number(dateIn(zone, at).slice(0, 4));
}

/**
 * Weekday (0 is Sunday) and minutes after midnight of a moment in a zone. `formats` gives formatters that are kept, for whoever asks often.
 */
export function weekMinuteIn(
	zone: string,
	at: number,
	formats = (language: string, form: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, form),
): { weekday: number; minute: number } {
	const format = formats('en-US', {
		timeZone: zone,
		weekday: 'short',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23',
	});
	const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
	const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(part.weekday ?? '');
	return { weekday, minute: Number(part.hour) * 60 + Number(part.minute) };
}

/** Is this a zone that this machine knows? */
export function isZone(zone: string): boolean {
	try {
		return dateIn(zone, 0).length === 10;
	} catch (error) {
		if (error instanceof RangeError) return false;
		throw error;
	}
}

/**
 * The moment a clock on the wall of a zone shows `date` (`YYYY-MM-DD`) and `time` (`HH:MM`), UTC milliseconds; null for what is no date or time.
 * A time that a clock change leaves out is taken as the one an hour later, one that comes twice as the first.
 */
export function momentIn(zone: string, date: string, time: string): number | null {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return null;
	const wall = Date.parse(`${date}T${time}:00Z`);
	// A day that does not exist is not moved into the next month.
	if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== date) return null;
	const ahead = (at: number) => wallIn(zone, at) - at;
	const earlier = wall - ahead(wall - 86_400_000);
	if (wallIn(zone, earlier) === wall) return earlier;
	const later = wall - ahead(wall + 86_400_000);
	return wallIn(zone, later) === wall ? later : earlier;
}

/** The first moment after a day (`YYYY-MM-DD`) on the wall of a zone, UTC milliseconds; null for what is no day. */
export function endOfDay(zone: string, day: string): number | null {
	if (momentIn(zone, day, '00:00') === null) return null;
	const next = new Date(Date.parse(`${day}T12:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
	return momentIn(zone, next, '00:00');
}

/** What the wall clock of a zone shows at a moment, as if it were UTC; whole seconds. */
function wallIn(zone: string, at: number): number {
	const part = Object.fromEntries(
		walls(zone)
			.formatToParts(at)
			.map(({ type, value }) => [type, Number(value)]),
	);
	return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
}

/** The day that is so many working days after one (`YYYY-MM-DD`): Monday to Friday; holidays are not known here. */
export function addWorkingDays(date: string, days: number): string {
	const at = new Date(`${date}T12:00:00Z`);
	for (let left = days; left > 0; ) {
		at.setUTCDate(at.getUTCDate() + 1);
		if (at.getUTCDay() % 6 !== 0) left -= 1;
	}
	return at.toISOString().slice(0, 10);
}

/** When a month (`YYYY-MM`) begins in a zone, UTC milliseconds. Throws RangeError for what is no month. */
export function startOfMonth(zone: string, month: string): number {
	const start = momentIn(zone, `${month}-01`, '00:00');
	if (start === null) throw new RangeError(`${month} is no month.`);
	return start;
}

/** The month after one, `YYYY-MM`. */
export function monthAfter(month: string): string {
	const [year = 0, number = 0] = month.split('-').map(Number);
	return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}

/** One form for many zones: a formatter takes a hundred times as long to make as to use. Whoever has more zones than this begins anew. */
function keptByZone(
	language: string,
	form: Intl.DateTimeFormatOptions,
): (zone: string) => Intl.DateTimeFormat {
	const kept = new Map<string, Intl.DateTimeFormat>();
	return (timeZone) => {
		const known = kept.get(timeZone);
		if (known) return known;
		const made = new Intl.DateTimeFormat(language, { ...form, timeZone });
		if (kept.size >= 50) kept.clear();
		kept.set(timeZone, made);
		return made;
	};
}
