import type { Clock } from '@understory/core/clock.ts';
import { TooMany } from '@understory/core/errors.ts';
import type { Request, RequestHandler } from 'express';

interface Bucket {
	left: number;
	at: number;
}

/**
 * At most `burst` requests at once and `perMinute` on the long run for each caller (a token bucket in memory). The caller is named by
 * `keyOf`, by default the address; keys are forgotten when their bucket is full again, and at most 10,000 are kept.
 */
export function limitRequests(options: {
	clock: Clock;
	perMinute: number;
	burst: number;
	keyOf?: (request: Request) => string;
}): RequestHandler {
	const buckets = new Map<string, Bucket>();
	const perMillisecond = options.perMinute / 60_000;
	return (request, _response, next) => {
		const key = options.keyOf?.(request) ?? request.ip ?? '';
		const now = options.clock.now();
		const known = buckets.get(key);
		const left = known
			? Math.min(options.burst, known.left + (now - known.at) * perMillisecond)
			: options.burst;
		buckets.delete(key);
		if (left < 1) {
			buckets.set(key, { left, at: now });
			const seconds = Math.ceil((1 - left) / perMillisecond / 1000);
			throw new TooMany(`That was a lot in a short time. Try again in ${seconds} seconds.`, seconds);
		}
		buckets.set(key, { left: left - 1, at: now });
		// The map keeps insertion order, so the first is the one that was quiet longest.
		if (buckets.size > 10_000) buckets.delete(buckets.keys().next().value!);
		next();
	};
}
