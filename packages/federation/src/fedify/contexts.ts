import { type DocumentLoader, preloadedContexts } from '@fedify/vocab-runtime';

/**
 * What a context we do not know is read as: the terms every server uses, and those of Mastodon that Pleroma and others put into a context of their
 * own (`litepub`).
 */
const COMMON = {
	'@context': [
		'https://www.w3.org/ns/activitystreams',
		'https://w3id.org/security/v1',
		{
			toot: 'http://joinmastodon.org/ns#',
			Emoji: 'toot:Emoji',
			Hashtag: 'as:Hashtag',
			sensitive: 'as:sensitive',
			movedTo: { '@id': 'as:movedTo', '@type': '@id' },
			featured: { '@id': 'toot:featured', '@type': '@id' },
			votersCount: 'toot:votersCount',
		},
	],
};

/**
 * Where JSON-LD contexts come from: the ones that come with Fedify, and for any other address the common terms. Nothing is ever
 * fetched: a context is a way for a stranger to make us call a third server for each activity, and to change what its words
 * mean afterwards. The price is that other terms of unknown contexts are not seen.
 */
export function createContextLoader(): DocumentLoader {
	return async (url) => {
		const known = URL.canParse(url) ? preloadedContexts[new URL(url).href] : undefined;
		return { contextUrl: null, document: known ?? COMMON, documentUrl: url };
	};
}
