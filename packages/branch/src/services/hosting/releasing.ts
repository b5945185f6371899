import { dateIn, isDay } from '@understory/core/calendar.ts';
import { contactsDocument, officeInLog } from '@understory/core/contact-versions.ts';
import { BadInput, Conflict, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../../context.ts';
import { type DecisionRow, decisionById } from '../../store/decisions.ts';
import { questionsOf } from '../../store/office-questions.ts';
import { type Person, personById } from '../../store/people.ts';
import { quarantinedBy } from '../../store/quarantine.ts';
import {
	addRelease,
	type NamedOffice,
	type ReleaseRow,
	releaseById,
	releasesOf,
	revokeRelease,
	unrevokedOf,
} from '../../store/releases.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { receiptCode, receiptDigest } from '../receipts.ts';
import { closeRequest } from './official-requests.ts';
import { stateOf, today } from './standing-release.ts';

/** The longest somebody can let an office read, in days. */
export const RELEASE_DAYS = 90;
const DAY = 24 * 60 * 60_000;

/** What somebody signs. */
export interface Signing {
	/** An `OfficeChoice`'s key. */
	readonly office: string;
	/** YYYY-MM-DD. */
	readonly until: string;
	/** May the office read what the post said? */
	readonly words: boolean;
}

/** An office that can be let in. */
export interface OfficeChoice {
	readonly key: string;
	readonly office: NamedOffice;
}

/** The offices that the library's contacts name, but those whose term is over. */
export function officesHere(context: Pick<BranchContext, 'clock' | 'current'>): OfficeChoice[] {
	const { current } = context;
	const { contacts } = contactsDocument(current.branch(), current.contacts());
	const now = today(context);
	return contacts
		.filter(({ term_end }) => term_end === null || term_end >= now)
		.map((contact) => {
			const { role, body, division } = officeInLog(contact);
			return { key: digestDocument(contact), office: { role, body, division, name: contact.name } };
		});
}

/** May this person let somebody read this case? Not children, and not what was sealed in an emergency. */
export function mayRelease(
	reading: Reading,
	person: Pick<Person, 'id' | 'age_band'>,
	decision: DecisionRow,
): boolean {
	return (
		decision.person === person.id &&
		person.age_band !== 'child' &&
		quarantinedBy(reading, decision.id) === undefined
	);
}

/**
 * The person a decision is about lets one office read it until a day (docs/adr/0119). The code is told once and kept as a digest. `takenBy`: who on the staff took it from a
 * paper they signed. Throws NotFound where there is nothing of theirs to release, Conflict `already_released`, BadInput `release_office`, `release_until`.
 */
export function release(
	context: BranchContext,
	person: Pick<Person, 'id' | 'age_band'>,
	decisionId: string,
	signed: Signing,
	takenBy: string | null = null,
): { readonly release: ReleaseRow; readonly code: string } {
	return context.store.transact((writing) => {
		const decision = decisionById(writing, decisionId);
		if (!decision || !mayRelease(writing, person, decision)) throw new NotFound();
		const office = checkSigning(context, signed);
		const known = releasesOf(writing, decision.id).filter((row) => stateOf(context, row) === 'open');
		if (known.some((row) => JSON.stringify(row.office) === JSON.stringify(office))) {
			throw new Conflict('This office can read this already. End that first.', 'already_released');
		}
		const code = receiptCode(context.ids.random());
		const row: ReleaseRow = {
			...{ id: context.ids.random(), decision: decision.id, person: person.id, office },
			...{ until: signed.until, words: signed.words, code: receiptDigest(code)! },
			...{ taken_by: takenBy, created: context.clock.now(), revoked: null },
		};
		addRelease(writing, row);
		return { release: row, code };
	});
}

/** The same for somebody who signed on paper. Throws NotAllowed for whoever is no host, and what `release` throws. */
export function releaseAtDesk(
	context: BranchContext,
	staffId: string,
	decisionId: string,
	signed: Signing,
): { readonly release: ReleaseRow; readonly code: string } {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch do this for somebody.', 'not_a_host');
	}
	const person = context.store.read((reading) => {
		const decision = decisionById(reading, decisionId);
		return personById(reading, decision?.person ?? 0);
	});
	if (!person) throw new NotFound();
	return release(context, person, decisionId, signed, staffId);
}

/** Ends it at once; a question that is open is withdrawn with it. Throws NotFound for anybody else's, Conflict `already_revoked`. */
export function revoke(context: BranchContext, person: Pick<Person, 'id'>, id: string): void {
	context.store.transact((writing) => {
		const row = releaseById(writing, id);
		if (row?.person !== person.id) throw new NotFound();
		if (!end(context, writing, row)) throw new Conflict('This was ended before.', 'already_revoked');
	});
}

/** Whoever leaves lets nobody read any more. */
export function endReleasesOf(context: BranchContext, writing: Writing, person: number): void {
	for (const row of unrevokedOf(writing, person)) end(context, writing, row);
}

function end(context: BranchContext, writing: Writing, row: ReleaseRow): boolean {
	if (revokeRelease(writing, row.id, context.clock.now()) === 0) return false;
	for (const question of questionsOf(writing, row.id)) {
		if (question.closed !== null) continue;
		closeRequest(context, writing, { question, office: row.office, outcome: 'withdrawn' });
	}
	return true;
}

function checkSigning(context: BranchContext, { office, until }: Signing): NamedOffice {
	const chosen = officesHere(context).find(({ key }) => key === office);
	const faults: Fault[] = [];
	if (!chosen) faults.push({ field: 'office', text: 'release_office' });
	const { zone } = context.current.library();
	const last = dateIn(zone, context.clock.now() + RELEASE_DAYS * DAY);
	if (!isDay(until) || until < today(context) || until > last) {
		faults.push({ field: 'until', text: 'release_until' });
	}
	if (!chosen || faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	return chosen.office;
}
