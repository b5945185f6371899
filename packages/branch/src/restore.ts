import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Gone } from '@understory/core/gone.ts';
import { type CopyManifest, takeOut } from './backup.ts';
import { type FolderParts, toFolderError } from './folder.ts';
import { readCard, syncFolder, writeCard } from './folder-card.ts';
import { addressesOf } from './services/addresses.ts';
import { erase } from './services/erasing.ts';
import { createKeyring } from './services/keyring.ts';
import { emptyAccount } from './services/leaving.ts';
import { createMediaFolder } from './services/media-folder.ts';
import { faultIn } from './store/copy-database.ts';
import { openDatabase } from './store/database.ts';
import { addEntriesOf } from './store/entries.ts';
import { goneSince } from './store/gone.ts';
import { livePostsOf } from './store/leaving.ts';
import { SCHEMA } from './store/migrations.ts';
import { personById } from './store/people.ts';
import { changePost, postById } from './store/posts.ts';
import { endEverySession } from './store/sessions.ts';
import { readSetting } from './store/settings.ts';
import { createStore, type Store, type Writing } from './store/store.ts';

/**
 * Tries a copy: takes it out into a scratch folder, opens it as a home would, looks at every page and reference, and unwraps its keys. The
 * scratch folder is gone afterwards. Throws PublicError `damaged`, `newer_schema` or `wrong_home_key`.
 */
export async function tryCopy(copy: string, scratch: string, parts: FolderParts): Promise<CopyManifest> {
	try {
		const manifest = await takeOut(copy, scratch);
		opened(scratch, manifest, parts).close();
		return manifest;
	} catch (error) {
		throw toFolderError(error);
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}

/**
 * Lays a copy out as a folder of its own at `target`, under a new epoch, and does again in it what is gone. Everybody signs in anew, unless the copy is of a
 * folder that was closed. The folder is there whole or not at all; one of that epoch that is there already is kept. Throws as `tryCopy` does, and `disk_full`.
 */
export async function layOut(
	copy: string,
	target: string,
	wanted: { readonly epoch: number; readonly gone: readonly Gone[]; readonly keepSessions?: boolean },
	parts: FolderParts,
): Promise<void> {
	const making = `${target}.making`;
	try {
		if (readCard(target)?.epoch === wanted.epoch) return;
		rmSync(target, { recursive: true, force: true });
		const manifest = await takeOut(copy, making);
		const store = opened(making, manifest, parts);
		try {
			if (!wanted.keepSessions) store.transact((writing) => endEverySession(writing));
			goAgain(making, store, wanted.gone, parts);
		} finally {
			store.close();
		}
		writeCard(making, { ...readCard(making)!, epoch: wanted.epoch, schema: SCHEMA });
		renameSync(making, target);
		syncFolder(dirname(target));
	} catch (error) {
		rmSync(making, { recursive: true, force: true });
		throw toFolderError(error);
	}
}

/**
 * Takes over, from the folder that served until now into the one that is to, what may not be undone: what was deleted and taken down since,
 * and the entries of the log, whose chain goes on. Both are closed. False when the old one cannot be read to its end; what could be is taken
 * over all the same.
 */
export function takeOver(old: string, restored: string, parts: FolderParts): boolean {
	const to = createStore(openDatabase(join(restored, 'branch.sqlite'), { create: false }).database);
	let from: Store | undefined;
	try {
		from = createStore(openDatabase(join(old, 'branch.sqlite'), { create: false }).database);
		const gone = from.read((reading) => goneSince(reading, 0));
		goAgain(restored, to, gone, parts);
		const { read } = from;
		to.transact((writing) => read((reading) => addEntriesOf(reading, writing)));
		return true;
	} catch (error) {
		// A folder that is being restored is often one that is damaged.
		parts.log.warn('old_folder_not_read', { error });
		return false;
	} finally {
		from?.close();
		to.close();
	}
}

/** Opens the database of a folder that was taken out, when it is sound and belongs to what the manifest says. */
function opened(folder: string, manifest: CopyManifest, { homeKey, clock }: FolderParts): Store {
	const { database } = openDatabase(join(folder, 'branch.sqlite'), { create: false });
	const store = createStore(database);
	try {
		const fault = faultIn(database);
		const desired = store.read((reading) => readSetting<DesiredBranch>(reading, 'desired'));
		if (
			fault !== null ||
			desired?.branch.id !== manifest.branch ||
			readCard(folder)?.id !== manifest.branch
		) {
			const detail = fault ?? 'another branch';
			throw new PublicError(503, 'damaged', 'This backup is damaged. Use an older one.', { detail });
		}
		createKeyring({ store, branch: manifest.branch, homeKey, clock });
		return store;
	} catch (error) {
		store.close();
		throw error;
	}
}

function goAgain(folder: string, store: Store, gone: readonly Gone[], parts: FolderParts): void {
	const { origin } = readCard(folder)!;
	const context = {
		clock: parts.clock,
		media: createMediaFolder(join(folder, 'media')),
		at: addressesOf(origin),
		// Whoever asks for this knows it already.
		gone: () => undefined,
	};
	store.transact((writing) => {
		for (const one of gone) again(context, writing, one);
	});
}

function again(
	context: Parameters<typeof emptyAccount>[0],
	writing: Writing,
	{ what, id, decision }: Gone,
): void {
	if (what === 'person') {
		if (!personById(writing, id)) return;
		for (const post of livePostsOf(writing, { person: id })) erase(context, writing, post);
		emptyAccount(context, writing, id, `gone ${randomUUID()}`);
		return;
	}
	const post = postById(writing, id);
	if (!post || post.deleted !== null) return;
	if (what === 'post') erase(context, writing, id);
	else if (post.hidden === null) changePost(writing, id, { hidden: decision });
}
