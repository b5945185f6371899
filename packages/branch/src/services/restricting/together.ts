import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { addNotice } from '../../store/notices.ts';
import type { Person } from '../../store/people.ts';
import {
	type Asked,
	askedOf,
	askedPerson,
	changeAsked,
	type Proposal,
	proposalsTogether,
} from '../../store/proposals.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { answerIn, checkSaid, type Said } from './answering.ts';
import { openQuestion } from './asking.ts';

/** A question about one server of several that were asked as one, with the part of one person in it. */
export interface Part {
	readonly proposal: Proposal;
	readonly own: Asked;
}

/**
 * Asks about several servers at once: each is a question of its own, to be decided for itself, and whoever knows people at more than one of them has one notice and one page about all
 * (docs/adr/0087). Call it within the transaction that takes them up.
 */
export function askTogether(context: BranchContext, writing: Writing, proposals: readonly Proposal[]): void {
	const together = proposals.length > 1 ? context.ids.random() : null;
	const first = new Map<number, string>();
	for (const proposal of proposals) {
		openQuestion(context, writing, { ...proposal, together });
		for (const { person } of askedOf(writing, proposal.id)) {
			if (!first.has(person)) first.set(person, proposal.id);
		}
	}
	const created = context.clock.now();
	for (const [person, proposal] of first) {
		const about = { kind: 'server_asked', post: null, actor: null, decision: null, read: null } as const;
		addNotice(writing, { ...about, id: context.ids.next(), person, proposal, created });
	}
}

/** What somebody was asked by name as one; empty where they were not. */
export function partsOf(reading: Reading, together: string, person: Pick<Person, 'id'>): Part[] {
	return proposalsTogether(reading, together).flatMap((proposal) => {
		const own = askedPerson(reading, proposal.id, person.id);
		return own ? [{ proposal, own }] : [];
	});
}

/** The same, read by them now. Throws NotFound where they were not asked. */
export function readTogether(context: BranchContext, together: string, person: Person): Part[] {
	return context.store.transact((writing) => {
		const parts = partsOf(writing, together, person);
		if (parts.length === 0) throw new NotFound();
		for (const { own } of parts.filter((one) => one.own.seen === null)) {
			changeAsked(writing, own, { seen: context.clock.now() });
		}
		return parts;
	});
}

/**
 * One answer to everything they were asked about as one and that is not decided, in one transaction; each server can be answered otherwise on its own page afterwards. Throws as
 * `answerProposal`; Conflict `too_late` when all of it is decided.
 */
export function answerTogether(context: BranchContext, person: Person, together: string, said: Said): void {
	const checked = checkSaid(said);
	context.store.transact((writing) => {
		const parts = partsOf(writing, together, person);
		if (parts.length === 0) throw new NotFound();
		const open = parts.filter(({ proposal }) => proposal.decided === null);
		if (open.length === 0) throw new Conflict('This was decided meanwhile.', 'too_late');
		for (const { proposal } of open) answerIn(context, writing, person, proposal.id, checked);
	});
}
