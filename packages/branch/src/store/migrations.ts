import { ACCESSES } from './schema/accesses.ts';
import { ACTS } from './schema/acts.ts';
import { APPEALS } from './schema/appeals.ts';
import { ASKED_TOGETHER } from './schema/asked-together.ts';
import { AUDIENCE } from './schema/audience.ts';
import { BOARDS } from './schema/boards.ts';
import { CARD_SESSIONS } from './schema/card-sessions.ts';
import { COLLECTIONS } from './schema/collections.ts';
import { DELIVERY } from './schema/delivery.ts';
import { EMOJI } from './schema/emoji.ts';
import { EVENTS } from './schema/events.ts';
import { EVENTS_ELSEWHERE } from './schema/events-elsewhere.ts';
import { FIELDS } from './schema/fields.ts';
import { FIRST } from './schema/first.ts';
import { FOLLOWER_CHECKS } from './schema/follower-checks.ts';
import { GREETINGS } from './schema/greetings.ts';
import { HOST_ACTS } from './schema/host-acts.ts';
import { IMPORTS } from './schema/imports.ts';
import { JOINS } from './schema/joins.ts';
import { KINDS } from './schema/kinds.ts';
import { LEAVE } from './schema/leave.ts';
import { LIBRARY_CALENDAR } from './schema/library-calendar.ts';
import { LIMITS_TOLD } from './schema/limits-told.ts';
import { LIST_MATCHES } from './schema/list-matches.ts';
import { LISTED } from './schema/listed.ts';
import { MADE_PUBLIC } from './schema/made-public.ts';
import { MATTER_MOVES } from './schema/matter-moves.ts';
import { MATTERS } from './schema/matters.ts';
import { MEDIA } from './schema/media.ts';
import { MOVES } from './schema/moves.ts';
import { NOTICE_GROUPS } from './schema/notice-groups.ts';
import { OFFICE_LABELS } from './schema/office-labels.ts';
import { PASSED_ALONG } from './schema/passed-along.ts';
import { POLLS } from './schema/polls.ts';
import { PREPARED_RECORDS } from './schema/prepared-records.ts';
import { PROPOSALS } from './schema/proposals.ts';
import { QUARANTINE } from './schema/quarantine.ts';
import { QUOTES } from './schema/quotes.ts';
import { RECORDED } from './schema/recorded.ts';
import { RECORDS } from './schema/records.ts';
import { RELATIONS } from './schema/relations.ts';
import { RELEASES } from './schema/releases.ts';
import { REPORTS } from './schema/reports.ts';
import { REPORTS_ABOUT_PEOPLE } from './schema/reports-about-people.ts';
import { RESTRICTIONS } from './schema/restrictions.ts';
import { ROSTER_WORDS } from './schema/roster-words.ts';
import { SERVER_LISTS } from './schema/server-lists.ts';
import { SERVERS } from './schema/servers.ts';
import { SPACES } from './schema/spaces.ts';
import { STAFF_TOKENS } from './schema/staff-tokens.ts';
import { THREADS } from './schema/threads.ts';
import { VOICE } from './schema/voice.ts';
import { WAITING_POSTS } from './schema/waiting-posts.ts';
import { WATCH_PHRASES } from './schema/watch-phrases.ts';
import { WRITE } from './schema/write.ts';

/**
 * One step of the schema. It runs in one transaction together with the new `user_version`, so that a process killed in the
 * middle leaves either the old schema or the new one (knex's own migrator keeps a lock row that would survive such a death).
 */
export interface Migration {
	readonly version: number;
	readonly sql: string;
}

/** Every step there ever was, in order; a step that was released is never edited. */
export const MIGRATIONS: readonly Migration[] = [
	{ version: 1, sql: FIRST },
	{ version: 2, sql: KINDS },
	{ version: 3, sql: WRITE },
	{ version: 4, sql: AUDIENCE },
	{ version: 5, sql: MEDIA },
	{ version: 6, sql: ACTS },
	{ version: 7, sql: RELATIONS },
	{ version: 8, sql: BOARDS },
	{ version: 10, sql: DELIVERY },
	{ version: 11, sql: VOICE },
	{ version: 12, sql: LEAVE },
	{ version: 13, sql: EVENTS },
	{ version: 14, sql: POLLS },
	{ version: 15, sql: COLLECTIONS },
	{ version: 16, sql: SERVERS },
	{ version: 17, sql: THREADS },
	{ version: 18, sql: FIELDS },
	{ version: 19, sql: MOVES },
	{ version: 20, sql: REPORTS },
	{ version: 21, sql: PASSED_ALONG },
	{ version: 22, sql: FOLLOWER_CHECKS },
	{ version: 23, sql: JOINS },
	{ version: 24, sql: LIBRARY_CALENDAR },
	{ version: 25, sql: REPORTS_ABOUT_PEOPLE },
	{ version: 26, sql: CARD_SESSIONS },
	{ version: 27, sql: IMPORTS },
	{ version: 28, sql: NOTICE_GROUPS },
	{ version: 29, sql: EVENTS_ELSEWHERE },
	{ version: 30, sql: RECORDED },
	{ version: 31, sql: QUOTES },
	{ version: 32, sql: EMOJI },
	{ version: 33, sql: APPEALS },
	{ version: 34, sql: HOST_ACTS },
	{ version: 35, sql: LISTED },
	{ version: 36, sql: MATTERS },
	{ version: 37, sql: STAFF_TOKENS },
	{ version: 38, sql: ACCESSES },
	{ version: 39, sql: `${RECORDS}${QUARANTINE}${WAITING_POSTS}${WATCH_PHRASES}${LIMITS_TOLD}` },
	{ version: 40, sql: RESTRICTIONS },
	{ version: 41, sql: PROPOSALS },
	{ version: 42, sql: SERVER_LISTS },
	{ version: 43, sql: MADE_PUBLIC },
	{ version: 44, sql: OFFICE_LABELS },
	{ version: 45, sql: MATTER_MOVES },
	{ version: 48, sql: GREETINGS },
	{ version: 50, sql: `${ROSTER_WORDS}${ASKED_TOGETHER}` },
	{ version: 52, sql: RELEASES },
	{ version: 53, sql: SPACES },
	{ version: 54, sql: LIST_MATCHES },
	{ version: 56, sql: PREPARED_RECORDS },
];

/** What `user_version` is when the folder is current. */
export const SCHEMA = MIGRATIONS.at(-1)!.version;
