import { PublicError } from '@understory/core/errors.ts';
import type { Event } from './api.ts';
import type { ApiClient } from './client.ts';

/** Whose events: of a library, or of one of its branches. */
export interface Followed {
	readonly library: string;
	readonly branch?: string;
}

/** For so long the platform holds an answer back while nothing comes, in seconds. */
const HOLD = '25';
/** Milliseconds before it is asked again after it gave no answer. */
const PAUSES_MS = [1_000, 2_000, 5_000, 10_000] as const;

/**
 * The events that come after a number, in order, for as long as they are asked for: each answer as it comes, an empty one when nothing came for a while.
 * When nobody answers, or the platform is in trouble, `lost` is told and it is asked again, from the same number, so that no event is missed and none
 * comes twice. Throws `PublicError` when the platform refuses.
 */
export async function* follow(
	client: Pick<ApiClient, 'call'>,
	{ library, branch }: Followed,
	from: number,
	parts: { wait(milliseconds: number): Promise<void>; lost?(error: PublicError): void },
): AsyncGenerator<readonly Event[], never> {
	let after = from;
	let failures = 0;
	for (;;) {
		const query = { after: String(after), wait: HOLD, limit: '200' };
		try {
			const said =
				branch === undefined
					? await client.call('listEvents', { params: { library }, query })
					: await client.call('listBranchEvents', { params: { library, branch }, query });
			failures = 0;
			after = said.last;
			yield said.items;
		} catch (error) {
			if (!(error instanceof PublicError) || error.status < 500) throw error;
			parts.lost?.(error);
			await parts.wait(PAUSES_MS[Math.min(failures++, PAUSES_MS.length - 1)]!);
		}
	}
}
