const SMALL = new Set([
	'of',
	'the',
	'and',
	'at',
	'for',
	'in',
	'on',
	'de',
	'del',
	'la',
	'las',
	'los',
	'y',
	'du',
	'des',
]);
const CAPITALS = new Set([
	'NE',
	'NW',
	'SE',
	'SW',
	'N',
	'S',
	'E',
	'W',
	'II',
	'III',
	'IV',
	'USA',
	'US',
	'PO',
	'JFK',
	'MLK',
	'DPL',
]);
const ALONE_SAYS_LITTLE = new Set([
	'central',
	'main',
	'downtown',
	'public',
	'city',
	'county',
	'town',
	'memorial',
	'free',
]);

/** A name as people write it, from the survey's capitals: `SELLWOOD-MORELAND LIBRARY` -> `Sellwood-Moreland Library`. */
export function inWords(capitals: string): string {
	const text = capitals.replace(/`/g, "'").replace(/\s+/g, ' ').trim();
	if (text !== text.toUpperCase()) return text;
	return text
		.split(' ')
		.map((word, at) => (at > 0 && SMALL.has(word.toLowerCase()) ? word.toLowerCase() : oneWord(word)))
		.join(' ');
}

function oneWord(word: string): string {
	if (CAPITALS.has(word.replace(/\.$/, ''))) return word;
	const [first = '', ...others] = word.split('-');
	if (others.length > 0 && CAPITALS.has(first)) return `${first}-${others.map(oneWord).join('-')}`;
	// A letter begins a capital at the start and after a hyphen, slash, bracket or opening quote; after an apostrophe only
	// behind a single letter (O'Fallon), so that a possessive stays small (Children's).
	return word
		.toLowerCase()
		.replace(
			/(^|[-/("“.]|^[od]['’])(\p{L})/gu,
			(_, before: string, letter: string) => before + letter.toUpperCase(),
		)
		.replace(/^([OD]['’])(\p{L})/u, (_, before: string, letter: string) => before + letter.toUpperCase())
		.replace(/^Mc(\p{L})/u, (_, letter: string) => `Mc${letter.toUpperCase()}`);
}

/** What a branch is called on its door: without the words that every branch has, where something telling remains. */
export function branchName(capitals: string): string {
	const full = inWords(capitals);
	const short = full.replace(/\s+(?:Branch Library|Library Branch|Branch|Library)$/u, '');
	const telling = short.split(/\s+/).some((word) => !ALONE_SAYS_LITTLE.has(word.toLowerCase()));
	return telling && short.length >= 3 ? short : full;
}

/** Up to five capitals for spines and plates: initials of three or more words, else the first letters. */
export function spineCode(name: string): string {
	const words = name
		.normalize('NFKD')
		.replace(/[^\p{L}\p{N} -]/gu, '')
		.toUpperCase()
		.split(/[ -]+/)
		.filter(Boolean);
	if (words.length >= 3)
		return words
			.slice(0, 5)
			.map((word) => word[0])
			.join('');
	if (words.length === 2) return words.map((word) => word.slice(0, 2)).join('');
	return (words[0] ?? 'X').slice(0, 4);
}
