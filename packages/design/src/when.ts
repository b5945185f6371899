/** Dates in words in the zone of the library (design README section 2). All moments are UTC milliseconds. */

/** "Thursday, October 15", "jueves 15 de octubre": as inside a sentence. The year is told when it is not this one. */
export function dateInWords(at: number, how: { language: string; zone: string; now: number }): string {
	const year = (moment: number) =>
		new Intl.DateTimeFormat('en', { timeZone: how.zone, year: 'numeric' }).format(moment);
	const text = new Intl.DateTimeFormat(how.language, {
		timeZone: how.zone,
		weekday: 'long',
		month: 'long',
		day: 'numeric',
		...(year(at) === year(how.now) ? {} : { year: 'numeric' }),
	}).format(at);
	// Spanish puts no comma between the day's name and its number.
	return how.language === 'es' ? text.replace(', ', ' ') : text;
}

/** "9:05 am", in both languages: 12 hours, as on the doors of American libraries. */
export function timeInWords(at: number, how: { language: string; zone: string }): string {
	return new Intl.DateTimeFormat(how.language, {
		timeZone: how.zone,
		hour: 'numeric',
		minute: '2-digit',
		hour12: true,
	})
		.format(at)
		.replace(/[\u202f\u00a0]/g, ' ')
		.replace(/\b([ap])\.?\s?m\b\.?/i, (_, half: string) => `${half.toLowerCase()}m`);
}

/** How many days ago in the zone of the library; 0 is today, negative lies ahead. */
export function daysAgo(at: number, how: { zone: string; now: number }): number {
	const day = (moment: number) =>
		Date.parse(new Intl.DateTimeFormat('en-CA', { timeZone: how.zone }).format(moment));
	return Math.round((day(how.now) - day(at)) / 86_400_000);
}

/** The machine form for `<time datetime>`. */
export function isoTime(at: number): string {
	return new Date(at).toISOString().slice(0, 19).concat('Z');
}
