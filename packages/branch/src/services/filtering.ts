import { BadInput, Conflict } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { addFilter, type Filter, filtersOf } from '../store/filters.ts';
import type { Person } from '../store/people.ts';
import type { Post } from '../store/posts.ts';
import { wordsOf } from '../store/search.ts';
import { cleanLine, lengthOf } from './plain-text.ts';

const DAY = 24 * 60 * 60_000;
const LONGEST = 100;
const MOST = 100;
/** For how long, in days; 0 is for ever. */
export const FILTER_DAYS = [0, 1, 7, 30] as const;

/** Adds a phrase to be warned of. Throws BadInput `filter_phrase`, Conflict `filters_full`. */
export function warnOf(
	context: BranchContext,
	person: Person,
	form: { readonly phrase: string; readonly whole: boolean; readonly days: number },
): void {
	const phrase = cleanLine(form.phrase);
	if (phrase === '' || lengthOf(phrase) > LONGEST) {
		throw new BadInput('That is no phrase to look for.', [{ field: 'phrase', text: 'filter_phrase' }]);
	}
	if (!FILTER_DAYS.some((days) => days === form.days))
		throw new BadInput('That time is not offered.', [{ field: 'days', text: 'not_offered' }]);
	const now = context.clock.now();
	context.store.transact((writing) => {
		if (filtersOf(writing, person.id, now).length >= MOST) {
			throw new Conflict('A hundred phrases are the most.', 'filters_full');
		}
		addFilter(writing, {
			id: context.ids.next(),
			person: person.id,
			phrase,
			whole: form.whole ? 1 : 0,
			until: form.days === 0 ? null : now + form.days * DAY,
		});
	});
}

/** What of a post somebody wants to be warned of: the first phrase that is in it, or null. Their own posts never are. */
export function warningFor(filters: readonly Filter[], person: Person, post: Post): string | null {
	if (filters.length === 0 || post.person === person.id) return null;
	const words = fold(wordsOf(post));
	return filters.find((filter) => holds(words, filter))?.phrase ?? null;
}

/** Is a phrase in these words, which were folded? */
export function holds(words: string, { phrase, whole }: Pick<Filter, 'phrase' | 'whole'>): boolean {
	const wanted = fold(phrase);
	if (whole === 0) return words.includes(wanted);
	const letter = /[\p{L}\p{N}_]/u;
	for (let at = words.indexOf(wanted); at >= 0; at = words.indexOf(wanted, at + 1)) {
		const before = words.slice(0, at).at(-1) ?? ' ';
		const after = words[at + wanted.length] ?? ' ';
		if (!letter.test(before) && !letter.test(after)) return true;
	}
	return false;
}

/** Words as they are compared. */
export function fold(text: string): string {
	return text.normalize('NFKC').toLowerCase();
}
