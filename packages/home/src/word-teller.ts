import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus } from '@understory/core/desired.ts';
import type { Log } from '@understory/core/log.ts';

/** After how many milliseconds it is tried again when the provisioner does not take it. */
const AGAIN = 60_000;

/** Tells the provisioner what a branch says about its rosters, as soon as it says something new. */
export interface WordTeller {
	/** When it has to be tried again, UTC milliseconds; null when everything was told. Never rejects. */
	tell(status: BranchStatus): Promise<number | null>;
}

/** What was told is not kept: after a start it is told once more, and changes nothing. */
export function createWordTeller(parts: {
	readonly clock: Clock;
	readonly log: Log;
	report(status: BranchStatus): Promise<void>;
}): WordTeller {
	const told = new Map<string, string>();
	return {
		async tell(status) {
			const { branch, consents, roster_words: words } = status;
			const lists = words ? [words.voices, words.replies, words.withdrawals] : [];
			if (lists.every((list) => list.length === 0)) return null;
			// Signatures are as good as the whole: each covers the document it stands on.
			const now = [...lists, consents].flatMap((list) => list.map(({ sig }) => sig)).join(' ');
			if (told.get(branch) === now) return null;
			try {
				await parts.report(status);
				told.set(branch, now);
				return null;
			} catch (error) {
				parts.log.warn('words_not_told', { branch, error });
				return parts.clock.now() + AGAIN;
			}
		},
	};
}

/** The earlier of two moments, null for never. */
export function earlier(one: number | null, other: number | null): number | null {
	if (one === null || other === null) return one ?? other;
	return Math.min(one, other);
}
