import { auditDay, drawCases, drawnFrom, type PlacedLeaf } from '@understory/core/audit-draw.ts';
import { BadInput } from '@understory/core/errors.ts';
import { parseQuarter } from '@understory/core/quarters.ts';
import { auditYears } from '@understory/transparency-log/audit-years.ts';
import { earlierRoot } from '@understory/transparency-log/earlier-root.ts';
import type { Command } from 'commander';
import { beside } from '../log-place.ts';
import type { Session } from '../parts.ts';
import { disproved } from './disproved.ts';

/** `understory verify audit`: draws the decisions of a quarter again that an auditor is to read. Believes nobody but the key of the log. */
export function verifyAuditCommand(verify: Command, session: Session): void {
	verify
		.command('audit')
		.argument('<quarter>', 'such as 2026-Q3')
		.argument(
			'<place>',
			'the log of the year in which the audit day lies: a folder with a downloaded year, or its address',
		)
		.requiredOption('--key <vkey>', 'the key of the log, as it was published')
		.description('draw the decisions of a quarter again that an auditor reads')
		.action(async (quarter: string, place: string, { key }: { key: string }) => {
			if (!parseQuarter(quarter)) throw new BadInput('A quarter is written as 2026-Q3.');
			const leaves: PlacedLeaf[] = [];
			let year = 0;
			const audit = await auditYears({
				vkey: key,
				readOf(origin) {
					year = Number(origin.slice(-4));
					return beside(place, key)(origin);
				},
				each(entry, index) {
					leaves.push({ year, index, leaf: entry.toString('utf8') });
					return null;
				},
			});
			if (!audit.ok) return disproved(session, audit.reason);
			const found = drawnFrom(
				quarter,
				leaves.sort((a, b) => a.year - b.year || a.index - b.index),
			);
			if (!found) {
				return disproved(
					session,
					`Nothing in this log is dated ${auditDay(quarter)} or later, so nothing is drawn yet.`,
				);
			}
			const log = audit.years.find(({ origin }) => Number(origin.slice(-4)) === found.year)!;
			const { size, candidates } = found;
			const read = beside(place, key)(log.origin);
			const root = (await earlierRoot({ size, within: log.size, read })).toString('base64');
			const drawn = drawCases(quarter, root, candidates);
			session.showOne(
				{
					quarter,
					audit_day: auditDay(quarter),
					log: log.origin,
					size,
					root,
					candidates: candidates.length,
					drawn,
				},
				{
					...{ quarter, 'audit day': auditDay(quarter), log: log.origin, size, root },
					...{ decisions: candidates.length, drawn: drawn.length },
					...Object.fromEntries(drawn.map((id, at) => [String(at + 1), id])),
				},
			);
		});
}
