/** What a path of ours asks for. `actor` is the id of a person, or null for the branch itself. */
export type Route =
	| { readonly name: 'webfinger' | 'nodeinfo_links' | 'nodeinfo' | 'neighbors' }
	| {
			readonly name: 'actor' | 'inbox' | 'outbox' | 'followers' | 'following' | 'followers_here' | 'featured';
			readonly actor: string | null;
	  }
	| {
			readonly name: 'post';
			readonly actor: string;
			readonly post: string;
			/** Itself, its Create, or what answers it. */
			readonly part: 'note' | 'activity' | 'replies';
	  }
	| { readonly name: 'conversation'; readonly post: string }
	| { readonly name: 'quote_authorization'; readonly actor: string; readonly token: string };

const NAMED: Readonly<Record<Route['name'], true>> = {
	...{ webfinger: true, nodeinfo_links: true, nodeinfo: true, neighbors: true, actor: true, inbox: true },
	...{ outbox: true, followers: true, following: true, followers_here: true, featured: true, post: true },
	...{ conversation: true, quote_authorization: true },
};
/** Every name, for whoever has to say something about each: one that is not here does not compile. */
export const ROUTE_NAMES = Object.keys(NAMED) as Route['name'][];

const FIXED: Readonly<Record<string, Route>> = {
	'/.well-known/webfinger': { name: 'webfinger' },
	'/.well-known/nodeinfo': { name: 'nodeinfo_links' },
	'/nodeinfo/2.1': { name: 'nodeinfo' },
	'/nodeinfo/2.0': { name: 'nodeinfo' },
	'/ap/actor': { name: 'actor', actor: null },
	'/ap/inbox': { name: 'inbox', actor: null },
	'/ap/actor/outbox': { name: 'outbox', actor: null },
	'/ap/actor/followers': { name: 'followers', actor: null },
	'/ap/neighbors': { name: 'neighbors' },
};
const USER =
	/^\/ap\/users\/([1-9]\d{0,15})(?:\/(inbox|outbox|followers|following|followers_synchronization|collections\/featured))?$/;
const POST = /^\/ap\/users\/([1-9]\d{0,15})\/statuses\/([1-9]\d{0,15})(?:\/(activity|replies))?$/;
const STAMP = /^\/ap\/users\/([1-9]\d{0,15})\/quote_authorizations\/([A-Za-z0-9-]{8,64})$/;
const CONVERSATION = /^\/ap\/contexts\/([1-9]\d{0,15})$/;

/** The route of a path, or null when it is not for other servers. Cheap: it runs before every page (DESIGN 5.5). */
export function routeOf(path: string): Route | null {
	if (!path.startsWith('/ap/') && !path.startsWith('/.well-known/') && !path.startsWith('/nodeinfo/'))
		return null;
	if (Object.hasOwn(FIXED, path)) return FIXED[path] ?? null;
	const user = USER.exec(path);
	if (user?.[1]) return { name: collectionOf(user[2]), actor: user[1] };
	const post = POST.exec(path);
	if (post?.[1] && post[2])
		return {
			name: 'post',
			actor: post[1],
			post: post[2],
			part: (post[3] as 'activity' | 'replies') ?? 'note',
		};
	const stamp = STAMP.exec(path);
	if (stamp?.[1] && stamp[2]) return { name: 'quote_authorization', actor: stamp[1], token: stamp[2] };
	const conversation = CONVERSATION.exec(path);
	return conversation?.[1] ? { name: 'conversation', post: conversation[1] } : null;
}

function collectionOf(name: string | undefined) {
	if (name === 'collections/featured') return 'featured';
	if (name === 'followers_synchronization') return 'followers_here';
	return (name as 'inbox' | 'outbox' | 'followers' | 'following' | undefined) ?? 'actor';
}
