import { writeFile } from 'node:fs/promises';
import { PublicError } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { IncomingPost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import type { ListMatch } from '../match-lists.ts';
import { addMedia, changeMedia, type Media, type MediaKind, mediaById } from '../store/media.ts';
import { type Post, postById } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';
import { matchOf, noteMatch, queueIfMatched } from './hosting/matching.ts';
import { remoteLine } from './markup.ts';
import { SNIFFED, sniff } from './media-type.ts';
import { drawAnew } from './pictures.ts';
import { LARGEST, LONGEST_DESCRIPTION } from './uploading.ts';

/** More pictures of one post are not kept. */
const MOST = 8;

/** Notes the pictures, sounds and videos of a copy; nothing is fetched. */
export function keepAttachments(
	context: BranchContext,
	writing: Writing,
	post: number,
	incoming: IncomingPost,
): void {
	for (const { url, type, description, width, height } of incoming.attachments.slice(0, MOST)) {
		const kind = kindOf(type);
		if (kind === null) continue;
		addMedia(writing, {
			id: context.ids.next(),
			post,
			person: null,
			remote_url: url,
			kind,
			type: kind === 'picture' ? 'image/webp' : type,
			file: null,
			width,
			height,
			description: remoteLine(description ?? '', LONGEST_DESCRIPTION),
			created: context.clock.now(),
		});
	}
}

/**
 * The file of a picture that came with a copy: fetched once, through the guarded client and signed by the branch, drawn anew and kept; so that
 * nobody's browser asks another server (the issue: never hot-linked). Null when it cannot be had. The caller has asked whether
 * the reader may have it.
 */
export async function fetchedPicture(context: BranchContext, id: number): Promise<string | null> {
	const media = context.store.read((reading) => mediaById(reading, id));
	if (media?.kind !== 'picture' || media.remote_url === null) return null;
	const post = context.store.read((reading) =>
		media.post === null ? undefined : postById(reading, media.post),
	);
	if (post && refusesMedia(context, post)) return null;
	if (media.file !== null) return media.file;
	const path = context.media.incoming(context.ids.random());
	try {
		const bytes = await (await context.federation()).fetchFile(media.remote_url, LARGEST.picture);
		if (!bytes || sniff(bytes.subarray(0, SNIFFED))?.kind !== 'picture') return null;
		const match = await matchOf(context, () => bytes);
		await writeFile(path, '');
		const { width, height } = await drawAnew(bytes, path);
		const file = `${context.ids.random()}.webp`;
		await context.media.adopt(path, file);
		return note(context, media, { file, width, height }, match);
	} catch (error) {
		if (error instanceof PublicError && error.status < 500) return null;
		throw error;
	} finally {
		context.media.remove(path);
	}
}

/** Do hosts refuse what comes with posts of its server? Asked of the post's own server, wherever the file lies. */
export function refusesMedia(
	context: Pick<BranchContext, 'restrictions'>,
	post: Pick<Post, 'remote' | 'uri'>,
): boolean {
	return post.remote !== null && context.restrictions.stops(originOf(post.uri), 'media');
}

/** Two who look at once fetch twice, and the first one's file stays. */
function note(
	context: BranchContext,
	media: Media,
	found: { readonly file: string; readonly width: number; readonly height: number },
	match: ListMatch | null,
): string | null {
	return context.store.transact((writing) => {
		const now = mediaById(writing, media.id);
		const unneeded = !now || now.file !== null;
		if (unneeded) writing.afterwards(() => context.media.remove(context.media.pathOf(found.file)));
		else changeMedia(writing, media.id, found);
		if (match && !unneeded && noteMatch(context, writing, media.id, match) && now.post !== null) {
			queueIfMatched(context, writing, postById(writing, now.post)!);
		}
		return unneeded ? (now?.file ?? null) : found.file;
	});
}

function kindOf(type: string): MediaKind | null {
	if (type.startsWith('image/')) return 'picture';
	if (type.startsWith('audio/')) return 'sound';
	return type.startsWith('video/') ? 'video' : null;
}
