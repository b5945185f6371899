import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import { isServed, mayBecome } from '@understory/core/stage.ts';
import type { Context } from '../context.ts';
import { backupsOf } from '../store/backups.ts';
import type { Database } from '../store/database.ts';
import type { BranchRow } from '../store/rows.ts';
import { type Asked, actOnBranch } from './act-on-branch.ts';
import { successorFor } from './successors.ts';

/** For how many days the folder of a retired branch is kept, when nothing else is said, and at least and at most. */
export const HELD = 90;
const LEAST_HELD = 30;
const MOST_HELD = 3_650;
export const DAY = 86_400_000;
/** How old the backup may be without which nothing is retired, in milliseconds. */
const FRESH = DAY;

/** What is said to retire or delete a branch. */
export interface Ending {
	/** The branch's name in addresses, written once more. */
	readonly confirm: string;
	/** Days that the folder is kept after retiring. */
	readonly days: number;
}

/**
 * Announces that a branch will be closed for good: nobody new comes in, and people have time to take their things or move. `successor` is the slug
 * of the branch at which it goes on; it can be named later, too. Throws `BadInput` when that one is not open, `Conflict` when the stage does not allow it.
 */
export async function closeBranch(
	context: Context,
	branch: BranchRow,
	successor: string | undefined,
	asked: Asked,
): Promise<void> {
	await actOnBranch(
		context,
		branch.id,
		{ ...asked, kind: 'close', audit: 'closing' },
		async (database, row) => {
			const named = successor ? { successor: await successorFor(database, row, successor) } : {};
			if (row.stage === 'closing' && successor) return named;
			if (row.stage === 'closing' || !mayBecome(row.stage, 'closing')) throw wrongStage(row, 'closed');
			// Whoever announces it has decided: what the clock had announced for want of a host is over.
			return { stage: 'closing', unhosted: null, ...named };
		},
	);
}

/**
 * Closes a branch for good: pages and addresses of its people answer 410, and those who were here still reach what is theirs until the hold is
 * over. Never undone. Throws `BadInput` with each fault, `Conflict` when its stage does not allow it or it has no fresh backup.
 */
export async function retireBranch(
	context: Context,
	branch: BranchRow,
	{ confirm, days = HELD }: Partial<Ending>,
	asked: Asked,
): Promise<void> {
	const faults = unconfirmed(branch, confirm);
	if (!(Number.isInteger(days) && days >= LEAST_HELD && days <= MOST_HELD)) {
		faults.push({ field: 'days', text: `Between ${LEAST_HELD} and ${MOST_HELD} days.` });
	}
	if (faults.length > 0) throw new BadInput('This branch cannot be retired like that.', faults);
	const now = context.clock.now();
	await actOnBranch(
		context,
		branch.id,
		{ ...asked, kind: 'retire', audit: 'retired' },
		async (database, row) => {
			if (row.stage === 'retired' || !mayBecome(row.stage, 'retired')) throw wrongStage(row, 'retired');
			if (isServed(row.stage) && row.place !== null && !(await hasFreshBackup(database, row, now))) {
				const sentence = 'Make a backup first: a branch is retired only with one of the last 24 hours.';
				throw new Conflict(sentence, 'no_backup');
			}
			return {
				stage: 'retired',
				suspension: null,
				unhosted: null,
				retirement: { at: now, until: now + days * DAY },
			};
		},
	);
}

/**
 * Asks for everything of a retired branch to be destroyed where it lived: its folder and its backups there. Its name stays taken. Throws
 * `BadInput` when it was not confirmed, `Conflict` before the hold is over.
 */
export async function deleteBranch(
	context: Context,
	branch: BranchRow,
	{ confirm }: Partial<Ending>,
	asked: Asked,
): Promise<void> {
	const faults = unconfirmed(branch, confirm);
	if (faults.length > 0) throw new BadInput('This branch cannot be deleted like that.', faults);
	const now = context.clock.now();
	await actOnBranch(context, branch.id, { ...asked, kind: 'delete', audit: 'deleted' }, (_, row) => {
		const { retirement } = row;
		if (row.stage !== 'retired' || !retirement || retirement.deleted !== undefined) {
			throw wrongStage(row, 'deleted');
		}
		if (now < retirement.until) {
			const day = new Date(retirement.until).toISOString().slice(0, 10);
			throw new Conflict(`This branch is kept until ${day}: its people may still take their things.`, 'held');
		}
		return { retirement: { ...retirement, deleting: true } };
	});
}

function unconfirmed(branch: BranchRow, confirm: string | undefined): Fault[] {
	return confirm === branch.slug
		? []
		: [{ field: 'confirm', text: `Write ${branch.slug}, so that it is the right one.` }];
}

function wrongStage({ stage }: BranchRow, act: string): Conflict {
	return new Conflict(`A branch that is ${stage} cannot be ${act}.`, 'stage');
}

async function hasFreshBackup(database: Database, row: BranchRow, now: number): Promise<boolean> {
	const made = (await backupsOf(database, row.id)).flatMap(({ state, facts }) =>
		state === 'done' && facts ? [facts.made] : [],
	);
	return made.some((at) => now - at <= FRESH);
}
