import type { BranchContext } from '../context.ts';
import { limitedPeople } from '../store/limitations.ts';
import { listPosts, type Post } from '../store/posts.ts';
import { mayRead } from './readers.ts';

/**
 * What people here wrote for everyone, newest first: for the front page and for feeds. Nobody in particular asks, so each is asked of
 * `mayRead` for nobody; what its author left off the boards is left out.
 */
export function publicPosts(
	context: BranchContext,
	query: { readonly person?: number; readonly limit: number },
): Post[] {
	const asked = { ...query, scopes: ['public'], local: true, first: true } as const;
	const limited = context.store.read((reading) => limitedPeople(reading, context.clock.now()));
	return context.store
		.read((reading) => listPosts(reading, asked))
		.filter((post) => query.person !== undefined || !limited.has(post.person ?? 0))
		.filter((post) => post.audience.listed && mayRead(context, post, { kind: 'nobody' }));
}
