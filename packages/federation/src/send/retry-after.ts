const DAY = 24 * 60 * 60_000;

/**
 * How long another server asks us to wait, in milliseconds from `now`: seconds or a date (RFC 9110 10.2.3), a day at most; null when
 * it says nothing that can be read.
 */
export function retryAfter(header: string | undefined, now: number): number | null {
	const text = header?.trim() ?? '';
	const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
	return Number.isNaN(wait) || wait <= 0 ? null : Math.min(wait, DAY);
}
