import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { readCard } from '@understory/branch/folder-card.ts';
import type { Log } from '@understory/core/log.ts';
import type { Litestream } from './litestream.ts';

/**
 * Has the database of each branch copied as it changes, for as long as it is open or has something that is not copied yet: a home of ten
 * thousand branches that rest has nothing to follow (DESIGN 4.1).
 */
export interface ContinuousCopy {
	/** Somebody opened a branch: it is followed from now on. */
	opened(branch: string): void;
	/** It was closed: it is followed until everything is in the copy. */
	closed(branch: string): void;
	/**
	 * Resolves when nothing follows the file of a branch, so that its folder can be renamed or destroyed. What does not get into the copy within
	 * some seconds is left out of it: the folder is not kept waiting for a storage that is away.
	 */
	release(branch: string): Promise<void>;
	/** Looks what is followed and what should be, and mends it; call it now and then, and once more when everything is closed. */
	look(): Promise<void>;
}

/** Where a branch's file lies now, and where its copy belongs: another place for each epoch, so that an old folder never writes into the copy of a new one. */
export interface FollowedFile {
	readonly file: string;
	readonly replica: string;
}

/** Follows nothing. */
export const noContinuousCopy: ContinuousCopy = {
	opened: () => undefined,
	closed: () => undefined,
	release: async () => undefined,
	look: async () => undefined,
};

export function followBranches(parts: {
	readonly litestream: Litestream;
	/** Below which every file of this home lies; another home of the machine may use the same Litestream. */
	readonly folder: string;
	/** Where a branch is noted while something of it may not be copied yet: a home that was killed goes on there. */
	readonly notes: string;
	/** Null when there is no folder that can be read. */
	placeOf(branch: string): FollowedFile | null;
	readonly log: Log;
}): ContinuousCopy {
	const { litestream, log } = parts;
	/** What should be followed: `open`, or only until all is `copied`. */
	const wanted = new Map<string, { readonly place: FollowedFile; readonly until: 'closed' | 'copied' }>();
	/** What this process had followed, by file, with the place of its copy. */
	const followed = new Map<string, string>();
	let isAway = false;
	let queue = Promise.resolve();

	mkdirSync(parts.notes, { recursive: true, mode: 0o700 });
	const noteOf = (branch: string) => join(parts.notes, branch);
	for (const branch of readdirSync(parts.notes)) {
		const place = parts.placeOf(branch);
		if (place) wanted.set(branch, { place, until: 'copied' });
	}

	function forget(branch: string): void {
		wanted.delete(branch);
		rmSync(noteOf(branch), { force: true });
	}

	/** One thing after the other: each begins with what the one before left. */
	function inTurn(act: () => Promise<void>): Promise<void> {
		queue = queue.then(act).then(
			() => {
				if (isAway) log.info('continuous_copy_back');
				isAway = false;
			},
			(error: unknown) => {
				// Said once, and not for each branch and look.
				if (!isAway) log.error('continuous_copy_away', { error });
				isAway = true;
			},
		);
		return queue;
	}

	async function letGo(file: string): Promise<void> {
		await litestream.unregister(file);
		followed.delete(file);
	}

	async function lookAtAll(): Promise<void> {
		const listed = new Set(await litestream.list());
		const places = new Map([...wanted.values()].map(({ place }) => [place.file, place.replica]));
		for (const file of [...followed.keys()]) if (!listed.has(file)) followed.delete(file);
		for (const file of listed) {
			if (!file.startsWith(`${parts.folder}${sep}`)) continue;
			// Also what an earlier process of this home had followed: where its copy lies, nobody says.
			if (followed.has(file) && followed.get(file) === places.get(file)) continue;
			await litestream.sync(file).catch(() => undefined);
			await letGo(file);
		}
		for (const [branch, { place, until }] of wanted) {
			if (!followed.has(place.file)) {
				await litestream.register(place.file, place.replica);
				followed.set(place.file, place.replica);
			}
			if (until === 'copied') await finish(branch);
		}
	}

	async function finish(branch: string): Promise<void> {
		const known = wanted.get(branch);
		if (known?.until !== 'copied') return;
		await litestream.sync(known.place.file);
		// Opened again meanwhile: then it stays followed.
		if (wanted.get(branch) !== known) return;
		await letGo(known.place.file);
		if (wanted.get(branch) === known) forget(branch);
	}

	return {
		opened(branch) {
			const place = parts.placeOf(branch);
			if (!place) return;
			writeFileSync(noteOf(branch), '');
			wanted.set(branch, { place, until: 'closed' });
			void inTurn(lookAtAll);
		},
		closed(branch) {
			const known = wanted.get(branch);
			if (!known) return;
			wanted.set(branch, { place: known.place, until: 'copied' });
			void inTurn(() => finish(branch));
		},
		release(branch) {
			return inTurn(async () => {
				const known = wanted.get(branch);
				forget(branch);
				if (!known || !followed.has(known.place.file)) return;
				try {
					await litestream.sync(known.place.file);
				} finally {
					await letGo(known.place.file);
				}
			});
		},
		look: () => inTurn(lookAtAll),
	};
}

/** The database in a branch's folder, whose copy lies at `BRANCH/EPOCH` below the URL; null where there is no folder. Throws when its card cannot be read. */
export function followedFile(folder: string, replica: string): FollowedFile | null {
	const card = readCard(folder);
	if (card === null) return null;
	const url = new URL(replica);
	url.pathname = `${url.pathname.replace(/\/$/, '')}/${card.id}/${card.epoch}`;
	return { file: join(folder, 'branch.sqlite'), replica: url.href };
}
