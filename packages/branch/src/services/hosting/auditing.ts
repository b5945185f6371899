import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { parseDisclosure } from '@understory/transparency-log/sd.ts';
import type { BranchContext } from '../../context.ts';
import { appealsOf } from '../../store/appeals.ts';
import { addAuditNews, auditOf } from '../../store/audits.ts';
import { type DecisionRow, decisionById, reversalOf } from '../../store/decisions.ts';
import type { Reading } from '../../store/store.ts';
import { cleanText } from '../plain-text.ts';
import { decidedBy, record } from '../recording.ts';
import { reasonFaults } from './reversing.ts';
import { tellOfAct } from './telling.ts';

/** What an auditor found, with the reason that everybody reads. */
export interface Finding {
	readonly id: string;
	readonly agrees: boolean;
	/** YYYY-MM-DD. */
	readonly on: string;
	readonly reason: string;
}

/** What an auditor found of a decision; null while nobody has read it. */
export function findingOn(reading: Reading, decision: string): Finding | null {
	const found = auditOf(reading, decision);
	if (!found) return null;
	const { id, agrees, decided_on } = found.entry;
	const reason = found.disclosures.flatMap((one) => parseDisclosure(one)?.value ?? []).join('\n');
	return { id, agrees, on: decided_on, reason };
}

/**
 * Writes into the log what an auditor found of a decision, once for ever; whether it was drawn is for the accountability site to say, and for everybody. Nothing of the
 * decision changes by it. The person it is about and the host who decided are told, once. Throws NotFound, NotAllowed for whoever is no auditor or had a part in the case, Conflict `already_audited`, and BadInput with
 * `audit_missing` and the codes of `facts.ts`.
 */
export function audit(
	context: BranchContext,
	staffId: string,
	decisionId: string,
	said: { readonly agrees: boolean | null; readonly reason: string },
): void {
	context.store.transact((writing) => {
		const decision = decisionById(writing, decisionId);
		if (!decision) throw new NotFound();
		if (!mayAudit(context, writing, staffId, decision)) {
			throw new NotAllowed('An auditor reads what others decided.', 'not_an_auditor');
		}
		if (auditOf(writing, decisionId)) {
			throw new Conflict('An auditor has read this decision already.', 'already_audited');
		}
		const faults = reasonFaults(writing, decision, said.reason);
		if (said.agrees === null) faults.unshift({ field: 'agrees', text: 'audit_missing' });
		const { agrees } = said;
		if (agrees === null || faults.length > 0) {
			throw new BadInput('Something on this page needs another look.', faults);
		}
		record(context, writing, {
			...{ id: context.ids.random(), kind: 'audit', agrees, refs: [decisionId] },
			decided_by: decidedBy(context, writing, staffId, 'auditor'),
			texts: { explanation: cleanText(said.reason) },
		});
		const { person, post } = decision;
		tellOfAct(context, writing, { kind: 'audited', decision: decisionId, person, post });
		addAuditNews(writing, decisionId, decision.staff_id);
	});
}

/** May they read this decision again? They are an auditor here, and neither decided it nor anything about it. */
export function mayAudit(
	context: BranchContext,
	reading: Reading,
	staffId: string | null,
	decision: DecisionRow,
): boolean {
	if (staffId === null || !context.current.may(staffId, 'audit_cases')) return false;
	const appeals = appealsOf(reading, decision.id).map(({ staff_id }) => staff_id);
	return ![decision.staff_id, reversalOf(reading, decision.id)?.staff_id, ...appeals].includes(staffId);
}
