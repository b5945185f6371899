/** The civil date of a moment in a zone, as `YYYY-MM-DD` (DESIGN 5.11). Throws RangeError for an unknown IANA zone. */
export function dateIn(zone: string, at: number): string {
	const parts = new Intl.DateTimeFormat('en-CA', {
		timeZone: zone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	});
	return parts.format(at);
}

/** The civil year of a moment in a zone. */
export function yearIn(zone: string, at: number): number {
	return Number(dateIn(zone, at).slice(0, 4));
}

/** Weekday (0 is Sunday) and minutes after midnight of a moment in a zone. */
export function weekMinuteIn(zone: string, at: number): { weekday: number; minute: number } {
	const format = new Intl.DateTimeFormat('en-US', {
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
