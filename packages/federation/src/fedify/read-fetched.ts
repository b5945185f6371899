import { Object as AsObject } from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import { originOf } from '@understory/core/scope.ts';
import type { BranchPorts, IncomingPost } from '../ports.ts';
import { readPost } from './parse-post.ts';
import { isUnreadable } from './unreadable.ts';

/** More answers than this are not looked for. */
const MAX_REPLIES = 40;
const MAX_ADDRESS = 2048;

/** A post in a document that was fetched from its id, and who wrote it; null when it is no post, or says it lives elsewhere. */
export async function readFetched(
	document: unknown,
	id: string,
	parts: { readonly contexts: DocumentLoader; readonly clean: BranchPorts['clean']; readonly now: number },
): Promise<IncomingPost | null> {
	const { contexts } = parts;
	const options = { contextLoader: contexts, documentLoader: contexts };
	const object = await AsObject.fromJsonLd(document, options).catch((error: unknown) => {
		if (error instanceof Error) return null;
		throw error;
	});
	const author = object?.attributionIds[0]?.href;
	if (!object || object.id?.href !== id || author === undefined || originOf(author) !== originOf(id))
		return null;
	return readPost(object, { ...parts, actor: author, activity: null, document }).catch((error: unknown) => {
		if (isUnreadable(error)) return null;
		throw error;
	});
}

/** Where a post says its answers are listed: an address, the list itself, or nothing. */
export function repliesIn(document: unknown): string | readonly string[] | null {
	const replies = field(document, 'replies');
	return typeof replies === 'string' ? replies : addressesIn(replies);
}

/** The addresses in a collection or in its first page, as far as that is inside. */
export function addressesIn(collection: unknown, most = MAX_REPLIES): readonly string[] {
	const page = field(collection, 'first') ?? collection;
	const items = [field(page, 'items') ?? field(page, 'orderedItems') ?? []].flat();
	return items
		.map((item) => (typeof item === 'string' ? item : field(item, 'id')))
		.filter((item) => typeof item === 'string')
		.filter((item) => item.length <= MAX_ADDRESS && /^https?:/.test(originOf(item)))
		.slice(0, most);
}

function field(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
