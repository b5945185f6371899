import { writeFile } from 'node:fs/promises';
import { PublicError } from '@understory/core/errors.ts';
import type { WireEmoji } from '@understory/federation/emoji.ts';
import type { IncomingPost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { emojiPicture, keepEmojiPicture } from '../store/emoji.ts';
import { SNIFFED, sniff } from './media-type.ts';
import { drawAnew } from './pictures.ts';

/** Largest file of an emoji that is read, in bytes. */
const LARGEST = 1_000_000;
/** They are shown as high as a line, so this is enough for the finest screens; some are wide. */
const BOX = { width: 384, height: 96 };
/** A picture that could not be had is asked for again after so long, in milliseconds; until then its name stands in its place. */
export const ASK_AGAIN = 60 * 60_000;

/** Those of a post that its words use: the others would be kept for nothing. */
export function emojiOf(post: IncomingPost): WireEmoji[] {
	const choices = post.poll?.choices.map(({ name }) => name) ?? [];
	return emojiNamed(post.emoji, [post.contentHtml, post.summary ?? '', post.title, ...choices]);
}

/** Those of a list that these texts name. */
export function emojiNamed(emoji: readonly WireEmoji[], texts: readonly string[]): WireEmoji[] {
	return emoji.filter(({ name }) => texts.some((text) => text.includes(`:${name}:`)));
}

/** Do two lists draw the same? */
export function sameEmoji(some: readonly WireEmoji[], others: readonly WireEmoji[]): boolean {
	const same = ({ name, url }: WireEmoji, n: number) => others[n]?.name === name && others[n].url === url;
	return some.length === others.length && some.every(same);
}

/**
 * The file of an emoji: fetched once through the guarded client, signed by the branch, drawn anew and kept, as other pictures from elsewhere are
 * (docs/adr/0016). Null when it cannot be had; that is remembered for a while. The caller has asked whether the reader may have it.
 */
export async function fetchedEmoji(context: BranchContext, url: string): Promise<string | null> {
	const now = context.clock.now();
	const known = context.store.read((reading) => emojiPicture(reading, url));
	if (known && (known.file !== null || known.asked > now - ASK_AGAIN)) return known.file;
	const file = await drawn(context, url);
	return context.store.transact((writing) => {
		// Two who look at once fetch twice, and the first one's file stays.
		const first = emojiPicture(writing, url)?.file ?? null;
		if (first === null) keepEmojiPicture(writing, { url, file, asked: now });
		else if (file !== null) writing.afterwards(() => context.media.remove(context.media.pathOf(file)));
		return first ?? file;
	});
}

/** Fetches and draws it into a file of its own; null when there is no picture to be had. */
async function drawn(context: BranchContext, url: string): Promise<string | null> {
	const path = context.media.incoming(context.ids.random());
	try {
		const bytes = await (await context.federation()).fetchFile(url, LARGEST);
		if (!bytes || sniff(bytes.subarray(0, SNIFFED))?.kind !== 'picture') return null;
		await writeFile(path, '');
		await drawAnew(bytes, path, BOX);
		const file = `${context.ids.random()}.webp`;
		await context.media.adopt(path, file);
		return file;
	} catch (error) {
		// Whether that server is silent or answers nonsense, there is no picture.
		if (error instanceof PublicError) return null;
		throw error;
	} finally {
		context.media.remove(path);
	}
}
