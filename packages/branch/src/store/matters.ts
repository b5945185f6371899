import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What somebody says it is about, the most urgent first; each has its clock (`services/hosting/concerns.ts`). */
export type Concern = 'danger' | 'private' | 'law' | 'rules' | 'spam' | 'other';

/** What came of it. `looked`: closed before outcomes were written down. */
export type MatterOutcome = 'acted' | 'within_rules' | 'gone' | 'passed_on' | 'looked';

/** Everything that was reported about one post, or about somebody as such, until hosts decide it once. */
export interface Matter {
	readonly id: number;
	/** Null when it is about somebody as such. */
	readonly post: number | null;
	/** Actor id of whoever wrote the post, or is meant. */
	readonly about: string;
	/** The most urgent of what was said. */
	readonly concern: Concern;
	readonly opened: number;
	/** UTC milliseconds. */
	readonly due: number;
	/** Member of the staff who has it. */
	readonly assignee: string | null;
	/** When it was handed to the library's moderation team; null while it is the branch's own. */
	readonly handed: number | null;
	/** When somebody of the staff last had it before them, and how long they had in all, in milliseconds. */
	readonly looked: number | null;
	readonly spent: number;
	readonly closed: number | null;
	/** Who closed it. */
	readonly staff_id: string | null;
	readonly outcome: MatterOutcome | null;
	/** The decision it ended with. */
	readonly decision: string | null;
	/** What those who reported it are told, sealed with the data key. */
	readonly reason: string | null;
}

/** What it is about: enough to find what is open about the same. */
export type MatterSubject = Pick<Matter, 'post' | 'about'>;

/** By id. */
export function matterById(reading: Reading, id: number): Matter | undefined {
	return reading.first<Matter>(sql('matter').where({ id }));
}

/** What is open about the same. */
export function openMatter(reading: Reading, { post, about }: MatterSubject): Matter | undefined {
	const same = post === null ? { post, about } : { post };
	return reading.first<Matter>(sql('matter').where(same).whereNull('closed'));
}

/** What a decision ended. */
export function matterOfDecision(reading: Reading, decision: string): Matter | undefined {
	return reading.first<Matter>(sql('matter').where({ decision }));
}

/** Keeps a new one; fails when one about the same is open. */
export function addMatter(writing: Writing, matter: Matter): void {
	writing.run(sql('matter').insert({ ...matter }));
}

/** Changes one that is open. Returns how many there were: none when somebody closed it. */
export function changeMatter(
	writing: Writing,
	id: number,
	changes: Partial<Omit<Matter, 'id' | 'post' | 'about' | 'opened'>>,
): number {
	return writing.run(sql('matter').where({ id }).whereNull('closed').update(changes));
}

/** Opens one again that was closed without a decision. */
export function reopenMatter(writing: Writing, id: number): number {
	const nothing = { closed: null, staff_id: null, outcome: null, reason: null };
	return writing.run(
		sql('matter').where({ id }).whereNotNull('closed').whereNull('decision').update(nothing),
	);
}

/** Whose matters a page shows; `staff` are those who may decide here now, since what somebody had who left is nobody's. */
export type Whose =
	| { readonly who: 'all' | 'team' }
	| { readonly who: 'free'; readonly staff: readonly string[] }
	| { readonly who: 'mine'; readonly assignee: string };

/** A line of the queue. */
export interface QueueRow extends Matter {
	readonly reports: number;
}

/** The open ones, by what is due first; `after`: those that come after this one. */
export function openMatters(
	reading: Reading,
	whose: Whose,
	{ limit, after }: { readonly limit: number; readonly after?: Pick<Matter, 'due' | 'id'> },
): QueueRow[] {
	const query = sql('matter')
		.select('matter.*', { reports: sql.raw('(SELECT count(*) FROM report WHERE report.matter = matter.id)') })
		.whereNull('closed')
		.orderBy(['due', 'id'])
		.limit(limit);
	if (after) query.whereRaw('(due, id) > (?, ?)', [after.due, after.id]);
	if (whose.who === 'team') query.whereNotNull('handed');
	if (whose.who === 'mine') query.where({ assignee: whose.assignee });
	if (whose.who === 'free') {
		const { staff } = whose;
		query.where((free) => free.whereNull('assignee').orWhereNotIn('assignee', [...staff]));
	}
	return reading.all<QueueRow>(query);
}

/** Open or ended, the newest first; `before`: only older ones. */
export function listMatters(
	reading: Reading,
	{
		resolved,
		limit,
		before,
	}: { readonly resolved: boolean; readonly limit: number; readonly before?: number },
): Matter[] {
	const query = sql('matter').orderBy('id', 'desc').limit(limit);
	if (resolved) query.whereNotNull('closed');
	else query.whereNull('closed');
	if (before !== undefined) query.where('id', '<', before);
	return reading.all<Matter>(query);
}

/** Others about the same person, the newest first. */
export function mattersAbout(
	reading: Reading,
	about: string,
	{ except, limit }: { readonly except: number; readonly limit: number },
): Matter[] {
	const query = sql('matter').where({ about }).whereNot({ id: except }).orderBy('id', 'desc').limit(limit);
	return reading.all<Matter>(query);
}

/** How many are open, how many of them are late, and since when the oldest waits. */
export function countOpen(
	reading: Reading,
	now: number,
): { readonly open: number; readonly late: number; readonly oldest: number | null } {
	const query = sql('matter')
		.count({ open: '*' })
		.min({ oldest: 'opened' })
		.select({ late: sql.raw('coalesce(sum(due < ?), 0)', [now]) })
		.whereNull('closed');
	return reading.first(query)!;
}

/** The open ones that somebody has, by who has them. */
export function assignedMatters(reading: Reading): Matter[] {
	return reading.all<Matter>(sql('matter').whereNull('closed').whereNotNull('assignee').orderBy('id'));
}

/** What waits for the moderation team. */
export interface HandedRow extends Matter {
	/** 1 when an authority or a court asked. */
	readonly official: number;
}

/** All that was handed to the moderation team and is open. */
export function handedMatters(reading: Reading): HandedRow[] {
	const official = sql.raw(
		`EXISTS (SELECT 1 FROM report WHERE report.matter = matter.id AND report.source IN ('legal_order', 'official_request'))`,
	);
	return reading.all<HandedRow>(
		sql('matter').select('matter.*', { official }).whereNull('closed').whereNotNull('handed'),
	);
}

/** What was closed since a moment: how many, and how long the staff had them before them in all, in milliseconds. */
export function closedSince(
	reading: Reading,
	since: number,
): { readonly closed: number; readonly spent: number } {
	const query = sql('matter')
		.count({ closed: '*' })
		.select({ spent: sql.raw('coalesce(sum(spent), 0)') })
		.where('closed', '>=', since);
	return reading.first(query)!;
}

/** Something the staff wrote down for each other. */
export interface MatterNote {
	readonly id: number;
	readonly matter: number;
	readonly staff_id: string;
	/** Sealed with the data key. */
	readonly words: string;
	readonly created: number;
}

/** Notes on one, the oldest first. */
export function notesOn(reading: Reading, matter: number): MatterNote[] {
	return reading.all<MatterNote>(sql('matter_note').where({ matter }).orderBy('id'));
}

/** Keeps a note. */
export function addNote(writing: Writing, note: MatterNote): void {
	writing.run(sql('matter_note').insert({ ...note }));
}
