import { BadInput, type Fault, NotAllowed } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { addNotice, type ParentsNotice } from '../store/notices.ts';
import { addParentsYes, endParentsYes, parentsYesOf, SAID_BY } from '../store/parents-yes.ts';
import { personByHandle } from '../store/people.ts';
import type { Writing } from '../store/store.ts';
import { isYoung } from './audiences.ts';

/**
 * A parent or guardian said at the desk that this teen may post for everyone (docs/adr/0079). Their name is not asked: the desk knows them, and
 * nothing here does. The teen is told. Saying it twice is saying it once. Throws BadInput (`teen_unknown`, `said_by`) and NotAllowed.
 */
export function recordParentsYes(
	context: BranchContext,
	staffId: string,
	form: { readonly handle: string; readonly saidBy: string },
): void {
	if (!context.current.may(staffId, 'note_parents')) throw notYours();
	const saidBy = SAID_BY.find((word) => word === form.saidBy);
	const person = context.store.read((reading) =>
		personByHandle(reading, form.handle.replace(/^@/, '').trim()),
	);
	const faults: Fault[] = [];
	// Whether somebody grown has this handle is not for this page to say.
	if (!person || !isYoung(person)) faults.push({ field: 'handle', text: 'teen_unknown' });
	if (!saidBy) faults.push({ field: 'said_by', text: 'said_by' });
	if (!person || !saidBy || faults.length > 0) {
		throw new BadInput('Something on this page needs another look.', faults);
	}
	context.store.transact((writing) => {
		if (parentsYesOf(writing, person.id)) return;
		const recorded = context.clock.now();
		const written = { id: context.ids.next(), person: person.id, said_by: saidBy, recorded };
		addParentsYes(writing, { ...written, recorded_by: staffId, ended: null, ended_by: null });
		tell(context, writing, person.id, 'parents_yes');
		note(context, writing, 'parents_yes_recorded');
	});
}

/** They take it back, or the desk was wrong: from now on. What was posted stays, for whom it was (docs/adr/0018). Throws NotAllowed. */
export function takeBackParentsYes(context: BranchContext, staffId: string, person: number): void {
	if (!context.current.may(staffId, 'note_parents')) throw notYours();
	context.store.transact((writing) => {
		if (!endParentsYes(writing, person, context.clock.now(), staffId)) return;
		tell(context, writing, person, 'parents_no');
		note(context, writing, 'parents_yes_ended');
	});
}

function tell(context: BranchContext, writing: Writing, person: number, kind: ParentsNotice): void {
	const created = context.clock.now();
	const nothing = { post: null, actor: null, decision: null, read: null };
	addNotice(writing, { ...nothing, id: context.ids.next(), person, kind, created });
}

/** The line of the log says that it was done; about whom and by whom stands in the folder alone. */
function note(context: BranchContext, writing: Writing, event: string): void {
	writing.afterwards(() => context.log.info(event, { branch: context.id }));
}

function notYours(): NotAllowed {
	return new NotAllowed('This page is for other roles on the staff.', 'not_your_role');
}
