import type { BranchContext } from '../context.ts';
import { forgetOldEmoji } from '../store/emoji.ts';
import { changeMedia, fetchedFiles, isKnownFile, leftBehind, removeMedia } from '../store/media.ts';

const DAY = 24 * 60 * 60_000;
/** How long a file waits for a post that is not sent, and an unknown one for whoever still writes it. */
export const FILES_WAIT = 2 * DAY;
/** How many fetched files of other servers are kept; the oldest go first, and are fetched again when somebody looks. */
const FETCHED = 2000;
/** The same of their emoji. */
const EMOJI = 2000;
/** Emoji are fetched again after so long, so that nothing stays that no post names any more. */
const EMOJI_STAY = 30 * DAY;

/** Takes away what nobody needs any more: files of posts that were never sent, leftovers of a crash, old copies. */
export function sweepMedia(context: BranchContext): void {
	const { media, store, clock } = context;
	const now = clock.now();
	store.transact((writing) => {
		const gone: string[] = [];
		for (const { id, file } of leftBehind(writing, now - FILES_WAIT)) {
			removeMedia(writing, id);
			if (file) gone.push(file);
		}
		const fetched = fetchedFiles(writing);
		for (const { id, file } of fetched.slice(0, Math.max(0, fetched.length - FETCHED))) {
			changeMedia(writing, id, { file: null });
			if (file) gone.push(file);
		}
		gone.push(...forgetOldEmoji(writing, now - EMOJI_STAY, EMOJI));
		writing.afterwards(() => {
			for (const file of gone) media.remove(media.pathOf(file));
		});
	});
	for (const { name, at } of media.list()) {
		if (at > now - FILES_WAIT) continue;
		if (!store.read((reading) => isKnownFile(reading, name))) media.remove(media.pathOf(name));
	}
}
