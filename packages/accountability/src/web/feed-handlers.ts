import type { Context } from '../context.ts';
import { APPEAL_KINDS } from '../data/act.ts';
import { catalogJson } from '../data/catalog-json.ts';
import { jsonText } from '../data/downloads.ts';
import { atomFeed, type Feed, jsonFeed } from '../data/feeds.ts';
import { feedOf } from '../pages/feed-items.ts';
import { createReading, type Reading } from '../pages/reading.ts';
import type { Library } from '../registers.ts';
import { document } from './data-handlers.ts';
import type { LibraryHandler } from './library-handler.ts';

/** Statements in a feed. */
const FEED_LENGTH = 50;

/** `GET /feed.json` (JSON Feed 1.1). */
export function serveJsonFeed(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const feed = jsonFeed(await newest(context, library));
		document(request, response, 'application/feed+json; charset=utf-8', jsonText(feed));
	};
}

/** `GET /feed.atom` (RFC 4287). */
export function serveAtomFeed(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const feed = atomFeed(await newest(context, library));
		document(request, response, 'application/atom+xml; charset=utf-8', feed);
	};
}

/** `GET /data.json` (DCAT-US 1.1). */
export function serveCatalog(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const { t } = inOwnLanguage(context, library);
		const [statement] = await context.statements.list(library, { limit: 1 });
		const catalog = catalogJson(library, statement?.row.published_on ?? null, t);
		document(request, response, 'application/json', jsonText(catalog));
	};
}

async function newest(context: Context, library: Library): Promise<Feed> {
	const statements = await context.statements.list(library, { limit: FEED_LENGTH });
	const appeals = await context.statements.acts(library, { kinds: APPEAL_KINDS, limit: FEED_LENGTH });
	const texts = await context.statements.texts([...statements, ...appeals].map(({ entry }) => entry.id));
	return feedOf(inOwnLanguage(context, library), { statements, appeals, most: FEED_LENGTH }, texts);
}

/** Files have no reader whose language we could know, so they are in the library's first, when we have its words. */
function inOwnLanguage({ design, clock }: Context, library: Library): Reading {
	const language =
		library.register.library.languages.find((one) => design.words.languages.includes(one)) ?? 'en';
	return createReading(design, library, language, clock.now());
}
