import { BadInput, Conflict, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { openMatter } from '../../store/matters.ts';
import type { Post } from '../../store/posts.ts';
import { reportsOf } from '../../store/reports.ts';
import { wordsOf } from '../../store/search.ts';
import type { Writing } from '../../store/store.ts';
import { addWatchPhrase, removeWatchPhrase, watchPhrases } from '../../store/watch-phrases.ts';
import { fold, holds } from '../filtering.ts';
import { cleanLine, lengthOf } from '../plain-text.ts';
import { authorOf } from '../reporting.ts';
import { gather } from './gathering.ts';
import { isPrivate } from './subject.ts';

const LONGEST = 100;
const LONGEST_WHY = 200;
const MOST = 100;

/**
 * From now on posts with this phrase are brought to the hosts. The list is published with the rules (Krasno v. Mnookin, reference/accountability.md 3.3). Throws NotAllowed, BadInput
 * `filter_phrase`, `watch_why`, and Conflict `filters_full`.
 */
export function watchFor(
	context: BranchContext,
	staffId: string,
	form: { readonly phrase: string; readonly whole: boolean; readonly why: string },
): void {
	checkHost(context, staffId);
	const [phrase, why] = [cleanLine(form.phrase), cleanLine(form.why)];
	const faults: Fault[] = [];
	if (phrase === '' || lengthOf(phrase) > LONGEST) faults.push({ field: 'phrase', text: 'filter_phrase' });
	if (why === '' || lengthOf(why) > LONGEST_WHY) faults.push({ field: 'why', text: 'watch_why' });
	if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	context.store.transact((writing) => {
		if (watchPhrases(writing).length >= MOST) {
			throw new Conflict('A hundred phrases are the most.', 'filters_full');
		}
		const row = { id: context.ids.next(), phrase, whole: form.whole ? 1 : 0, why } as const;
		addWatchPhrase(writing, { ...row, staff_id: staffId, created: context.clock.now() });
	});
}

/** Looks for a phrase no more. What it brought to the hosts stays there. Throws NotAllowed, NotFound. */
export function watchNoMore(context: BranchContext, staffId: string, id: number): void {
	checkHost(context, staffId);
	context.store.transact((writing) => {
		if (removeWatchPhrase(writing, id) === 0) throw new NotFound();
	});
}

/**
 * Brings a new or changed post to the hosts when a phrase they look for is in it, in the transaction that keeps it. Nothing else: no list of words hides, holds back or marks a
 * post (DESIGN 4.8). What is between few people is not looked at.
 */
export function queueIfWatched(context: BranchContext, writing: Writing, post: Post): void {
	if (isPrivate(post)) return;
	const phrases = watchPhrases(writing);
	if (phrases.length === 0) return;
	const words = fold(wordsOf(post));
	const found = phrases.filter((phrase) => holds(words, phrase)).map(({ phrase }) => phrase);
	if (found.length === 0) return;
	const subject = { post: post.id, about: authorOf(context, writing, post) };
	const open = openMatter(writing, subject);
	if (open && reportsOf(writing, open.id).some(({ source }) => source === 'filter')) return;
	const said = { actor: null, source: 'filter', words: found.join(', '), told: null, receipt: null } as const;
	gather(context, writing, { ...subject, concern: 'rules', report: { ...said, id: context.ids.next() } });
}

function checkHost(context: BranchContext, staffId: string): void {
	if (context.current.mayDecide(staffId)) return;
	throw new NotAllowed('Only the hosts of this branch look for words.', 'not_a_host');
}
