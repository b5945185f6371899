import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { addMove, type MoveKind } from '../../store/matter-moves.ts';
import {
	addNote,
	changeMatter,
	type Matter,
	type MatterOutcome,
	matterById,
	openMatter,
	reopenMatter,
} from '../../store/matters.ts';
import { postById } from '../../store/posts.ts';
import { closeReports } from '../../store/reports.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { cleanText, lengthOf } from '../plain-text.ts';
import { factsFaults } from './facts.ts';
import { expectOpen, settle } from './settling.ts';
import { colleagues, teamHere } from './staff-here.ts';
import { namesOf } from './subject.ts';

/** Longest note of the staff, in characters. */
const LONGEST_NOTE = 1000;

/** How a host can close what nothing is done about: what was written breaks no rule, it is not there any more, or somebody else has to act. */
export const WITHOUT_ACT = ['within_rules', 'gone', 'passed_on'] as const satisfies readonly MatterOutcome[];

/** One matter, open or closed. Throws NotAllowed for whoever may not decide here, NotFound. */
export function matterForHost(context: BranchContext, staffId: string | null, id: number): Matter {
	checkHost(context, staffId);
	return context.store.read((reading) => found(reading, id));
}

/** Who has it; null also when whoever had it may not decide here any more, since open matters belong to the rota. */
export function assigneeOf({ current }: Pick<BranchContext, 'current'>, { assignee }: Matter): string | null {
	return current.mayDecide(assignee) ? assignee : null;
}

/** Takes what nobody has. Throws Conflict `matter_taken` when a colleague was quicker, `matter_closed`. */
export function take(context: BranchContext, staffId: string, id: number): void {
	change(context, staffId, id, 'taken', (matter) => {
		const has = assigneeOf(context, matter);
		if (has !== null && has !== staffId) {
			throw new Conflict('A colleague has taken this already.', 'matter_taken');
		}
		return { assignee: staffId };
	});
}

/** Gives it to somebody who may decide here, whoever has it now. Throws BadInput `matter_to`. */
export function give(context: BranchContext, staffId: string, id: number, to: string): void {
	change(context, staffId, id, 'given', () => {
		if (colleagues(context).some((one) => one.staffId === to)) return { assignee: to };
		throw new BadInput('Choose somebody who may decide here.', [{ field: 'to', text: 'matter_to' }]);
	});
}

/** Puts it back for anybody. */
export function putBack(context: BranchContext, staffId: string, id: number): void {
	change(context, staffId, id, 'put_back', () => ({ assignee: null }));
}

/** Hands it to the moderation team that serves this branch, which is told; its clock goes on. Throws Conflict `no_team` while nobody is on it. */
export function handOver(context: BranchContext, staffId: string, id: number): void {
	change(context, staffId, id, 'handed', () => {
		if (teamHere(context).length === 0) {
			throw new Conflict('Nobody is on the moderation team of the library.', 'no_team');
		}
		return { handed: context.clock.now(), assignee: null };
	});
}

/** Takes it back to the branch. */
export function takeBack(context: BranchContext, staffId: string, id: number): void {
	change(context, staffId, id, 'taken_back', () => ({ handed: null }));
}

/** Writes something down for colleagues. Throws BadInput `matter_note`. */
export function note(context: BranchContext, staffId: string, id: number, said: string): void {
	checkHost(context, staffId);
	const words = cleanText(said);
	if (words === '' || lengthOf(words) > LONGEST_NOTE) {
		throw new BadInput('Write a note of up to 1,000 letters.', [{ field: 'note', text: 'matter_note' }]);
	}
	context.store.transact((writing) => {
		found(writing, id);
		const note = context.ids.next();
		const sealed = context.keyring.seal(`matter-note:${note}`, words);
		const created = context.clock.now();
		addNote(writing, { id: note, matter: id, staff_id: staffId, words: sealed, created });
	});
}

/**
 * Closes what nothing is done about. Whoever reported it reads the reason word for word, so it is held to what is published. Throws BadInput `close_outcome` and the codes
 * of `facts.ts`, and what `settle` throws.
 */
export function closeWithoutAct(
	context: BranchContext,
	staffId: string,
	id: number,
	said: { readonly outcome: string; readonly reason: string },
): void {
	checkHost(context, staffId);
	context.store.transact((writing) => {
		const matter = found(writing, id);
		expectOpen(writing, id);
		const outcome = WITHOUT_ACT.find((one) => one === said.outcome);
		const post = matter.post === null ? undefined : postById(writing, matter.post);
		const names = post ? namesOf(writing, post) : { handle: '', name: '', text: '' };
		const faults = factsFaults(said.reason, names).map(({ text }) => ({ field: 'reason', text }));
		if (!outcome) faults.unshift({ field: 'outcome', text: 'close_outcome' });
		if (!outcome || faults.length > 0)
			throw new BadInput('Something on this page needs another look.', faults);
		const reason = context.keyring.seal(`matter:${id}`, cleanText(said.reason));
		settle(context, writing, matter, { staffId, outcome, decision: null, reason });
	});
}

/** Opens again what was closed without an act. Throws Conflict `matter_not_again` when an act ended it, or something newer about the same is open. */
export function reopen(context: BranchContext, staffId: string, id: number): void {
	checkHost(context, staffId);
	context.store.transact((writing) => {
		const matter = found(writing, id);
		if (openMatter(writing, matter) || reopenMatter(writing, id) === 0) {
			throw new Conflict('This cannot be opened again.', 'matter_not_again');
		}
		closeReports(writing, id, null);
	});
}

function change(
	context: BranchContext,
	staffId: string,
	id: number,
	what: MoveKind,
	into: (matter: Matter) => Parameters<typeof changeMatter>[2],
): void {
	checkHost(context, staffId);
	context.store.transact((writing: Writing) => {
		const matter = found(writing, id);
		expectOpen(writing, id);
		const changes = into(matter);
		changeMatter(writing, id, changes);
		const to_staff = what === 'given' ? (changes.assignee ?? null) : null;
		const at = context.clock.now();
		addMove(writing, { id: context.ids.next(), matter: id, what, staff_id: staffId, to_staff, at });
	});
}

function found(reading: Reading, id: number): Matter {
	const matter = matterById(reading, id);
	if (!matter) throw new NotFound();
	return matter;
}

function checkHost({ current }: BranchContext, staffId: string | null): asserts staffId is string {
	if (!current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch look after reports.', 'not_a_host');
	}
}
