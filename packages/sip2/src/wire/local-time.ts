/** Making one takes longer than the rest of a message; there are as many as zones that libraries are in. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string): Intl.DateTimeFormat {
	const format =
		formats.get(zone) ??
		new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			year: 'numeric',
			month: '2-digit',
			day: '2-digit',
			hour: '2-digit',
			minute: '2-digit',
			second: '2-digit',
			hourCycle: 'h23',
		});
	formats.set(zone, format);
	return format;
}

/** A moment as the clock on a library's wall shows it: `YYYYMMDD` and `HHMMSS`. Throws RangeError for an unknown IANA zone. */
export function wallClock(at: number, zone: string): { date: string; time: string } {
	const part = Object.fromEntries(
		formatIn(zone)
			.formatToParts(at)
			.map(({ type, value }) => [type, value]),
	);
	return {
		date: `${part.year}${part.month}${part.day}`,
		time: `${part.hour}${part.minute}${part.second}`,
	};
}

/**
 * What stands between date and time: four blanks for local time and `   Z` for UTC (SIP2 section 3), or `0000` with local time, which some
 * catalogues want instead (reference/library-sso.md 1.1).
 */
export type DateZone = 'spaces' | 'zeros' | 'utc';

/** A transaction date of SIP2: 18 characters. Throws RangeError for an unknown IANA zone. */
export function transactionDate(at: number, zone: string, dateZone: DateZone = 'spaces'): string {
	const { date, time } = wallClock(at, dateZone === 'utc' ? 'UTC' : zone);
	return `${date}${{ spaces: '    ', zeros: '0000', utc: '   Z' }[dateZone]}${time}`;
}
