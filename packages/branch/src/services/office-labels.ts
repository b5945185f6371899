import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { holderOf, type Office, officeOf, seatOf } from '@understory/core/office.ts';
import type { BranchContext } from '../context.ts';
import { addNotice, type OfficeNotice } from '../store/notices.ts';
import {
	addLabel,
	changeLabel,
	LABEL_KINDS,
	type LabelEnd,
	labelOf,
	type OfficeLabel,
	openLabel,
	openLabels,
} from '../store/office-labels.ts';
import { type Person, personById } from '../store/people.ts';
import type { Reading, Writing } from '../store/store.ts';
import { isYoung } from './audiences.ts';
import { sendProfile } from './outbox.ts';

const DAY = 24 * 60 * 60_000;
/** So long before the last day of a term its holder is reminded. */
export const REMIND_BEFORE = 30 * DAY;

type Known = Pick<BranchContext, 'current' | 'clock'>;

/** The offices that somebody may say they hold: those of the library's contacts whose term is not over. */
export function officesNow({ current, clock }: Known): readonly Office[] {
	const today = dateIn(current.library().zone, clock.now());
	const offices = current.contacts().flatMap((contact) => officeOf(contact) ?? []);
	return offices.filter((office) => holderOf(current.contacts(), office, today) !== undefined);
}

/** What is shown beside somebody, if anything: set, and its term not over today, also where nobody has noticed yet. */
export function shownLabel(context: Known, reading: Reading, person: number): OfficeLabel | null {
	const label = labelOf(reading, person);
	if (!label || label.set_at === null) return null;
	const { current, clock } = context;
	return holderOf(current.contacts(), label, dateIn(current.library().zone, clock.now())) ? label : null;
}

/**
 * Somebody says of their own account that it is the official one of an office, or their personal one while they hold it (ADR 97). A personal one is shown at once, as what
 * they say; an official one when the library says so too. Throws BadInput `office_unknown`, `office_kind`, NotAllowed for a teen.
 */
export function sayLabel(
	context: BranchContext,
	person: Person,
	form: { readonly kind: string; readonly seat: string },
): void {
	if (isYoung(person)) throw new NotAllowed('A teen’s account has no label.', 'office_young');
	const kind = LABEL_KINDS.find((one) => one === form.kind);
	const office = officesNow(context).find((one) => seatOf(one) === form.seat);
	const faults: Fault[] = [];
	if (!kind) faults.push({ field: 'kind', text: 'office_kind' });
	if (!office) faults.push({ field: 'seat', text: 'office_unknown' });
	if (!kind || !office) throw new BadInput('Something on this page needs another look.', faults);
	context.store.transact((writing) => {
		const now = context.clock.now();
		const before = labelOf(writing, person.id);
		if (before) changeLabel(writing, before.id, { ended: now, ended_why: 'taken_back' });
		addLabel(writing, {
			...{ id: context.ids.next(), person: person.id, kind, ...office, said: now },
			...{ set_at: kind === 'personal' ? now : null, set_by: null, reminded: null },
			...{ ended: null, ended_why: null, ended_by: null },
		});
		sendProfile(context, writing, person);
	});
}

/** They take their word back; nothing is shown any more. Throws NotFound. */
export function takeBackLabel(context: BranchContext, person: Person): void {
	context.store.transact((writing) => {
		const label = labelOf(writing, person.id);
		if (!label) throw new NotFound();
		end(context, writing, label, 'taken_back', null);
	});
}

/** The library says so too: the label is shown, and its owner told. Throws NotAllowed, NotFound. */
export function setLabel(context: BranchContext, staffId: string, id: number): void {
	mayLabel(context, staffId);
	context.store.transact((writing) => {
		const label = openLabel(writing, id);
		if (!label || label.set_at !== null) throw new NotFound();
		changeLabel(writing, id, { set_at: context.clock.now(), set_by: staffId });
		tell(context, writing, label.person, 'office_set');
		const person = personById(writing, label.person);
		if (person) sendProfile(context, writing, person);
	});
}

/** The library does not say so, or not any more; its owner is told. Throws NotAllowed, NotFound. */
export function endLabel(context: BranchContext, staffId: string, id: number): void {
	mayLabel(context, staffId);
	context.store.transact((writing) => {
		const label = openLabel(writing, id);
		if (!label) throw new NotFound();
		end(context, writing, label, label.set_at === null ? 'refused' : 'by_staff', staffId);
	});
}

/** Ends labels whose term is over, and reminds those whose term is over soon; each is told once. */
export function tendLabels(context: BranchContext): void {
	const { current, clock, store } = context;
	// Before the register is known, nobody is: no label goes for that.
	if (!current.register()) return;
	store.transact((writing) => {
		const now = clock.now();
		const { zone } = current.library();
		for (const label of openLabels(writing)) {
			const contact = holderOf(current.contacts(), label, dateIn(zone, now));
			if (!contact) end(context, writing, label, 'term', null);
			else if (contact.term_end && contact.term_end <= dateIn(zone, now + REMIND_BEFORE) && !label.reminded) {
				changeLabel(writing, label.id, { reminded: now });
				tell(context, writing, label.person, 'office_soon');
			}
		}
	});
}

const TOLD: Readonly<Record<LabelEnd, OfficeNotice | null>> = {
	taken_back: null,
	refused: 'office_refused',
	by_staff: 'office_ended',
	term: 'office_over',
};

function end(
	context: BranchContext,
	writing: Writing,
	label: OfficeLabel,
	why: LabelEnd,
	staffId: string | null,
): void {
	changeLabel(writing, label.id, { ended: context.clock.now(), ended_why: why, ended_by: staffId });
	const notice = TOLD[why];
	if (notice) tell(context, writing, label.person, notice);
	const person = personById(writing, label.person);
	if (person) sendProfile(context, writing, person);
}

function tell(context: BranchContext, writing: Writing, person: number, kind: OfficeNotice): void {
	const nothing = { post: null, actor: null, decision: null, read: null };
	addNotice(writing, { ...nothing, id: context.ids.next(), person, kind, created: context.clock.now() });
}

function mayLabel({ current }: BranchContext, staffId: string): void {
	if (!current.may(staffId, 'label_offices'))
		throw new NotAllowed('This page is for other roles on the staff.', 'not_your_role');
}
