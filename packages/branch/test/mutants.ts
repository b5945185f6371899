/** A check taken out: one place of one file, which must be there exactly once. */
export interface Mutation {
	/** Below `packages/`. */
	readonly file: string;
	readonly find: string;
	readonly replace: string;
}

/** Everybody who asks about scope before the serializer does, each with the check taken out. */
export const CALLERS: Readonly<Record<string, readonly Mutation[]>> = {
	'the outbox that picks who is sent a post': [
		{
			file: 'branch/src/services/outbox.ts',
			find: "if (post.audience.reach === 'branch' || post.person === null || !isSending(context)) return [];",
			replace: 'if (post.person === null) return [];',
		},
		{
			file: 'branch/src/services/outbox.ts',
			find: '		({ origin }) => mayReceive(post.audience, serverReader(context, origin), context.book.trust()).allowed,',
			replace: '		() => true,',
		},
		{
			file: 'branch/src/services/outbox.ts',
			find: "	if (post.audience.reach === 'public') {",
			replace: '	{',
		},
	],
	'the outbox collection of an actor': [
		{
			file: 'branch/src/services/ports.ts',
			find: "{ person: Number(actorId), scopes: ['public'], limit }",
			replace: '{ person: Number(actorId), limit }',
		},
	],
	'passing along': [
		{
			file: 'branch/src/services/acting.ts',
			find: "if (kind === 'share' && !mayPassAlong(post)) {",
			replace: 'if (false) {',
		},
	],
	'telling a star': [
		{
			file: 'branch/src/services/delivery-body.ts',
			find: 'if (!post || !mayRead(context, post, serverReader(context, delivery.origin))) return null;',
			replace: 'if (!post) return null;',
		},
	],
	'whether a post may be quoted': [
		{
			file: 'core/src/quote.ts',
			find: 'if (!scopes.includes(scopeOf(quoting)) || !isWithin(quoting, quoted, trust)) {',
			replace: 'if (false) {',
		},
		{
			file: 'branch/src/services/audiences.ts',
			find: 'quoted ? quotesOf(quoted.audience, quoted.own) : CHOOSABLE;',
			replace: 'CHOOSABLE;',
		},
		{
			file: 'branch/src/services/drafting.ts',
			find: 'withinBoth(answering, quoted?.audience ?? null)',
			replace: 'answering',
		},
	],
	'the page of a post on the wire': [
		{
			file: 'federation/src/http/pages.ts',
			find: "stored?.author.id === route.actor && stored.author.kind !== 'server' ? stored : null",
			replace: 'stored',
		},
	],
};

/** The last wall itself; with a caller's check it is the only one, so a town without both must leak. */
export const SERIALIZER: Mutation = {
	file: 'federation/src/wire/post.ts',
	find: 'return mayReceive(post.audience, reader, now).allowed ? addressingOf(post, at, now) : null;',
	replace: 'return addressingOf(post, at, now) ?? { to: [], cc: [], mentions: [], interactionPolicy: null };',
};

/** What the serializer asks about the post that is quoted. */
export const QUOTE_SERIALIZER: Mutation = {
	file: 'federation/src/wire/post.ts',
	find: 'if (post.quote && !mayReceive(post.quote.audience, reader, now).allowed) return null;',
	replace: '',
};
