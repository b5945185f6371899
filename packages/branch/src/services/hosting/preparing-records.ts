import { createHash } from 'node:crypto';
import { BadInput, Conflict, type Fault, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { type DecisionRow, decisionById } from '../../store/decisions.ts';
import { type Person, personById } from '../../store/people.ts';
import {
	addObjection,
	addPrepared,
	closePrepared,
	type PreparedRecord,
	preparedById,
	RECORD_KINDS,
	type RecordKind,
} from '../../store/prepared-records.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { cleanLine, cleanText, lengthOf } from '../plain-text.ts';
import { type CaseRecord, recordOf } from './case-record.ts';
import { LONGEST_HOLD } from './holding.ts';
import { tellOfAct } from './telling.ts';
import { unsealed } from './unsealing.ts';

/** Longest objection, in characters. */
export const LONGEST_OBJECTION = 2000;
const DAY = 24 * 60 * 60_000;

/** What a form says of a request of anybody but the person. */
export interface Preparing {
	readonly number: string;
	readonly kind: string;
	/** An order forbids to tell the person; and what it says. */
	readonly forbids: boolean;
	readonly order: string;
}

/** How many days before a record of this case is given out its person is told; 0 where nothing was adopted, and where nobody is here to be told (ADR 96). */
export function noticeDays({ current }: BranchContext, reading: Reading, decision: DecisionRow): number {
	const person = decision.person === null ? undefined : personById(reading, decision.person);
	return person ? (current.library().records?.notice_days ?? 0) : 0;
}

/**
 * Prepares a record: its person is told now, and it can be given out when the days are over. Where an order forbids to tell them it is given out at once, and kept with
 * what the order says. The caller has checked the request's number, and `noticeDays` is above 0. Throws BadInput `record_kind`, `record_order`.
 */
export function prepareRecord(
	context: BranchContext,
	staffId: string,
	decision: DecisionRow,
	said: Preparing,
): PreparedRecord {
	const order = said.forbids ? cleanLine(said.order) : '';
	const faults: Fault[] = [];
	if (!isKind(said.kind)) faults.push({ field: 'kind', text: 'record_kind' });
	if (said.forbids && (order === '' || lengthOf(order) > LONGEST_HOLD)) {
		faults.push({ field: 'order', text: 'record_order' });
	}
	if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	return context.store.transact((writing) => {
		const { clock, ids, keyring } = context;
		const [id, now] = [ids.next(), clock.now()];
		const digest = digestOf(recordOf(context, writing, decision, { number: '', asker: 'anybody' }));
		const row: PreparedRecord = {
			...{ id, decision: decision.id, kind: said.kind as RecordKind, staff_id: staffId, created: now },
			number: keyring.seal(`record-number:${id}`, said.number),
			digest: keyring.seal(`record-digest:${id}`, digest),
			...{ objection: '', objected: null },
			...(said.forbids
				? { told: 0, forbidden: keyring.seal(`record-order:${id}`, order), due: now }
				: { told: 1, forbidden: '', due: now + noticeDays(context, writing, decision) * DAY }),
			...(said.forbids
				? { outcome: 'given', closed: now, closed_by: staffId }
				: { outcome: null, closed: null, closed_by: null }),
		};
		addPrepared(writing, row);
		if (row.told) tell(context, writing, decision, 'record_told');
		return row;
	});
}

/**
 * Gives out what was prepared, exactly as its person was told of it; what was given out before is shown again. Throws NotFound, Conflict `record_waits` before its day,
 * `record_taken_back`, `record_changed` when the case holds something else by now, and BadInput `record_read` until whoever does it has read the objection.
 */
export function giveRecord(
	context: BranchContext,
	staffId: string,
	id: number,
	readObjection: boolean,
): { readonly decision: DecisionRow; readonly record: CaseRecord } {
	return context.store.transact((writing) => {
		const { row, decision } = found(writing, id);
		const now = context.clock.now();
		if (row.outcome === 'taken_back') throw new Conflict('This was taken back.', 'record_taken_back');
		if (row.number === '') throw new NotFound();
		if (now < row.due) throw new Conflict('The days to object are not over.', 'record_waits');
		if (row.objected !== null && !readObjection) {
			throw new BadInput('Read what they say first.', [{ field: 'read', text: 'record_read' }]);
		}
		const number = unsealed(context, `record-number:${id}`, row.number);
		const record = recordOf(context, writing, decision, { number, asker: 'anybody' });
		if (digestOf(record) !== unsealed(context, `record-digest:${id}`, row.digest)) {
			throw new Conflict(
				'The case holds something else by now than what its person was told of. Take this back and prepare it anew.',
				'record_changed',
			);
		}
		if (closePrepared(writing, id, { outcome: 'given', closed: now, closed_by: staffId }) > 0) {
			tell(context, writing, decision, 'record_given');
		}
		return { decision, record };
	});
}

/** Takes back what waits, and tells its person. Throws NotFound, Conflict `record_closed`. */
export function takeBackRecord(context: BranchContext, staffId: string, id: number): void {
	context.store.transact((writing) => {
		const { decision } = found(writing, id);
		const closed = { outcome: 'taken_back', closed: context.clock.now(), closed_by: staffId } as const;
		if (closePrepared(writing, id, closed) === 0) throw alreadyClosed();
		tell(context, writing, decision, 'record_taken_back');
	});
}

/** The person a record is about says why it should not be given out, once. Throws NotFound for anybody else's, BadInput `objection`, Conflict `record_closed`, `already_objected`. */
export function objectTo(context: BranchContext, person: Pick<Person, 'id'>, id: number, said: string): void {
	const words = cleanText(said);
	if (words === '' || lengthOf(words) > LONGEST_OBJECTION) {
		throw new BadInput('Say why.', [{ field: 'objection', text: 'objection' }]);
	}
	context.store.transact((writing) => {
		const { row, decision } = found(writing, id);
		if (!row.told || decision.person !== person.id) throw new NotFound();
		if (row.closed !== null) throw alreadyClosed();
		const sealed = context.keyring.seal(`objection:${id}`, words);
		if (addObjection(writing, id, sealed, context.clock.now()) === 0) {
			throw new Conflict('You have said why already.', 'already_objected');
		}
	});
}

function found(reading: Reading, id: number): { row: PreparedRecord; decision: DecisionRow } {
	const row = preparedById(reading, id);
	const decision = row && decisionById(reading, row.decision);
	if (!decision) throw new NotFound();
	return { row, decision };
}

function tell(
	context: BranchContext,
	writing: Writing,
	{ id: decision, person, post }: DecisionRow,
	kind: 'record_told' | 'record_given' | 'record_taken_back',
): void {
	// Whoever left since cannot be told.
	if (person === null || !personById(writing, person)) return;
	tellOfAct(context, writing, { kind, decision, person, post });
}

function digestOf({ texts }: CaseRecord): string {
	return createHash('sha256').update(JSON.stringify(texts)).digest('base64url');
}

function alreadyClosed(): Conflict {
	return new Conflict('This was given out or taken back before.', 'record_closed');
}

function isKind(value: string): value is RecordKind {
	return (RECORD_KINDS as readonly string[]).includes(value);
}
