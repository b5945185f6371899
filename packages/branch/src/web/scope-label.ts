import { scopeOf } from '@understory/core/scope.ts';
import type { Post } from '../store/posts.ts';
import { nameOf } from './author-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Whom a post is for, in words, as this visitor may know it. */
export function scopeLabel(web: Web, visit: Visit, post: Post): string {
	const word = scopeOf(post.audience);
	const { design } = web.views;
	if (word === 'branch') {
		return design.t(visit.language, 'common.scope.branch', { branch: web.context.current.branch().name });
	}
	if (word === 'neighborhood' && post.person !== null) {
		const count = web.context.book.trust().neighborsOf(web.context.origin).size;
		return design.t(visit.language, 'common.scope.neighborhood_counted', { count });
	}
	if (word === 'direct') return namedLabel(web, visit, post);
	const mine = visit.person !== null && post.person === visit.person.id;
	if (word === 'followers' && !mine) {
		return design.t(visit.language, 'common.scope.followers_of', { name: followedName(web, post) });
	}
	return design.t(visit.language, `common.scope.${word}`);
}

/** "Only you and Teo", for one of those it is for. */
function namedLabel(web: Web, visit: Visit, post: Post): string {
	const { design } = web.views;
	const me = visit.person === null ? null : web.context.at.person(visit.person.id);
	const only = post.audience.only ?? [];
	if (me === null || !only.includes(me)) return design.t(visit.language, 'common.scope.direct');
	const names = only.filter((actor) => actor !== me).map((actor) => nameOf(web, actor));
	if (names.length === 0) return design.t(visit.language, 'common.scope.direct_self');
	const list = new Intl.ListFormat(visit.language, { type: 'conjunction' }).format(names);
	return design.t(visit.language, 'common.scope.direct_you', { names: list });
}

function followedName(web: Web, post: Post): string {
	return post.audience.followersOf.map((actor) => nameOf(web, actor)).join(', ');
}
