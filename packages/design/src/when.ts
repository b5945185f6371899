/** Dates in words in the zone of the library (design README section 2). All moments are UTC milliseconds. */

/** Where formatters come from. */
export type Formats = (language: string, form: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat;

/** Languages and zones are few; whoever has more of them than this begins anew. */
const KEPT = 200;

/** Formatters that are made once for each form: making one takes a hundred times as long as using it. */
export function keptFormats(): Formats {
	const kept = new Map<string, Intl.DateTimeFormat>();
	return (language, form) => {
		const name = `${language} ${JSON.stringify(form)}`;
		const known = kept.get(name);
		if (known) return known;
		if (kept.size >= KEPT) kept.clear();
		const made = new Intl.DateTimeFormat(language, form);
		kept.set(name, made);
		return made;
	};
}

const madeAnew: Formats = (language, form) => new Intl.DateTimeFormat(language, form);

/** "Thursday, October 15", "jueves 15 de octubre": as inside a sentence. The year is told when it is not this one. */
export function dateInWords(
	at: number,
	how: { language: string; zone: string; now: number },
	formats: Formats = madeAnew,
): string {
	const year = (moment: number) => formats('en', { timeZone: how.zone, year: 'numeric' }).format(moment);
	const text = formats(how.language, {
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
export function timeInWords(
	at: number,
	how: { language: string; zone: string },
	formats: Formats = madeAnew,
): string {
	return formats(how.language, {
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
export function daysAgo(at: number, how: { zone: string; now: number }, formats: Formats = madeAnew): number {
	const day = (moment: number) => Date.parse(formats('en-CA', { timeZone: how.zone }).format(moment));
	return Math.round((day(how.now) - day(at)) / 86_400_000);
}

/** The machine form for `<time datetime>`. */
export function isoTime(at: number): string {
	return new Date(at).toISOString().slice(0, 19).concat('Z');
}
