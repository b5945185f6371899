import { createHash } from 'node:crypto';
import type { Context } from '../context.ts';
import { addressOf, type Choice, parseChoice } from '../data/choice.ts';
import { jsonText } from '../data/downloads.ts';
import { atomFeed, feedsAt, jsonFeed } from '../data/feeds.ts';
import type { Finder } from '../data/finder.ts';
import { feedOf } from '../pages/feed-items.ts';
import { feedTitle, hasFeeds } from '../pages/found-page.ts';
import type { Library } from '../registers.ts';
import { FEED_LENGTH, inOwnLanguage } from './documents.ts';
import { keptChoices } from './found.ts';
import type { Kept } from './shelf.ts';

export const FORMS = ['json', 'atom'] as const;
export type Form = (typeof FORMS)[number];

/** Choices that have feeds as files: each branch that can decide, so that one can wait for its first decision, and each rule under which something was decided. */
export function* fedChoices(library: Library, finder: Finder): Generator<Choice> {
	const decided = finder.counts('branch');
	for (const { origin, branch_key } of library.register.branches) {
		const { host } = new URL(origin);
		if (branch_key !== null && !decided.has(host)) yield { branch: host };
	}
	for (const choice of keptChoices(finder)) if (hasFeeds(choice)) yield choice;
}

/** Which choice has a feed at `/statements/{path}/feed.…`; null where none has. */
export function fedChoice(path: string, library: Library, finder: Finder): Choice | null {
	const asked = parseChoice(path);
	if (!asked || asked.page !== null) return null;
	const address = addressOf(asked.choice);
	for (const choice of fedChoices(library, finder)) if (addressOf(choice) === address) return choice;
	return null;
}

/** A feed of a choice, from its file where neither its newest decisions nor what became of them has changed. */
export async function keptFeed(
	context: Context,
	library: Library,
	choice: Choice,
	form: Form,
): Promise<Kept> {
	const edition = await context.editions.now(library);
	const ids = edition.finder
		.find(choice)
		.slice(-FEED_LENGTH)
		.reverse()
		.map(({ id }) => id);
	const became = ids.map((id) => `${id} ${edition.entry(id)}`).join('\n');
	const reading = inOwnLanguage(context, library);
	const year = reading.today.slice(0, 4);
	const at = addressOf(choice);
	return context.shelf.get({
		...{ library: library.id, file: feedsAt(at)[form].slice(1) },
		of: `${library.register.version} ${year} ${createHash('sha256').update(became).digest('base64url')}`,
		async make() {
			const statements = await context.statements.some(library, ids);
			const texts = await context.statements.texts(ids);
			const title = feedTitle(reading, choice);
			const feed = feedOf(reading, { at, title, statements, acts: [], most: FEED_LENGTH }, texts);
			return form === 'json' ? jsonText(jsonFeed(feed)) : atomFeed(feed);
		},
	});
}
