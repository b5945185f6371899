import type { TrustedHtml } from '@understory/design/safe-html.ts';
import { standingOf } from '../services/question.ts';
import { choicesOf, pollOf, votesBy } from '../store/polls.ts';
import type { Post } from '../store/posts.ts';
import type { EmojiView } from './emoji-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A question as the partial draws it: to be answered, or how it stands. */
export interface PollView {
	readonly many: boolean;
	readonly over: boolean;
	readonly ends: number | null;
	/** How many people chose something, as far as is known. */
	readonly voters: number | null;
	/** Where a choice is sent; null for whoever may not choose, or did. */
	readonly action: string | null;
	readonly id: number;
	readonly choices: readonly {
		readonly n: number;
		readonly name: TrustedHtml;
		readonly votes: number;
		/** Of all votes, in whole percent. */
		readonly share: number;
		readonly mine: boolean;
	}[];
}

/** Null for what asks nothing. The caller has made sure that this visitor may read the post. */
export function pollView(web: Web, visit: Visit, post: Post, emoji: EmojiView): PollView | null {
	if (post.kind !== 'Question') return null;
	const { person } = visit;
	const { store, at, clock } = web.context;
	return store.read((reading) => {
		const poll = pollOf(reading, post.id);
		const now = standingOf(reading, post.id);
		if (!poll || !now) return null;
		const mine = person ? votesBy(reading, post.id, at.person(person.id)) : [];
		const over = poll.closed !== null || (poll.ends !== null && poll.ends <= clock.now());
		const may = person?.standing === 'full' && !over && mine.length === 0 && person.id !== post.person;
		const all = now.choices.reduce((sum, { votes }) => sum + votes, 0);
		return {
			many: poll.many,
			over,
			ends: poll.ends,
			voters: now.voters,
			action: may ? `/posts/${post.id}/choose` : null,
			id: post.id,
			choices: choicesOf(reading, post.id).map(({ n, name }, index) => {
				const votes = now.choices[index]?.votes ?? 0;
				return {
					n,
					name: emoji.line(name),
					votes,
					share: all === 0 ? 0 : Math.round((100 * votes) / all),
					mine: mine.includes(n),
				};
			}),
		};
	});
}
