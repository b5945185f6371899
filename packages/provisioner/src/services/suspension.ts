import { BadInput, Conflict, type Fault, NotFound } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import { LONGEST_SUSPENSION } from '@understory/core/suspension.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { branchById, changeBranch, overdueSuspensions, subjectOf } from '../store/branches.ts';
import { lock } from '../store/database.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';

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
	by: string,
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
	await change(context, branch.id, 'suspended', by, (row) => {
		if (!isServed(row.stage) || row.stage === 'retired') {
			throw new Conflict(`A branch that is ${row.stage} has nothing to suspend.`, 'stage');
		}
		return { why, until, since: row.suspension?.since ?? now };
	});
}

/** Lets people in again before the time. Throws `Conflict` when it is not suspended. */
export async function resumeBranch(context: Context, branch: BranchRow, by: string): Promise<void> {
	await change(context, branch.id, 'resumed', by, (row) => {
		if (row.suspension === null) throw new Conflict('This branch is not suspended.', 'not_suspended');
		return null;
	});
}

/** Takes note of suspensions that are over; their branches are behind from then on. The homes have let people in since. */
export async function endOverdueSuspensions(context: Context): Promise<void> {
	const now = context.clock.now();
	for (const id of await overdueSuspensions(context.database, now)) {
		await change(context, id, 'resumed', 'its end', (row) =>
			row.suspension && row.suspension.until <= now ? null : undefined,
		);
	}
}

async function change(
	context: Context,
	id: string,
	act: 'suspended' | 'resumed',
	by: string,
	/** What is to hold; undefined leaves everything as it is. */
	next: (row: BranchRow) => BranchRow['suspension'] | undefined,
): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, `branch:${id}`);
		const row = await branchById(transaction, id);
		if (!row) throw new NotFound('There is no such branch.');
		const suspension = next(row);
		if (suspension === undefined) return;
		await changeBranch(transaction, id, { suspension });
		await addAudit(transaction, { at: context.clock.now(), actor: by, act, subject: subjectOf(row) });
	});
	context.afterStep(`branch_${act}`);
}
