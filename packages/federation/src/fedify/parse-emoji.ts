import { type Object as AsObject, Emoji } from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import type { WireEmoji } from '../emoji.ts';
import { plain } from './text.ts';

/** More of them in one document are not read. */
const MAX_EMOJI = 50;
const LONGEST_ADDRESS = 2048;
/** What Mastodon, Pleroma and Misskey let a name be made of. Some write it without its colons. */
const NAME = /^:?([A-Za-z0-9_+-]{1,64}):?$/;

/** The emoji that a document of somebody's own brings with it, each name once. */
export async function readEmoji(object: AsObject, contexts: DocumentLoader): Promise<WireEmoji[]> {
	const found: WireEmoji[] = [];
	const options = { contextLoader: contexts, documentLoader: contexts, suppressError: true };
	for await (const tag of object.getTags(options)) {
		if (found.length === MAX_EMOJI) break;
		const emoji = tag instanceof Emoji ? await oneEmoji(tag, contexts) : null;
		if (emoji && !found.some(({ name }) => name === emoji.name)) found.push(emoji);
	}
	return found;
}

async function oneEmoji(tag: Emoji, contexts: DocumentLoader): Promise<WireEmoji | null> {
	const name = NAME.exec(plain(tag.name, 70))?.[1];
	if (name === undefined) return null;
	const icon = await tag.getIcon({
		contextLoader: contexts,
		documentLoader: contexts,
		suppressError: true,
	});
	const url = icon?.url instanceof URL ? icon.url : icon?.url?.href;
	if (!url || !/^https?:$/.test(url.protocol) || url.href.length > LONGEST_ADDRESS) return null;
	return { name, url: url.href };
}
