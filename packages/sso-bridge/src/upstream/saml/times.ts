/** How far two clocks may be apart, in milliseconds. */
export const SKEW_MS = 2 * 60_000;

/** A moment as SAML writes it: UTC, nothing else (SAML core 1.3.3). Null for everything else. */
export function instant(text: string | undefined): number | null {
	if (!text || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text)) return null;
	const moment = Date.parse(text);
	return Number.isNaN(moment) ? null : moment;
}

/** Is an end still ahead? One that cannot be read is not. */
export function notOver(end: number | null, now: number): boolean {
	return end !== null && now - SKEW_MS < end;
}

/** Has a beginning passed? None given is no hindrance; one that cannot be read is. */
export function started(text: string | undefined, now: number): boolean {
	if (text === undefined) return true;
	const begin = instant(text);
	return begin !== null && begin <= now + SKEW_MS;
}
