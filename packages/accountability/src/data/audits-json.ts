import { auditDay } from '@understory/core/audit-draw.ts';
import type { Library } from '../registers.ts';
import type { AuditDraw } from '../store/audit-draws.ts';
import type { Act } from './act.ts';
import { auditedOf } from './audits.ts';

/** What `/audits.json` says: what was drawn in each quarter, from which state of the log, and what auditors found. */
export function auditsJson(library: Library, draws: readonly AuditDraw[], acts: readonly Act[]): object {
	return {
		library: library.register.library.name,
		draws: draws.map((draw) => ({
			quarter: draw.quarter,
			audit_day: auditDay(draw.quarter),
			log: `${library.host}/log/${draw.log_year}`,
			size: draw.log_size,
			root: draw.root,
			candidates: draw.candidates,
			drawn: auditedOf(draw, acts).map(({ id, found }) => ({
				...{ id, url: `${library.origin}/statements/${id}` },
				agrees: found?.entry.agrees ?? null,
				read_on: found?.entry.decided_on ?? null,
				entry: found ? `${library.origin}/statements/${found.entry.id}` : null,
			})),
		})),
	};
}
