import { auditDay } from '@understory/core/audit-draw.ts';
import { quarterAfter, quarterOfDay } from '@understory/core/quarters.ts';
import type { Act } from '../data/act.ts';
import { auditedOf } from '../data/audits.ts';
import { logOrigin } from '../publish/logs.ts';
import type { AuditDraw } from '../store/audit-draws.ts';
import { quarterName } from './council-page.ts';
import type { Reading } from './reading.ts';

/** Quarters that the page shows; `/audits.json` has all. */
const SHOWN = 8;

/** `/audits`: which decisions were drawn to be read again, how anybody comes to the same, and what auditors found. `branchOf` tells the branch of a decision. */
export function auditsPage(
	reading: Reading,
	{
		draws,
		acts,
		vkeys,
		branchOf,
	}: {
		readonly draws: readonly AuditDraw[];
		readonly acts: readonly Act[];
		readonly vkeys: ReadonlyMap<number, string>;
		readonly branchOf: ReadonlyMap<string, { readonly name: string; readonly origin: string | null }>;
	},
) {
	const { t, date, library, today } = reading;
	const now = quarterOfDay(today);
	const last = quarterAfter(now, -1);
	const quarter = today <= auditDay(last) ? last : now;
	return {
		title: t('audits.title', { library: library.register.library.name }),
		next: t('audits.next', { quarter: quarterName(reading, quarter), date: date(auditDay(quarter)) }),
		draws: draws.slice(0, SHOWN).map((draw) => {
			const audited = auditedOf(draw, acts);
			const read = audited.filter(({ found }) => found);
			const origin = logOrigin(library, draw.log_year);
			return {
				...{ id: draw.quarter, name: quarterName(reading, draw.quarter) },
				sum: t('audits.sum', {
					...{ count: draw.candidates, drawn: draw.drawn.length, read: read.length },
					agreed: read.filter(({ found }) => found!.entry.agrees).length,
				}),
				from: t('audits.from', { date: date(auditDay(draw.quarter)), count: draw.log_size, log: origin }),
				root: draw.root,
				command: `understory verify audit ${draw.quarter} ${library.origin}/log/${draw.log_year} --key ${vkeys.get(draw.log_year) ?? ''}`,
				cases: audited.map(({ id, found }) => ({
					...{ id, href: `/statements/${id}` },
					branch: branchOf.get(id)?.name ?? null,
					read: found ? null : readAt(branchOf.get(id)?.origin ?? null, id),
					kind: found ? (found.entry.agrees ? 'good' : 'stop') : 'wait',
					label: t(`audits.${found ? (found.entry.agrees ? 'agrees' : 'disagrees') : 'unread'}`),
					entry: found && `/statements/${found.entry.id}`,
				})),
			};
		}),
	};
}

/** Where the auditor opens the file of a decision: at its branch, which asks who they are. */
function readAt(origin: string | null, id: string): string | null {
	return origin && `${origin}/staff/decisions/${id}/audit`;
}
