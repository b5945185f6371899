import { BadInput, Conflict, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import type { BranchContext } from '../context.ts';
import type { Post } from '../store/posts.ts';
import { addSpace, closeSpace, type Named, openSpaces, type Space, spaceById } from '../store/spaces.ts';
import type { Reading } from '../store/store.ts';
import { cleanLine, lengthOf } from './plain-text.ts';

/** So many are open at once: what people can look through. */
export const MOST_SPACES = 12;
const LONGEST_NAME = 40;
const LONGEST_PURPOSE = 200;
/** What stands in a form for the main board. */
export const MAIN = 'main';

/**
 * Opens a space of the board. Both words are for everybody here to read, in both languages of the pages. Throws NotAllowed, BadInput `space_name`, `space_purpose`, and
 * Conflict `spaces_full`.
 */
export function openSpace(
	context: BranchContext,
	staffId: string,
	form: { readonly name: Named; readonly purpose: Named },
): void {
	checkLead(context, staffId);
	const name = cleaned(form.name);
	const purpose = cleaned(form.purpose);
	const faults = [
		...wordFaults('name', name, LONGEST_NAME, 'space_name'),
		...wordFaults('purpose', purpose, LONGEST_PURPOSE, 'space_purpose'),
	];
	if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	context.store.transact((writing) => {
		if (openSpaces(writing).length >= MOST_SPACES) {
			throw new Conflict('Twelve spaces are the most.', 'spaces_full');
		}
		const kept = { staff_id: staffId, created: context.clock.now(), ended: null };
		addSpace(writing, { id: context.ids.next(), name, purpose, ...kept });
	});
}

/** Closes a space: nothing new comes in, and what stands there stays there to be read. Throws NotAllowed, NotFound. */
export function endSpace(context: BranchContext, staffId: string, id: number): void {
	checkLead(context, staffId);
	context.store.transact((writing) => {
		if (closeSpace(writing, id, context.clock.now()) === 0) throw new NotFound();
	});
}

/**
 * Can this post stand in a space? Only what was written here for this branch alone and begins a conversation: a space is of this board, and servers elsewhere would know
 * nothing of it. Events have their calendar.
 */
export function fitsSpaces(post: Pick<Post, 'person' | 'scope' | 'reply_uri' | 'kind'>): boolean {
	return post.person !== null && post.scope === 'branch' && post.reply_uri === null && post.kind !== 'Event';
}

/** The place a form names: an open space, or null for the main board. Undefined for what is no open space. */
export function placeNamed(reading: Reading, given: string): number | null | undefined {
	if (given === '' || given === MAIN) return null;
	const space = spaceById(reading, parseId(given) ?? 0);
	return space && space.ended === null ? space.id : undefined;
}

/** Where a post can be moved to now; null is the main board. */
export function placesFor(reading: Reading, post: Post): (Space | null)[] {
	if (!fitsSpaces(post)) return [];
	const at = post.space ?? null;
	return [null, ...openSpaces(reading)].filter((place) => (place?.id ?? null) !== at);
}

/** For a form whose place will not do. */
export function wrongPlace(sentence: string, text: string): BadInput {
	return new BadInput(sentence, [{ field: 'space', text }]);
}

function cleaned({ en = '', es = '' }: Named): Named {
	return { en: cleanLine(en), es: cleanLine(es) };
}

function wordFaults(field: string, words: Named, longest: number, text: string): Fault[] {
	return Object.entries(words)
		.filter(([, word]) => word === '' || lengthOf(word) > longest)
		.map(([language]) => ({ field: `${field}_${language}`, text }));
}

function checkLead(context: BranchContext, staffId: string): void {
	if (context.current.may(staffId, 'set_spaces')) return;
	throw new NotAllowed('Only the lead of this branch opens and closes spaces.', 'not_a_host');
}
