/** Where things of a branch are on the wire (DESIGN 5.5). Numbers, so that a new name never breaks an old address. */
export interface Addresses {
	/** Actor id of a person here. */
	person(id: number): string;
	/** Id of a post. */
	post(person: number, id: number): string;
	/** Where it stands that a post of theirs may be quoted; `token` cannot be guessed. */
	stamp(person: number, token: string): string;
	/** The page of a post, for people. */
	page(handle: string, id: number): string;
	/** The page of a person. */
	profile(handle: string): string;
	/** The number in an actor id of ours, or null when it is not one. */
	personIn(actor: string): number | null;
	/** A path of this branch, as an address. */
	below(path: string): string;
	/** The page of a topic. */
	tag(name: string): string;
	/** The audience of neighborhood posts. */
	neighbors(): string;
}

/** The addresses below one origin. */
export function addressesOf(origin: string): Addresses {
	const users = `${origin}/ap/users/`;
	return {
		person: (id) => `${users}${id}`,
		post: (person, id) => `${users}${person}/statuses/${id}`,
		stamp: (person, token) => `${users}${person}/quote_authorizations/${token}`,
		page: (handle, id) => `${origin}/@${handle}/${id}`,
		profile: (handle) => `${origin}/@${handle}`,
		personIn(actor) {
			if (!actor.startsWith(users)) return null;
			const rest = actor.slice(users.length);
			return /^[1-9]\d{0,15}$/.test(rest) ? Number(rest) : null;
		},
		below: (path) => `${origin}${path}`,
		tag: (name) => `${origin}/tags/${encodeURIComponent(name)}`,
		neighbors: () => `${origin}/ap/neighbors`,
	};
}
