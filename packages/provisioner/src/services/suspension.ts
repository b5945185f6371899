import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import { LONGEST_SUSPENSION } from '@understory/core/suspension.ts';
import type { Context } from '../context.ts';
import { overdueSuspensions } from '../store/branches.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import { type Asked, actOnBranch } from './act-on-branch.ts';

/** What is said to suspend a branch. */
export interface Suspending {
	/** By language; each language of the library. */
	readonly why: Readonly<Record<string, string>>;
	/** UTC milliseconds; at most 14 days away. */
	readonly until: number;
}

/** So long may a reason be, in letters: it stands on a page by itself. */
const LONGEST_REASON = 500;
const DAYS = LONGEST_SUSPENSION / 86_400_000;

/**
 * Lets nobody in to a branch until a moment, when it opens again by itself; its people and its data stay as they are. Doing it again changes
 * the reason and the end. Written down with who did it. Throws `BadInput` with each fault, `Conflict` when nothing runs that could be
 * suspended.
 */
export async function suspendBranch(
	context: Context,
	library: LibraryRow,
	branch: BranchRow,
	wanted: Partial<Suspending>,
	asked: Asked,
): Promise<void> {
	const now = context.clock.now();
	const { why = {}, until = Number.NaN } = wanted;
	const faults: Fault[] = [];
	const missing = library.languages.filter((language) => !why[language]?.trim());
	if (missing.length > 0) {
		const text = `Say in ${missing.join(' and ')} why: whoever comes to the branch reads it.`;
		faults.push({ field: 'why', text });
	} else if (Object.values(why).some((text) => text.length > LONGEST_REASON)) {
		faults.push({ field: 'why', text: `At most ${LONGEST_REASON} letters in each language.` });
	}
	if (!(until > now && until <= now + LONGEST_SUSPENSION)) {
		faults.push({ field: 'until', text: `Say until when: a moment to come, at most ${DAYS} days away.` });
	}
	if (faults.length > 0) throw new BadInput('This branch cannot be suspended like that.', faults);
	await actOnBranch(context, branch.id, { ...asked, kind: 'suspend', audit: 'suspended' }, (_, row) => {
		if (!isServed(row.stage) || row.stage === 'retired') {
			throw new Conflict(`A branch that is ${row.stage} has nothing to suspend.`, 'stage');
		}
		return { suspension: { why, until, since: row.suspension?.since ?? now } };
	});
}

/** Lets people in again before the time. Throws `Conflict` when it is not suspended. */
export async function resumeBranch(context: Context, branch: BranchRow, asked: Asked): Promise<void> {
	await actOnBranch(context, branch.id, { ...asked, kind: 'resume', audit: 'resumed' }, (_, row) => {
		if (row.suspension === null) throw new Conflict('This branch is not suspended.', 'not_suspended');
		return { suspension: null };
	});
}

/** Takes note of suspensions that are over; their branches are behind from then on. The homes have let people in since. */
export async function endOverdueSuspensions(context: Context): Promise<void> {
	const now = context.clock.now();
	for (const id of await overdueSuspensions(context.database, now)) {
		const asked = { id: null, by: 'its end', kind: 'resume', audit: 'resumed' };
		await actOnBranch(context, id, asked, (_, row) =>
			row.suspension && row.suspension.until <= now ? { suspension: null } : null,
		);
	}
}
