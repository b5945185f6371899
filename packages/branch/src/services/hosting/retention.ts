import { BadInput, type Fault } from '@understory/core/errors.ts';
import {
	RETENTION_CLASSES,
	type RetentionClass,
	yearsAllowed,
	yearsKept,
} from '@understory/core/records-profile.ts';
import type { BranchContext } from '../../context.ts';
import { countAllAccesses, forgetAccesses } from '../../store/accesses.ts';
import { dropCaseFiles, dropHeldCopy } from '../../store/case-files.ts';
import { dropWithheld } from '../../store/made-public.ts';
import { countMatterWords, forgetMatterWords } from '../../store/matter-words.ts';
import { postById } from '../../store/posts.ts';
import { quarantinedBy } from '../../store/quarantine.ts';
import { addDestruction, casesDue, countKept, forgetWords } from '../../store/records.ts';
import { readSetting, writeSetting } from '../../store/settings.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { erase } from '../erasing.ts';
import { noteCustody } from './custody.ts';

export type Schedule = Readonly<Record<RetentionClass, number>>;

const YEAR = 365.25 * 24 * 60 * 60_000;
/** So many cases at a time, so that the store is not held for long. */
const AT_ONCE = 200;

/** The schedule that holds now, in years: what was set here, or the default, within what the library's counsel adopted (ADR 96). */
export function scheduleOf({ current }: Pick<BranchContext, 'current'>, reading: Reading): Schedule {
	const chosen = readSetting<Partial<Schedule>>(reading, 'retention');
	const { records } = current.library();
	const kept = RETENTION_CLASSES.map((kind) => [kind, yearsKept(records, kind, chosen?.[kind])]);
	return Object.fromEntries(kept) as Schedule;
}

/** Sets the schedule. Throws BadInput `retention_years`, with the class as the field, for what is outside of what the library allows. */
export function setSchedule(context: BranchContext, schedule: Schedule): void {
	const { records } = context.current.library();
	const faults = RETENTION_CLASSES.flatMap((field): Fault[] => {
		const { least, most } = yearsAllowed(records, field);
		const fits = Number.isInteger(schedule[field]) && schedule[field] >= least && schedule[field] <= most;
		return fits ? [] : [{ field, text: 'retention_years' }];
	});
	if (faults.length > 0) throw new BadInput('Years are whole numbers.', faults);
	context.store.transact((writing) => writeSetting(writing, 'retention', schedule));
}

/** How much of each class is kept: cases, matters, or rows of who looked. */
export function keptNow(reading: Reading): Readonly<Record<RetentionClass, number>> {
	return {
		removed: countKept(reading, 'removed'),
		words: countKept(reading, 'words'),
		reports: countMatterWords(reading),
		accesses: countAllAccesses(reading),
	};
}

/**
 * Destroys what the schedule says is over, with a record of which class and how many. What is held, or waits for the answer to an appeal, stays. Each step is one
 * transaction, so that a process killed in the middle has destroyed and recorded the same.
 */
export function destroyDue(context: BranchContext): void {
	for (const [kind, destroy] of STEPS) {
		for (;;) {
			const found = context.store.transact((writing) => {
				const years = scheduleOf(context, writing)[kind];
				const at = context.clock.now();
				const count = destroy(context, writing, at - years * YEAR);
				if (count > 0) addDestruction(writing, { id: context.ids.next(), class: kind, count, years, at });
				return count;
			});
			if (found < AT_ONCE) break;
		}
	}
}

type Destroy = (context: BranchContext, writing: Writing, before: number) => number;

const STEPS: readonly (readonly [RetentionClass, Destroy])[] = [
	['removed', destroyRemoved],
	['words', destroyWords],
	['reports', (_, writing, before) => forgetMatterWords(writing, before, AT_ONCE)],
	['accesses', (_, writing, before) => forgetAccesses(writing, before, AT_ONCE)],
];

/** A post that nothing is left of is gone: taking the decision back later brings nothing back. */
function destroyRemoved(context: BranchContext, writing: Writing, before: number): number {
	const due = casesDue(writing, 'removed', before, AT_ONCE);
	for (const { id, post } of due) {
		dropHeldCopy(writing, id);
		dropWithheld(writing, id);
		const dropped = dropCaseFiles(writing, id);
		if (quarantinedBy(writing, id)) {
			noteCustody(context, writing, { decision: id, what: 'destroyed', staff_id: null });
		}
		const found = post === null || dropped === 0 ? undefined : postById(writing, post);
		if (found?.hidden === id && found.deleted === null) erase(context, writing, found.id);
	}
	return due.length;
}

function destroyWords(_: BranchContext, writing: Writing, before: number): number {
	const due = casesDue(writing, 'words', before, AT_ONCE);
	for (const { id } of due) forgetWords(writing, id);
	return due.length;
}
