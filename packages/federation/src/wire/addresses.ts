import type { LocalActor } from '../ports.ts';

/** The collection that stands for everybody (ActivityPub 5.6). */
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
export const ACTIVITY_JSON = 'application/activity+json';

/** Where everything of one branch is on the wire; fixed for ever (DESIGN 5.5). All of them are absolute. */
export interface Addresses {
	readonly origin: string;
	readonly sharedInbox: string;
	/** The audience of neighborhood posts. */
	readonly neighbors: string;
	/** `/ap/users/{id}`, or `/ap/actor` for the branch itself. */
	actor(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	inbox(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	outbox(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	followers(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	/** Those of the followers who live on the server that asks (FEP-8fcf). */
	followersHere(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	following(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	featured(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	key(actor: Pick<LocalActor, 'id' | 'kind'>): string;
	post(author: Pick<LocalActor, 'id' | 'kind'>, id: string): string;
	replies(author: Pick<LocalActor, 'id' | 'kind'>, id: string): string;
	/** That a post of theirs may be quoted; `token` cannot be guessed. */
	quoteAuthorization(author: Pick<LocalActor, 'id' | 'kind'>, token: string): string;
	/** The conversation that began with this post (FEP-7888). */
	context(id: string): string;
	/** A page of this branch, given as a path or already absolute. */
	page(url: string): string;
}

/** The addresses of the branch at `origin` (scheme, host and port, as stored when it was made). */
export function createAddresses(origin: string): Addresses {
	const actor = ({ id, kind }: Pick<LocalActor, 'id' | 'kind'>) =>
		kind === 'server' ? `${origin}/ap/actor` : `${origin}/ap/users/${id}`;
	return {
		origin,
		sharedInbox: `${origin}/ap/inbox`,
		neighbors: `${origin}/ap/neighbors`,
		actor,
		// The branch itself has one inbox, the shared one.
		inbox: (of) => (of.kind === 'server' ? `${origin}/ap/inbox` : `${actor(of)}/inbox`),
		outbox: (of) => `${actor(of)}/outbox`,
		followers: (of) => `${actor(of)}/followers`,
		followersHere: (of) => `${actor(of)}/followers_synchronization`,
		following: (of) => `${actor(of)}/following`,
		featured: (of) => `${actor(of)}/collections/featured`,
		key: (of) => `${actor(of)}#main-key`,
		post: (author, id) => `${actor(author)}/statuses/${id}`,
		replies: (author, id) => `${actor(author)}/statuses/${id}/replies`,
		quoteAuthorization: (author, token) => `${actor(author)}/quote_authorizations/${token}`,
		context: (id) => `${origin}/ap/contexts/${id}`,
		page: (url) => new URL(url, origin).href,
	};
}

/** The name under which the branch keeps an actor's keys. */
export function keysOf(actor: Pick<LocalActor, 'id' | 'kind'>): string {
	return actor.kind === 'server' ? 'server' : actor.id;
}
