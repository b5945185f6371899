import { open, readFile, writeFile } from 'node:fs/promises';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { addMedia, changeMedia, type Media, mediaById, removeMedia, unattachedOf } from '../store/media.ts';
import type { Person } from '../store/people.ts';
import type { Post } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';
import { checkMayWrite } from './drafting.ts';
import { matchOf, noteMatch } from './hosting/matching.ts';
import { SNIFFED, type Sniffed, sniff } from './media-type.ts';
import { drawAnew } from './pictures.ts';
import { cleanText, lengthOf } from './plain-text.ts';
import { stripData } from './strip/strip-data.ts';
import { Unreadable } from './strip/unreadable.ts';

/** Most files of one post, and longest description in characters. */
export const MOST_MEDIA = 4;
export const LONGEST_DESCRIPTION = 1500;
/** Largest files, in bytes. */
export const LARGEST = { picture: 12_000_000, sound: 40_000_000, video: 40_000_000 } as const;
/** Files somebody may have lying here for posts they never sent. */
const MOST_WAITING = 12;

/**
 * Takes a file that was received into an incoming path, for a post that is still being written: told by what is in it, pictures drawn anew, sound and
 * video without what they say about themselves. The incoming file is gone afterwards, whatever happened. Throws BadInput `media_kind`, `media_large`,
 * `media_broken`, `media_unreadable`, `media_many`.
 */
export async function takeUpload(context: BranchContext, person: Person, path: string): Promise<Media> {
	try {
		checkMayWrite(context, person);
		const waiting = context.store.read((reading) => unattachedOf(reading, person.id));
		if (waiting.length >= MOST_WAITING) throw refuse('Too many files wait for a post.', 'media_many');
		const { head, size } = await beginning(path);
		const what = sniff(head);
		if (!what) throw refuse('That is no picture, sound or video we can show.', 'media_kind');
		if (size > LARGEST[what.kind]) throw refuse('That file is too large.', 'media_large');
		// As it came: what is drawn anew has another digest.
		const match = what.kind === 'picture' ? await matchOf(context, () => readFile(path)) : null;
		const file = `${context.ids.random()}.${what.ending}`;
		const drawn = await settle(context, path, file, what);
		const media: Media = {
			id: context.ids.next(),
			post: null,
			person: person.id,
			remote_url: null,
			kind: what.kind,
			type: what.type,
			file,
			width: drawn?.width ?? null,
			height: drawn?.height ?? null,
			description: '',
			created: context.clock.now(),
		};
		context.store.transact((writing) => {
			addMedia(writing, media);
			if (match) noteMatch(context, writing, media.id, match);
		});
		return media;
	} finally {
		context.media.remove(path);
	}
}

/** What somebody brought and may still use. Throws NotFound for any other number. */
export function ownUpload(context: BranchContext, person: Person, id: number): Media {
	const media = context.store.read((reading) => mediaById(reading, id));
	if (media?.person !== person.id || media.post !== null) throw new NotFound();
	return media;
}

/** Writes down what is to be seen or heard. Throws BadInput `media_words_long`. */
export function describe(context: BranchContext, person: Person, id: number, words: string): void {
	const description = cleanText(words);
	if (lengthOf(description) > LONGEST_DESCRIPTION) {
		throw refuse('That description is too long.', 'media_words_long');
	}
	ownUpload(context, person, id);
	context.store.transact((writing) => changeMedia(writing, id, { description }));
}

/** Takes a file back before it is sent. */
export function dropUpload(context: BranchContext, person: Person, id: number): void {
	const { file } = ownUpload(context, person, id);
	context.store.transact((writing) => {
		removeMedia(writing, id);
		writing.afterwards(() => file && context.media.remove(context.media.pathOf(file)));
	});
}

/** Gives files to the post that is being kept; in its transaction. Throws NotFound when one is not this person's, or is used already. */
export function attach(writing: Writing, post: Post, ids: readonly number[]): void {
	for (const id of ids.slice(0, MOST_MEDIA)) {
		const media = mediaById(writing, id);
		if (!media || media.person !== post.person || media.post !== null) throw new NotFound();
		changeMedia(writing, id, { post: post.id });
	}
}

async function settle(context: BranchContext, path: string, file: string, what: Sniffed) {
	if (what.kind !== 'picture') {
		await strip(path, what);
		await context.media.adopt(path, file);
		return null;
	}
	const drawn = context.media.incoming(context.ids.random());
	try {
		const size = await drawAnew(path, drawn);
		await context.media.adopt(drawn, file);
		return size;
	} finally {
		context.media.remove(drawn);
	}
}

/** Writes a sound or video over without what it says about itself; its size is within `LARGEST`. */
async function strip(path: string, what: Sniffed): Promise<void> {
	const bytes = await readFile(path);
	try {
		await writeFile(path, stripData(bytes, what));
	} catch (error) {
		if (!(error instanceof Unreadable)) throw error;
		throw refuse('What that file says about where it was made cannot be taken out.', 'media_unreadable');
	}
}

async function beginning(path: string): Promise<{ head: Buffer; size: number }> {
	const handle = await open(path, 'r');
	try {
		const head = Buffer.alloc(SNIFFED);
		const { bytesRead } = await handle.read(head, 0, SNIFFED, 0);
		return { head: head.subarray(0, bytesRead), size: (await handle.stat()).size };
	} finally {
		await handle.close();
	}
}

function refuse(sentence: string, fault: string): BadInput {
	return new BadInput(sentence, [{ field: 'file', text: fault }]);
}
