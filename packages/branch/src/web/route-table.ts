import { ABOUT_ROUTES } from './routes/about.ts';
import { ACCESS_ROUTES } from './routes/accesses.ts';
import { ACT_ROUTES } from './routes/acts.ts';
import { ADMIN_DECISION_ROUTES } from './routes/admin-decisions.ts';
import { ADMIN_REPORT_ROUTES } from './routes/admin-reports.ts';
import { APPEAL_ROUTES } from './routes/appeals.ts';
import { ASKED_ROUTES } from './routes/asked.ts';
import { ASKED_TOGETHER_ROUTES } from './routes/asked-together.ts';
import { AUDIT_ROUTES } from './routes/audits.ts';
import { BOARD_ROUTES } from './routes/boards.ts';
import { DECIDING_ROUTES } from './routes/deciding.ts';
import { DECISION_ROUTES } from './routes/decisions.ts';
import { DELIBERATION_ROUTES } from './routes/deliberations.ts';
import { DESK_REPORT_ROUTES } from './routes/desk-reports.ts';
import { EMOJI_ROUTES } from './routes/emoji.ts';
import { EVENT_ROUTES } from './routes/events.ts';
import { FEED_ROUTES } from './routes/feeds.ts';
import { FILTER_ROUTES } from './routes/filters.ts';
import { FOLLOWER_ROUTES } from './routes/followers.ts';
import { FRONT_ROUTES } from './routes/front.ts';
import { GREETING_ROUTES } from './routes/greeting.ts';
import { HANDED_ROUTES } from './routes/handed.ts';
import { IMPORT_ROUTES } from './routes/importing.ts';
import { INSTANCE_ROUTES } from './routes/instance.ts';
import { LEAVE_ROUTES } from './routes/leave.ts';
import { LIBRARY_CALENDAR_ROUTES } from './routes/library-calendar.ts';
import { LIST_ROUTES } from './routes/lists.ts';
import { MAKING_PUBLIC_ROUTES } from './routes/making-public.ts';
import { MEDIA_ROUTES } from './routes/media.ts';
import { MESSAGE_ROUTES } from './routes/messages.ts';
import { MOVING_ROUTES } from './routes/moving.ts';
import { NOTICE_ROUTES } from './routes/notices.ts';
import { OEMBED_ROUTES } from './routes/oembed.ts';
import { OFFICE_ROUTES } from './routes/offices.ts';
import { OFFICIAL_REQUEST_ROUTES } from './routes/official-requests.ts';
import { OTHER_SERVER_ROUTES } from './routes/other-servers.ts';
import { PAPER_ROUTES } from './routes/paper.ts';
import { PARENTS_ROUTES } from './routes/parents.ts';
import { PEOPLE_ROUTES } from './routes/people.ts';
import { PORCH_ROUTES } from './routes/porch.ts';
import { POST_ROUTES } from './routes/posts.ts';
import { PREPARED_RECORD_ROUTES } from './routes/prepared-records.ts';
import { QUARANTINE_ROUTES } from './routes/quarantine.ts';
import { QUEUE_ROUTES } from './routes/queue.ts';
import { QUOTE_ROUTES } from './routes/quotes.ts';
import { RECORD_ROUTES } from './routes/records.ts';
import { RELATION_ROUTES } from './routes/relations.ts';
import { RELEASED_ROUTES } from './routes/released.ts';
import { RELEASE_ROUTES } from './routes/releases.ts';
import { REPORT_ROUTES } from './routes/reports.ts';
import { RESTRICTING_ROUTES } from './routes/restricting.ts';
import { SEARCH_ROUTES } from './routes/search.ts';
import { SECOND_PERSON_ROUTES } from './routes/second-person.ts';
import { SERVER_LIST_ROUTES } from './routes/server-lists.ts';
import { SERVER_ROUTES } from './routes/servers.ts';
import { SIGN_IN_ROUTES } from './routes/sign-in.ts';
import { SITEMAP_ROUTES } from './routes/sitemap.ts';
import { SPACE_ROUTES } from './routes/spaces.ts';
import { STAFF_ROUTES } from './routes/staff.ts';
import { STAFF_TOKEN_ROUTES } from './routes/staff-tokens.ts';
import { TAG_ROUTES } from './routes/tags.ts';
import { TEAM_LIST_ROUTES } from './routes/team-list.ts';
import { VISITOR_REPORT_ROUTES } from './routes/visitor-reports.ts';
import { VOICE_ROUTES } from './routes/voice.ts';
import { WAITING_ROUTES } from './routes/waiting.ts';
import { WATCH_ROUTES } from './routes/watching.ts';
import { SIGHT_ROUTES } from './routes/who-can-see.ts';
import type { Route } from './web.ts';

/** Everything a branch answers, in the order it is asked. */
export const ROUTES: readonly Route[] = [
	...FRONT_ROUTES,
	...SIGHT_ROUTES,
	...ABOUT_ROUTES,
	...INSTANCE_ROUTES,
	...SIGN_IN_ROUTES,
	...BOARD_ROUTES,
	...ACT_ROUTES,
	...QUOTE_ROUTES,
	...MESSAGE_ROUTES,
	...NOTICE_ROUTES,
	...MAKING_PUBLIC_ROUTES,
	...RELEASE_ROUTES,
	...RELEASED_ROUTES,
	...PORCH_ROUTES,
	...STAFF_ROUTES,
	...DECIDING_ROUTES,
	...DECISION_ROUTES,
	...ACCESS_ROUTES,
	...RECORD_ROUTES,
	...PREPARED_RECORD_ROUTES,
	...AUDIT_ROUTES,
	...QUARANTINE_ROUTES,
	...SECOND_PERSON_ROUTES,
	...PAPER_ROUTES,
	...WATCH_ROUTES,
	...SPACE_ROUTES,
	...ADMIN_DECISION_ROUTES,
	...APPEAL_ROUTES,
	...DESK_REPORT_ROUTES,
	...QUEUE_ROUTES,
	...HANDED_ROUTES,
	...OFFICIAL_REQUEST_ROUTES,
	...TEAM_LIST_ROUTES,
	...ADMIN_REPORT_ROUTES,
	...STAFF_TOKEN_ROUTES,
	...VISITOR_REPORT_ROUTES,
	...REPORT_ROUTES,
	...OFFICE_ROUTES,
	...PARENTS_ROUTES,
	...GREETING_ROUTES,
	...SERVER_ROUTES,
	...OTHER_SERVER_ROUTES,
	...SERVER_LIST_ROUTES,
	...RESTRICTING_ROUTES,
	...DELIBERATION_ROUTES,
	...ASKED_ROUTES,
	...ASKED_TOGETHER_ROUTES,
	...LIBRARY_CALENDAR_ROUTES,
	...VOICE_ROUTES,
	...FEED_ROUTES,
	...OEMBED_ROUTES,
	...SITEMAP_ROUTES,
	...RELATION_ROUTES,
	...SEARCH_ROUTES,
	...LIST_ROUTES,
	...FILTER_ROUTES,
	...FOLLOWER_ROUTES,
	...LEAVE_ROUTES,
	...IMPORT_ROUTES,
	...MOVING_ROUTES,
	...MEDIA_ROUTES,
	...EMOJI_ROUTES,
	...EVENT_ROUTES,
	...TAG_ROUTES,
	...WAITING_ROUTES,
	...POST_ROUTES,
	...PEOPLE_ROUTES,
];
