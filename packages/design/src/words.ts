import { readdirSync, readFileSync } from 'node:fs';

/** A sentence, or its forms by number, chosen by `count`. */
type Phrase = string | { readonly one?: string; readonly other: string };
interface Room {
	readonly [part: string]: Phrase | Room;
}

/** Every word a person reads, by language. */
export interface Words {
	readonly languages: readonly string[];
	/**
	 * The sentence for `room.part.part`, with `{name}` filled in. A phrase with forms is chosen by `values.count` (CLDR plural
	 * rules). Throws for a key or a value that is missing: a page with a hole is worse than a test that fails.
	 */
	t(language: string, key: string, values?: Readonly<Record<string, unknown>>): string;
	/** All keys of a language with their phrases, for tests. */
	entries(language: string): ReadonlyMap<string, Phrase>;
}

/** Reads `words/<language>/<room>.json`. */
export function loadWords(): Words {
	const folder = new URL('./words/', import.meta.url);
	const books = new Map<string, Map<string, Phrase>>();
	for (const language of readdirSync(folder)) {
		const book = new Map<string, Phrase>();
		for (const file of readdirSync(new URL(`${language}/`, folder))) {
			const room = JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), 'utf8')) as Room;
			collect(room, file.replace(/\.json$/, ''), book);
		}
		books.set(language, book);
	}
	// As American libraries write them, in Spanish too: 12,345.
	const numbers = new Map(
		[...books.keys()].map((language) => [language, new Intl.NumberFormat(`${language}-US`)]),
	);
	const plurals = new Map([...books.keys()].map((language) => [language, new Intl.PluralRules(language)]));
	return {
		languages: [...books.keys()],
		entries: (language) => books.get(language) ?? new Map(),
		t(language, key, values = {}) {
			const phrase = books.get(language)?.get(key);
			if (phrase === undefined) throw new Error(`there is no ${language} phrase ${key}`);
			const text = typeof phrase === 'string' ? phrase : form(phrase, plurals.get(language)!, values.count);
			if (!text.includes('{')) return text;
			return text.replace(/\{(\w+)\}/g, (_, name: string) => {
				const value = values[name];
				if (value === undefined || value === null)
					throw new Error(`the phrase ${key} needs a value for ${name}`);
				return typeof value === 'number' && name === 'count'
					? numbers.get(language)!.format(value)
					: String(value);
			});
		},
	};
}

function form(phrase: Exclude<Phrase, string>, plural: Intl.PluralRules, count: unknown): string {
	return (plural.select(Number(count)) === 'one' ? phrase.one : undefined) ?? phrase.other;
}

function isForms(value: Phrase | Room): value is Exclude<Phrase, string> {
	if (typeof value === 'string') return false;
	const names = Object.keys(value);
	return names.includes('other') && names.every((name) => name === 'one' || name === 'other');
}

function collect(room: Room, prefix: string, book: Map<string, Phrase>): void {
	for (const [name, value] of Object.entries(room)) {
		const key = `${prefix}.${name}`;
		if (typeof value === 'string' || isForms(value)) book.set(key, value);
		else collect(value, key, book);
	}
}
