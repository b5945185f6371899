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
	| 'moved'
	| 'decision';

/** Something a person should know. */
export interface Notice {
	readonly id: number;
	readonly person: number;
	readonly kind: NoticeKind;
	readonly post: number | null;
	/** Actor id of whoever did it. */
	readonly actor: string | null;
	readonly decision: string | null;
	readonly created: number;
	readonly read: number | null;
}

/** Keeps a notice. */
export function addNotice(writing: Writing, notice: Notice): void {
	writing.run(sql('notice').insert({ ...notice }));
}

/** One notice of one person. */
export function noticeOf(reading: Reading, person: number, id: number): Notice | undefined {
	return reading.first<Notice>(sql('notice').where({ person, id }));
}

/** Newest first. */
export function noticesOf(reading: Reading, person: number, limit: number): Notice[] {
	return reading.all<Notice>(sql('notice').where({ person }).orderBy('id', 'desc').limit(limit));
}

/** How many were not looked at. */
export function countUnread(reading: Reading, person: number): number {
	const query = sql('notice').count({ n: '*' }).where({ person }).whereNull('read');
	return reading.first<{ n: number }>(query)?.n ?? 0;
}

/** They were looked at, up to and including `id`. */
export function markRead(writing: Writing, person: number, id: number, now: number): void {
	writing.run(sql('notice').where({ person }).where('id', '<=', id).whereNull('read').update({ read: now }));
}
