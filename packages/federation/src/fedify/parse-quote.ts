import {
	Article,
	type Object as AsObject,
	Note,
	Question,
	QuoteAuthorization,
	Tombstone,
} from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import type { IncomingPost } from '../ports.ts';
import type { FetchedStamp, IncomingQuote } from '../quotes.ts';
import { isUnreadable } from './unreadable.ts';

/** More actors than this are not read of a policy. */
const MOST_NAMED = 50;
const LONGEST = 2048;

/**
 * What a post quotes: by `quote` (FEP-044f), or by the older names `quoteUrl`, `quoteUri` and `_misskey_quote`, which ask nobody. Only ids count; a
 * copy of the quoted post inside proves nothing.
 */
export async function readQuote(object: AsObject, contexts: DocumentLoader): Promise<IncomingQuote | null> {
	if (!(object instanceof Note || object instanceof Article || object instanceof Question)) return null;
	const uri = address(object.quoteId);
	if (uri !== null) return { uri, byConsent: true, stamp: address(object.quoteAuthorizationId) };
	const options = { contextLoader: contexts, documentLoader: contexts, suppressError: true };
	if ((await object.getQuote(options)) instanceof Tombstone) {
		return { uri: null, byConsent: true, stamp: null };
	}
	const older = address(object.quoteUrl);
	return older === null ? null : { uri: older, byConsent: false, stamp: null };
}

/** Who may quote a post, as it says itself; null when it does not, or in words that cannot be read. */
export function readCanQuote(object: AsObject): IncomingPost['canQuote'] {
	try {
		const rule = object.interactionPolicy?.canQuote;
		if (!rule) return null;
		const ids = (urls: readonly URL[]) => urls.slice(0, MOST_NAMED).map(({ href }) => href);
		return { automatic: ids(rule.automaticApprovals), manual: ids(rule.manualApprovals) };
	} catch (error) {
		if (isUnreadable(error)) return null;
		throw error;
	}
}

/** Reads a QuoteAuthorization that was found at `id`; null when it is none, lives elsewhere, or lacks something. */
export async function readStamp(
	document: unknown,
	id: string,
	contexts: DocumentLoader,
): Promise<FetchedStamp | null> {
	const options = { contextLoader: contexts, documentLoader: contexts };
	const stamp = await QuoteAuthorization.fromJsonLd(document, options).catch((error: unknown) => {
		if (error instanceof Error) return null;
		throw error;
	});
	if (stamp?.id?.href !== id || stamp.attributionIds.length !== 1) return null;
	const author = address(stamp.attributionId);
	const quoting = address(stamp.interactingObjectId);
	const quoted = address(stamp.interactionTargetId);
	return author === null || quoting === null || quoted === null ? null : { author, quoting, quoted };
}

function address(url: URL | null): string | null {
	return url !== null && /^https?:$/.test(url.protocol) && url.href.length <= LONGEST ? url.href : null;
}
