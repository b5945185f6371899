import { Temporal as Polyfill } from '@js-temporal/polyfill';

/**
 * A moment as Fedify takes it. It runs on this polyfill while its types name the coming built-in one, which differs from it in type
 * parameters only; this is the one place that says so.
 */
export function instant(milliseconds: number): Temporal.Instant {
	return Polyfill.Instant.fromEpochMilliseconds(milliseconds) as unknown as Temporal.Instant;
}
