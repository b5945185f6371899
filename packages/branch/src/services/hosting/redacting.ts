/** Why something is not shown to whoever asks for a record. */
export type RedactionRule = 'email' | 'number' | 'address' | 'handle' | 'name';

/** A piece of text, or the place where a piece was. */
export type Part = string | { readonly rule: RedactionRule };

/** Somebody who is not to be told from the record. */
export interface Named {
	readonly handle: string;
	readonly name: string;
}

interface Span {
	readonly from: number;
	readonly to: number;
	readonly rule: RedactionRule;
}

/** Each is bounded, so that hostile text takes no longer than plain text of its length. A date as `2026-10-08` is no number. */
const PATTERNS: readonly (readonly [RedactionRule, RegExp])[] = [
	['email', /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,6}/gu],
	['handle', /(?<![\p{L}\p{N}])@[\p{L}\p{N}_]{1,64}(?:@[\p{L}\p{N}.:-]{1,253})?/gu],
	['number', /(?<!\d)(?!\d{4}-\d{2}-\d{2}(?!\d))\+?\(?\d(?:[ \t().-]{0,2}\d){6,19}(?!\d)/g],
	[
		'address',
		/(?<!\d)\d{1,6}[A-Za-z]?[ \t]{1,3}(?:[\p{L}\d.'’-]{1,30}[ \t]{1,3}){1,4}(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|terrace|way|highway|hwy)(?![\p{L}])\.?/giu,
	],
	[
		'address',
		/(?<![\p{L}])(?:calle|avenida|av\.|plaza|paseo|camino|carretera)[ \t]{1,3}(?:[\p{L}.'’-]{1,30},?[ \t]{1,3}){1,5}\d{1,6}/giu,
	],
];

/**
 * Takes out of a text what would tell who somebody is: addresses of mail and houses, long numbers (telephones, cards), handles, and the names of those given. Rather too
 * much than too little: a person looks at the record before it is handed over. A first name alone counts when it is written with a capital.
 */
export function redact(text: string, people: readonly Named[]): Part[] {
	const spans = [...patterns(text), ...names(text, people)].sort((a, b) => a.from - b.from || b.to - a.to);
	const parts: Part[] = [];
	let at = 0;
	for (const { from, to, rule } of spans) {
		if (from < at) continue;
		if (from > at) parts.push(text.slice(at, from));
		parts.push({ rule });
		at = to;
	}
	if (at < text.length) parts.push(text.slice(at));
	return parts;
}

/** How many places each rule took out. */
export function countRedactions(parts: readonly Part[]): ReadonlyMap<RedactionRule, number> {
	const counts = new Map<RedactionRule, number>();
	for (const part of parts) {
		if (typeof part !== 'string') counts.set(part.rule, (counts.get(part.rule) ?? 0) + 1);
	}
	return counts;
}

function patterns(text: string): Span[] {
	return PATTERNS.flatMap(([rule, pattern]) =>
		[...text.matchAll(pattern)].map((match) => ({
			from: match.index,
			to: match.index + match[0].length,
			rule,
		})),
	);
}

const WORD = /[\p{L}\p{N}_]+/gu;

function names(text: string, people: readonly Named[]): Span[] {
	const known = phrases(people);
	const words = [...text.matchAll(WORD)].map((match) => ({
		from: match.index,
		to: match.index + match[0].length,
		word: match[0],
		low: match[0].toLowerCase(),
	}));
	return words.flatMap(({ from, to, word, low }, at): Span[] => {
		const longest = known
			.get(low)
			?.filter((phrase) => phrase.every((one, n) => words[at + n]?.low === one))
			.sort((a, b) => b.length - a.length)[0];
		if (!longest) return [];
		if (longest.length === 1 && word === low && !known.handles.has(low)) return [];
		return [{ from, to: words[at + longest.length - 1]?.to ?? to, rule: 'name' }];
	});
}

/** Names and handles as sequences of words, by their first word. */
function phrases(people: readonly Named[]) {
	const found = new Map<string, string[][]>();
	const handles = new Set<string>();
	const add = (words: string[]) => {
		const [first] = words;
		if (first === undefined) return;
		const others = found.get(first) ?? [];
		others.push(words);
		found.set(first, others);
	};
	for (const { name, handle } of people) {
		const words = name.toLowerCase().match(WORD) ?? [];
		add([...words]);
		if (words.length > 1 && words[0]!.length > 2) add([words[0]!]);
		handles.add(handle.toLowerCase());
		add([handle.toLowerCase()]);
	}
	return { get: (word: string) => found.get(word), handles };
}
