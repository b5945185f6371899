import { isIPv4, isIPv6 } from 'node:net';
import type { Clock } from '@understory/core/clock.ts';
import { TooMany } from '@understory/core/errors.ts';
import type { Request, RequestHandler } from 'express';

interface Bucket {
	left: number;
	at: number;
}

/** How many callers are remembered at most, so that no stream of callers can fill the memory. */
const CALLERS = 10_000;

/**
 * At most `burst` requests at once and `perMinute` on the long run for each caller (a token bucket in memory). The caller is named by
 * `keyOf`, by default by the network it comes from; who has been quiet long enough for a full bucket is forgotten. Throws `TooMany`.
 */
export function limitRequests(options: {
	clock: Clock;
	perMinute: number;
	burst: number;
	keyOf?: (request: Request) => string;
}): RequestHandler {
	const buckets = new Map<string, Bucket>();
	const perMillisecond = options.perMinute / 60_000;
	const leftAt = (bucket: Bucket, now: number) =>
		Math.min(options.burst, bucket.left + (now - bucket.at) * perMillisecond);

	function forgetTheQuiet(now: number): void {
		// The map keeps the order of last use, so the first is the one that was quiet longest.
		for (const [key, bucket] of buckets) {
			if (buckets.size <= CALLERS && leftAt(bucket, now) < options.burst) return;
			buckets.delete(key);
		}
	}

	return (request, _response, next) => {
		const key = options.keyOf?.(request) ?? networkOf(request.ip);
		const now = options.clock.now();
		const known = buckets.get(key);
		const left = known ? leftAt(known, now) : options.burst;
		buckets.delete(key);
		buckets.set(key, { left: left < 1 ? left : left - 1, at: now });
		forgetTheQuiet(now);
		if (left >= 1) return next();
		const seconds = Math.ceil((1 - left) / perMillisecond / 1000);
		throw new TooMany(`That was a lot in a short time. Try again in ${inWords(seconds)}.`, seconds);
	};
}

/**
 * The network an address belongs to: an IPv4 address itself, also when it is written as IPv6; of IPv6 the first 64 bits, since one
 * household or server has all the rest to itself (RFC 6177).
 */
export function networkOf(address: string | undefined): string {
	const bare = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
	if (isIPv4(bare) || !isIPv6(bare)) return bare;
	const [head = '', tail] = bare.replace(/%.*$/, '').split('::');
	const first = head === '' ? [] : head.split(':');
	const last = tail ? tail.split(':') : [];
	const left = tail === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
	const groups = [...first, ...left, ...last].map((group) => group.replace(/^0+(?=.)/, '').toLowerCase());
	return `${groups.slice(0, 4).join(':')}::/64`;
}

function inWords(seconds: number): string {
	return seconds === 1 ? '1 second' : `${seconds} seconds`;
}
