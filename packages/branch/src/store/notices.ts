import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

export type NoticeKind =
	| 'reply'
	| 'mention'
	| 'message'
	| 'follow'
	| 'follow_request'
	| 'star'
	| 'share'
	| 'poll'
	| 'quote'
	| 'quote_request'
	| 'moved'
	| 'welcomed'
	| 'declined'
	| 'event_moved'
	| 'event_off'
	| 'report_outcome'
	| 'quorum'
	| OfficeNotice
	| 'member_suspended'
	| ParentsNotice
	| ActNotice
	| ServerNotice;

/** What hosts did about somebody. These name a decision. */
export type ActNotice =
	| 'decision'
	| 'reversal'
	| 'appeal_outcome'
	| 'audited'
	| 'limit_over'
	| 'suspension_over'
	| 'office_answered'
	| RecordNotice;

/** A record of somebody's case will be given out, was given out, or is not after all. */
export type RecordNotice = 'record_told' | 'record_given' | 'record_taken_back';

/** Somebody is asked what hosts should do about another server, or told what they did. These name a proposal. */
export type ServerNotice = 'server_asked' | 'server_decided';

/** What became of the label of an account (ADR 97). These name nobody. */
export type OfficeNotice = 'office_set' | 'office_refused' | 'office_ended' | 'office_soon' | 'office_over';

/** What a parent said at the desk. These name nobody. */
export type ParentsNotice = 'parents_yes' | 'parents_no';

/** Something a person should know. */
export interface Notice {
	readonly id: number;
	readonly person: number;
	readonly kind: NoticeKind;
	readonly post: number | null;
	/** Actor id of whoever did it. */
	readonly actor: string | null;
	readonly decision: string | null;
	/** What somebody had reported; the others have none. */
	readonly matter?: number | null;
	/** The proposal about another server; the others have none. */
	readonly proposal?: string | null;
	readonly created: number;
	readonly read: number | null;
	/** What it stands together with; null for what stands alone. */
	readonly group_key: string | null;
}

/** The kinds that stand together, as in Mastodon: several people doing the same is one thing to know. */
const GATHERED: ReadonlySet<NoticeKind> = new Set(['star', 'share', 'follow']);
/** A group is closed this long after its first, in milliseconds (Mastodon: `MAXIMUM_GROUP_SPAN_HOURS`). */
const SPAN = 12 * 60 * 60_000;
const KEY = "coalesce(group_key, 'one-' || id)";

/** Keeps a notice, with others of its kind about the same that came within half a day. */
export function addNotice(writing: Writing, notice: Omit<Notice, 'group_key'>): void {
	const group_key = GATHERED.has(notice.kind) ? groupFor(writing, notice) : null;
	writing.run(sql('notice').insert({ ...notice, group_key }));
}

function groupFor(writing: Writing, { id, person, kind, post, created }: Omit<Notice, 'group_key'>): string {
	const open = writing.first<{ group_key: string; first: number }>(
		sql('notice')
			.select('group_key')
			.min({ first: 'created' })
			.where({ person, kind, post })
			.whereNotNull('group_key')
			.groupBy('group_key')
			.orderByRaw('max(id) DESC')
			.limit(1),
	);
	return open && created < open.first + SPAN ? open.group_key : `${kind}-${post ?? ''}-${id}`;
}

/** What somebody did is taken back, and with it that a person should know of it. */
export function takeBackNotice(
	writing: Writing,
	notice: Pick<Notice, 'person' | 'kind' | 'post' | 'actor'>,
): void {
	writing.run(
		sql('notice')
			.where({ ...notice })
			.delete(),
	);
}

/** One notice of one person. */
export function noticeOf(reading: Reading, person: number, id: number): Notice | undefined {
	return reading.first<Notice>(sql('notice').where({ person, id }));
}

/** When somebody read of this first, as a notice of this kind told it; null while they have not, undefined when they were not told. */
export function seenOf(
	reading: Reading,
	{ person, decision, kind, from = 0 }: Pick<Notice, 'person' | 'kind'> & { decision: string; from?: number },
): number | null | undefined {
	const query = sql('notice').where({ person, decision, kind }).where('created', '>=', from).orderBy('id');
	return reading.first<Notice>(query)?.read;
}

/** Groups of notices, newest first; a notice that stands alone is a group of one. `before`: only those whose newest is older. */
export function noticeGroups(
	reading: Reading,
	person: number,
	limit: number,
	before = Number.MAX_SAFE_INTEGER,
): { readonly newest: number; readonly notices: readonly Notice[] }[] {
	const groups = reading.all<{ key: string; newest: number }>(sql.raw(GROUPS, [person, before, limit]));
	const keys = JSON.stringify(groups.map(({ key }) => key));
	const all = reading.all<Notice & { key: string }>(sql.raw(MEMBERS, [person, keys]));
	return groups.map(({ key, newest }) => ({ newest, notices: all.filter((one) => one.key === key) }));
}

const GROUPS = `SELECT ${KEY} AS key, max(id) AS newest FROM notice WHERE person = ?
	GROUP BY key HAVING newest < ? ORDER BY newest DESC LIMIT ?`;
const MEMBERS = `SELECT *, ${KEY} AS key FROM notice
	WHERE person = ? AND ${KEY} IN (SELECT value FROM json_each(?)) ORDER BY id DESC`;

/** How many groups hold something that was not looked at. */
export function countUnread(reading: Reading, person: number): number {
	const query = `SELECT count(DISTINCT ${KEY}) AS n FROM notice WHERE person = ? AND read IS NULL`;
	return reading.first<{ n: number }>(sql.raw(query, [person]))?.n ?? 0;
}

/** These were looked at. */
export function markRead(writing: Writing, person: number, ids: readonly number[], now: number): void {
	const these = 'id IN (SELECT value FROM json_each(?))';
	const query = `UPDATE notice SET read = ? WHERE person = ? AND read IS NULL AND ${these}`;
	writing.run(sql.raw(query, [now, person, JSON.stringify(ids)]));
}

/** Somebody was told of a decision in another way than by opening its notice. Returns how many notices of it they had not looked at. */
export function markTold(writing: Writing, person: number, decision: string, now: number): number {
	return writing.run(sql('notice').where({ person, decision }).whereNull('read').update({ read: now }));
}
