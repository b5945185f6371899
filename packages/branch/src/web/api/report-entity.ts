import { somebodyBy } from '../../services/following.ts';
import { CONCERNS } from '../../services/hosting/concerns.ts';
import { assigneeOf } from '../../services/hosting/matters.ts';
import { isPrivate } from '../../services/hosting/subject.ts';
import type { Matter } from '../../store/matters.ts';
import { type Post, postById } from '../../store/posts.ts';
import { reportsOf } from '../../store/reports.ts';
import { reasonOf } from '../matter-view.ts';
import type { Web } from '../web.ts';

/**
 * A matter as Mastodon's `Admin::Report`, as far as it fits: what belongs together is one, so `reports` has each word that was said, and `account` and `comment` are those of
 * the first. What Mastodon has no word for is `concern`, `due_at`, `outcome`, `decision_id` and `handed_to_team_at`. `whole`: with the words of a post between few
 * people; the caller has written down who reads them.
 */
export function reportEntity(web: Web, matter: Matter, whole: boolean) {
	const { store } = web.context;
	const reports = store.read((reading) => reportsOf(reading, matter.id));
	const post = matter.post === null ? undefined : store.read((reading) => postById(reading, matter.post!));
	const [first] = reports;
	const assignee = assigneeOf(web.context, matter);
	return {
		id: String(matter.id),
		action_taken: matter.closed !== null,
		action_taken_at: dateOf(matter.closed),
		category: CONCERNS.find(({ concern }) => concern === matter.concern)!.category,
		comment: first?.words ?? '',
		forwarded: reports.some(({ told }) => told !== null),
		created_at: dateOf(matter.opened),
		updated_at: dateOf(matter.closed ?? matter.opened),
		account: accountOf(web, first?.actor ?? null),
		target_account: accountOf(web, matter.about),
		assigned_account: staffOf(web, assignee),
		action_taken_by_account: staffOf(web, matter.staff_id),
		statuses: post && post.deleted === null ? [statusOf(post, whole)] : [],
		rules: [],
		concern: matter.concern,
		due_at: dateOf(matter.due),
		outcome: matter.outcome,
		outcome_reason: reasonOf(web, matter),
		decision_id: matter.decision,
		handed_to_team_at: dateOf(matter.handed),
		reports: reports.map((one) => ({
			id: String(one.id),
			source: one.source,
			comment: one.words,
			created_at: dateOf(one.created),
			account: accountOf(web, one.actor),
		})),
	};
}

function dateOf(at: number | null): string | null {
	return at === null ? null : new Date(at).toISOString();
}

/** Somebody as `Admin::Account` names them: no mail and no address is known here. */
function accountOf(web: Web, actor: string | null) {
	const who = actor === null ? null : somebodyBy(web.context, actor);
	if (!who) return null;
	const here = who.kind === 'here';
	const { id, handle, name } = here ? who.person : who.remote;
	return {
		id: String(id),
		username: handle,
		domain: here ? null : who.remote.host,
		display_name: name,
		url: here ? web.context.at.profile(handle) : (who.remote.url ?? who.remote.uri),
	};
}

/** Somebody on the staff, who has no account as such. */
function staffOf({ context }: Web, staffId: string | null) {
	return staffId === null ? null : { id: staffId, display_name: context.current.nameOf(staffId) };
}

function statusOf(post: Post, whole: boolean) {
	const shown = whole || !isPrivate(post);
	return {
		id: String(post.id),
		uri: post.uri,
		url: post.url,
		created_at: dateOf(post.created),
		scope: post.scope,
		sensitive: post.sensitive,
		spoiler_text: shown ? (post.summary ?? '') : '',
		content: shown ? post.content_html : '',
	};
}
