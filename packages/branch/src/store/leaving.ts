import { dropAsideOf } from './aside.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Everything somebody wrote that still says something, but what a host hid: that stays as it is while an appeal may need it. */
export function livePostsOf(reading: Reading, whose: { person: number } | { remote: number }): number[] {
	const query = sql('post').select('id').where(whose).whereNull('deleted').whereNull('hidden').orderBy('id');
	return reading.all<{ id: number }>(query).map(({ id }) => id);
}

/** Empties an account for good. The handle and the number stay taken; the card is free for a new one. */
export function emptyPerson(writing: Writing, id: number, sub: string, now: number): void {
	const nothing = {
		sub,
		name: '',
		summary_source: '',
		summary_html: '',
		age_band: 'unknown',
		staff_id: null,
		default_scope: 'branch',
		rules_agreed: '',
		seen: 0,
		listed: 0,
		gone: now,
	};
	writing.run(sql('person').where({ id }).update(nothing));
}

/** Takes away what somebody gathered and did, besides their posts. */
export function forgetDeeds(writing: Writing, person: number, actor: string): void {
	forgetActor(writing, actor);
	writing.run(sql('list').where({ person }).delete());
	writing.run(sql('filter').where({ person }).delete());
	writing.run(sql('asked').where({ person }).delete());
	writing.run(sql('import').where({ person }).delete());
	writing.run(sql('profile_field').where({ person }).delete());
	writing.run(sql('alias').where({ person }).delete());
	writing.run(sql('parents_yes').where({ person }).delete());
	writing.run(sql('greeting').where({ person }).delete());
	writing.run(sql('office_label').where({ person }).delete());
	writing.run(sql('quorum_told').where({ person }).delete());
	writing.run(sql('notice').where({ person }).delete());
	writing.run(sql('waiting_post').where({ person }).delete());
	writing.run(sql.raw("DELETE FROM session WHERE data ->> '$.person' = ?", [person]));
}

/** Takes away what an actor did, of here or elsewhere, and what others have to do with them. */
export function forgetActor(writing: Writing, actor: string): void {
	writing.run(sql('follow').where({ follower: actor }).orWhere({ followed: actor }).delete());
	dropAsideOf(writing, actor);
	writing.run(sql('act').where({ actor }).delete());
	writing.run(sql('attendance').where({ actor }).delete());
	writing.run(sql('vote').where({ actor }).delete());
	writing.run(sql('report').where({ actor }).delete());
	writing.run(sql('report').where({ about: actor }).update({ words: '' }));
	writing.run(sql('relation').where({ actor }).orWhere({ object: actor }).delete());
	writing.run(sql('list_member').where({ actor }).delete());
	writing.run(sql('notice').where({ actor }).delete());
	writing.run(sql('quote_ask').where({ actor }).delete());
}
