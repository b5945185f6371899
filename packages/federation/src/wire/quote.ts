import type { WirePost } from '../ports.ts';
import type { Json } from './post.ts';

/**
 * What a post says of what it quotes. As long as nobody has agreed only `quote` is there, which others show when they find consent
 * (FEP-044f); the names that software uses which asks nobody (Misskey, Fedibird) come with the consent. What is not to be quoted any
 * more is a Tombstone without a name, as Mastodon writes it.
 */
export function quoteOf({ quote }: WirePost): Json {
	if (!quote) return {};
	if (quote.uri === null) return { quote: { type: 'Tombstone' } };
	const { uri, stamp, agreed } = quote;
	if (!agreed) return { quote: uri };
	const authorized = stamp === null ? {} : { quoteAuthorization: stamp };
	return { quote: uri, ...authorized, quoteUrl: uri, quoteUri: uri, _misskey_quote: uri };
}

/** The words, and before them the address of what is quoted for software that shows no quotes; such as know them leave it out. */
export function contentOf({ contentHtml, quote }: WirePost): string {
	if (!quote?.agreed || quote.uri === null) return contentHtml;
	const url = escaped(quote.url);
	return `<p class="quote-inline">RE: <a href="${url}">${url}</a></p>${contentHtml}`;
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
