import type { Fault } from '@understory/core/errors.ts';
import { cleanText, lengthOf } from '../plain-text.ts';

/** Longest statement of facts, in characters (reference/accountability.md 1.2). */
export const LONGEST_FACTS = 500;
/** What stands in a beginning for what only whoever saw it can say. */
export const BLANK = '[…]';
/** This many words in a row from the post count as quoting it. */
const QUOTE = 8;

/**
 * What is wrong with the facts of a decision, as fault codes: they are published, so they name nobody, lead nowhere and quote nothing
 * (reference/accountability.md 3.1). `text` is the post in plain words.
 */
export function factsFaults(
	facts: string,
	about: { readonly handle: string; readonly name: string; readonly text: string },
): Fault[] {
	const clean = cleanText(facts);
	const say = (text: string): Fault[] => [{ field: 'facts', text }];
	if (lengthOf(clean) < 20) return say('facts_short');
	if (lengthOf(clean) > LONGEST_FACTS) return say('facts_long');
	if (clean.includes(BLANK)) return say('facts_blank');
	if (/https?:\/\/|www\./i.test(clean)) return say('facts_link');
	const named = [about.handle, about.name].some((name) => name !== '' && hasWords(clean, name));
	if (named || /@\w/.test(clean)) return say('facts_name');
	return quotes(clean, about.text) ? say('facts_quote') : [];
}

function hasWords(text: string, name: string): boolean {
	return ` ${wordsOf(text).join(' ')} `.includes(` ${wordsOf(name).join(' ')} `);
}

function quotes(text: string, post: string): boolean {
	const said = ` ${wordsOf(post).join(' ')} `;
	const words = wordsOf(text);
	for (let at = 0; at + QUOTE <= words.length; at += 1) {
		if (said.includes(` ${words.slice(at, at + QUOTE).join(' ')} `)) return true;
	}
	return false;
}

function wordsOf(text: string): string[] {
	return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}
