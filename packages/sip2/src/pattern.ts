import { RE2JS } from 're2js';

/*
 * Patterns are written by a library and run on what strangers type and other computers answer, in a process that serves many libraries. RE2 needs time in
 * proportion to the text, whatever the pattern; the language's own expressions do not (`(a+)+$`).
 */

/** Is the whole text of this pattern? Throws RangeError for what is no pattern. */
export function matches(pattern: string, text: string): boolean {
	return compiled(pattern).matches(text);
}

/** Is it found anywhere in the text, in small letters or large ones? Throws RangeError for what is no pattern. */
export function finds(pattern: string, text: string): boolean {
	return compiled(pattern, RE2JS.CASE_INSENSITIVE).matcher(text).find();
}

/** Longest pattern in characters. */
const LONGEST_PATTERN = 1_000;

/** Can this be run? */
export function isPattern(pattern: string): boolean {
	try {
		compiled(pattern);
		return true;
	} catch (error) {
		if (error instanceof RangeError) return false;
		throw error;
	}
}

function compiled(pattern: string, flags = 0): RE2JS {
	if (pattern.length > LONGEST_PATTERN) throw new RangeError('a pattern is too long');
	try {
		return RE2JS.compile(pattern, flags);
	} catch (error) {
		throw new RangeError('a pattern cannot be read', { cause: error });
	}
}
