import type { EntrySubmission } from '@understory/core/statement.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { BranchContext } from '../context.ts';
import { finishEntry, nextEntry, postponeEntry } from '../store/entries.ts';
import { countSeenSince } from '../store/people.ts';

const MINUTE = 60_000;
const MONTH = 30 * 24 * 60 * MINUTE;
/** First wait; a site that is only started again is there after seconds. Each wait is twice the last. */
const FIRST_WAIT = 5_000;
/** Longest wait between two tries. An entry is never given up. */
const LONGEST_WAIT = 60 * MINUTE;

/**
 * Hands signed entries to the accountability site, in the order of the chain, until none is due (DESIGN 5.2, 5.9). The site takes them
 * by id, so sending one twice changes nothing. One that is not taken holds back those after it: they name it as their `prev`.
 */
export async function handOverEntries(context: BranchContext): Promise<void> {
	for (;;) {
		const entry = context.store.read((reading) => nextEntry(reading));
		if (!entry || entry.next_at > context.clock.now()) return;
		const submission: EntrySubmission = {
			...{ entry: entry.body, disclosures: entry.disclosures },
			...(entry.unsealed.length > 0 ? { unsealed: entry.unsealed } : {}),
			people: context.store.read((reading) => countSeenSince(reading, context.clock.now() - MONTH)),
		};
		const status = await submit(context, submission);
		if (status === 200 || status === 201 || status === 202) {
			context.store.transact((writing) => finishEntry(writing, entry.seq, context.clock.now()));
			continue;
		}
		const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(entry.tries, 10));
		context.log.warn('entry_not_taken', { branch: context.id, status: status ?? 0, count: entry.tries + 1 });
		context.store.transact((writing) =>
			postponeEntry(writing, entry.seq, entry.tries + 1, context.clock.now() + wait),
		);
		return;
	}
}

/** When the next entry is due, UTC milliseconds, or null. */
export function nextEntryAt(context: BranchContext): number | null {
	return context.store.read((reading) => nextEntry(reading))?.next_at ?? null;
}

async function submit(context: BranchContext, submission: EntrySubmission): Promise<number | null> {
	try {
		const answer = await context.outgoing.request({
			url: `${context.current.library().accountability_origin}/entries`,
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json' },
			body: JSON.stringify(submission),
			timeoutMs: 15_000,
			maxBytes: 65_536,
		});
		return answer.status;
	} catch (error) {
		if (!(error instanceof OutgoingFailure)) throw error;
		return null;
	}
}
