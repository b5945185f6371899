import { dateIn, yearIn } from '@understory/core/calendar.ts';
import type { BranchEntry, EntryFrame } from '@understory/core/statement.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { conceal, parseDisclosure } from '@understory/transparency-log/sd.ts';
import { digestText, signDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../context.ts';
import { staffNumber } from '../store/decisions.ts';
import { addEntry, lastEntry } from '../store/entries.ts';
import { keepWithheld } from '../store/made-public.ts';
import type { Writing } from '../store/store.ts';

/** What an entry says for itself; frame, chain and signature are added here. */
export type Recorded<E> = E extends BranchEntry
	? Omit<E, Exclude<keyof EntryFrame, 'id' | 'refs'>> & {
			readonly texts: Readonly<Record<string, string | null>>;
			/** Committed to like `texts`, and handed to nobody: kept sealed for the person whom it is about (docs/adr/0095). */
			readonly withheld?: { readonly text: string | null };
			/** Disclosures of the entry that `refs` names, which go out with this one. */
			readonly unsealed?: readonly string[];
		}
	: never;

/**
 * Signs what was done and puts it at the end of the branch's chain, to be handed over (DESIGN 4.9, 5.9). Call within the transaction that does it:
 * nothing is done without its entry, and no entry is there for what was not done. `texts` are committed to and disclosed apart.
 */
export function record(context: BranchContext, writing: Writing, said: Recorded<BranchEntry>): void {
	const { texts, withheld, unsealed = [], ...rest } = said;
	const key = context.keyring.branchKey();
	const last = lastEntry(writing);
	const { disclosures, _sd } = conceal({ ...texts, ...withheld });
	const isWithheld = (one: string) => withheld !== undefined && parseDisclosure(one)?.name === 'text';
	const entry = {
		type: 'understory/entry/v1',
		branch: new URL(context.origin).host,
		decided_on: dateIn(context.current.library().zone, context.clock.now()),
		_sd_alg: 'sha-256',
		_sd,
		branch_key_id: key.id,
		prev: last?.digest ?? null,
		...rest,
	} as const;
	const body = canonicalize(signDocument(entry, key));
	addEntry(writing, {
		seq: (last?.seq ?? 0) + 1,
		id: entry.id,
		body,
		disclosures: disclosures.filter((one) => !isWithheld(one)),
		unsealed,
		digest: digestText(body),
		next_at: context.clock.now(),
	});
	const [kept] = disclosures.filter(isWithheld);
	if (kept !== undefined) {
		const disclosure = context.keyring.seal(`withheld:${entry.id}`, kept);
		keepWithheld(writing, { decision: entry.id, disclosure });
	}
	writing.afterwards(context.wake);
}

/** Who decided, as the log says it: a role, the branch and a number that ends with the year. */
export function decidedBy(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	role: 'host' | 'moderation_team' | 'appeal_partner' | 'auditor' = 'host',
): string {
	const year = yearIn(context.current.library().zone, context.clock.now());
	return `${role}@${context.current.branch().slug}#${staffNumber(writing, staffId, year)}`;
}
