import { answerRequest, removeFollower, requestsTo } from '../../services/follow-requests.ts';
import { somebodyBy } from '../../services/following.ts';
import { followersOf } from '../../store/follows.ts';
import { localAuthor, remoteAuthor } from '../author-view.ts';
import { show } from '../frame.ts';
import { field, goTo, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Who follows one, and who asks to. Each sees only their own. */
export const FOLLOWER_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/you/followers', need: 'person', run: list },
	{ method: 'post', path: '/you/followers/answer', need: 'person', run: answer },
	{ method: 'post', path: '/you/followers/remove', need: 'person', run: remove },
];

function list(web: Web, visit: Visit): void {
	const person = personOf(visit);
	const me = web.context.at.person(person.id);
	const followers = web.context.store.read((reading) => followersOf(reading, me));
	show(
		web,
		visit,
		'followers',
		{ title: web.views.design.t(visit.language, 'people.followers.title'), path: '/you/followers' },
		{
			asking: requestsTo(web.context, person).flatMap(({ follower }) => rowOf(web, visit, follower)),
			followers: followers.flatMap((follower) => rowOf(web, visit, follower)),
		},
	);
}

function rowOf(web: Web, visit: Visit, actor: string) {
	const somebody = somebodyBy(web.context, actor);
	if (!somebody) return [];
	const author =
		somebody.kind === 'here'
			? localAuthor(web, somebody.person.id)
			: remoteAuthor(web, visit, somebody.remote);
	return [{ actor, author }];
}

function answer(web: Web, visit: Visit): void {
	answerRequest(web.context, personOf(visit), field(visit, 'actor'), field(visit, 'yes') === 'yes');
	goTo(visit, '/you/followers');
}

function remove(web: Web, visit: Visit): void {
	removeFollower(web.context, personOf(visit), field(visit, 'actor'));
	goTo(visit, '/you/followers');
}
