/** A moment as the clock on a library's wall shows it: `YYYYMMDD` and `HHMMSS`. Throws RangeError for an unknown IANA zone. */
export function wallClock(at: number, zone: string): { date: string; time: string } {
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		hourCycle: 'h23',
	});
	const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
	return {
		date: `${part.year}${part.month}${part.day}`,
		time: `${part.hour}${part.minute}${part.second}`,
	};
}

/** A transaction date of SIP2: 18 characters, with four blanks where the zone would stand, which means local time (section 3). */
export function transactionDate(at: number, zone: string): string {
	const { date, time } = wallClock(at, zone);
	return `${date}    ${time}`;
}
