import type { BranchContext } from '../../context.ts';
import {
	addMatter,
	type Concern,
	changeMatter,
	type MatterSubject,
	openMatter,
} from '../../store/matters.ts';
import { keepReport, type Report } from '../../store/reports.ts';
import type { Writing } from '../../store/store.ts';
import { dueAt, moreUrgent } from './concerns.ts';
import { pageNightDesk } from './night-desk.ts';

/** What somebody reports: about a post (then `about` is its author), or about somebody as such. */
export interface Said extends MatterSubject {
	readonly concern: Concern;
	readonly report: Pick<Report, 'id' | 'actor' | 'source' | 'words' | 'told' | 'receipt'>;
}

/**
 * Puts a report to what is open about the same post or person, or opens that. The most urgent concern counts, and no later report puts off the day by which hosts
 * answer. Returns the number of the matter.
 */
export function gather(context: BranchContext, writing: Writing, said: Said): number {
	const { post, about, concern, report } = said;
	const now = context.clock.now();
	const { zone } = context.current.library();
	const due = dueAt(zone, concern, now);
	const open = openMatter(writing, { post, about });
	const matter = open?.id ?? context.ids.next();
	if (open) {
		const concerns = moreUrgent(open.concern, concern);
		changeMatter(writing, matter, { concern: concerns, due: Math.min(open.due, due) });
	} else {
		addMatter(writing, {
			...{ id: matter, post, about, concern, opened: now, due },
			...{ assignee: null, handed: null, looked: null, spent: 0 },
			...{ closed: null, staff_id: null, outcome: null, decision: null, reason: null },
		});
	}
	if (!open || moreUrgent(open.concern, concern) !== open.concern) page(context, writing, matter, concern);
	const subject = post === null ? { post, about } : { post, about: null };
	keepReport(writing, { ...report, ...subject, matter, created: now, closed: null });
	return matter;
}

/** What cannot wait for the morning reaches somebody by night: once when it comes, and once more when it gets more urgent. */
function page(context: BranchContext, writing: Writing, matter: number, concern: Concern): void {
	if (concern !== 'danger' && concern !== 'private') return;
	pageNightDesk(context, writing, { kind: `reported_${concern}`, path: `/staff/reports/${matter}` });
}
