import { isWithin, type Period } from '@understory/core/quarters.ts';
import type { AuditEntry } from '@understory/core/statement.ts';
import type { AuditDraw } from '../store/audit-draws.ts';
import type { Act } from './act.ts';

/** What an auditor found of a decision that was drawn. */
export interface Audited {
	/** The number of the decision. */
	readonly id: string;
	/** The auditor's entry; null while nobody read it. */
	readonly found: (Act & { readonly entry: AuditEntry }) | null;
}

/** How auditors found the decisions that were drawn. */
export interface AuditFigures {
	/** Read by an auditor. */
	readonly read: number;
	/** Of these, those where the auditor would have decided otherwise. */
	readonly disagreed: number;
}

/** Each drawn decision with what its auditor found; the first word counts, and what was not drawn is in none. */
export function auditedOf({ drawn }: Pick<AuditDraw, 'drawn'>, acts: readonly Act[]): Audited[] {
	const found = new Map<string, Act & { readonly entry: AuditEntry }>();
	// The newest act comes first.
	for (const act of acts) if (isAudit(act)) for (const id of act.entry.refs) found.set(id, act);
	return drawn.map((id) => ({ id, found: found.get(id) ?? null }));
}

/** Counts what auditors found in a stretch of time of decisions that were drawn, whenever that was. */
export function auditFigures(
	draws: readonly AuditDraw[],
	acts: readonly Act[],
	period: Period,
): AuditFigures {
	const found = draws
		.flatMap((draw) => auditedOf(draw, acts))
		.flatMap((one) => (one.found && isWithin(one.found.entry.decided_on, period) ? [one.found.entry] : []));
	return { read: found.length, disagreed: found.filter(({ agrees }) => !agrees).length };
}

function isAudit(act: Act): act is Act & { readonly entry: AuditEntry } {
	return act.entry.kind === 'audit';
}
