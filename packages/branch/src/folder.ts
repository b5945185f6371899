import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { Conflict, PublicError } from '@understory/core/errors.ts';
import { type FolderCard, isErrno, readCard, syncFolder, writeCard } from './folder-card.ts';
import type { BranchParts } from './open-branch.ts';
import { agreeTo } from './services/consenting.ts';
import { createKeyring, makeKeys } from './services/keyring.ts';
import { openDatabase, schemaOf } from './store/database.ts';
import { SCHEMA } from './store/migrations.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import { createStore } from './store/store.ts';

/** What making a folder needs of the home. */
export type FolderParts = Pick<BranchParts, 'clock' | 'log' | 'homeKey'>;

/**
 * Makes a branch folder at `path` as `desired` says, or finds the one that is already there (same branch, epoch and origin; a newer
 * generation is then for `OpenBranch.apply`). Crash-safe: everything is written beside it, synced, and renamed into place, so a
 * folder is whole or not there. Throws Conflict when something else lies there, and PublicError `read_only` or `disk_full`.
 */
export async function createBranchFolder(
	path: string,
	desired: DesiredBranch,
	parts: FolderParts,
): Promise<void> {
	try {
		const known = readCard(path) ?? remadeCard(path);
		if (known) return checkSame(known, desired);
		if (existsSync(path) && readdirSync(path).length > 0) {
			throw new Conflict('This folder holds something that is not a branch.', 'not_a_branch');
		}
		make(path, desired, parts);
		parts.log.info('branch_folder_made', { branch: desired.branch.id });
	} catch (error) {
		throw toFolderError(error);
	}
}

/** Of which schema the database of a folder is now, open or not; null when it cannot be read, because it is not there, or damaged. */
export function schemaOfFolder(path: string): number | null {
	try {
		return schemaOf(join(path, 'branch.sqlite'));
	} catch {
		return null;
	}
}

/**
 * A database that came back alone from a copy that was made as it changed has no card beside it, and says itself whose it is: the card is written anew. Null
 * where there is no database. Its epoch is the one that it was last wished for under.
 */
function remadeCard(path: string): FolderCard | null {
	if (!existsSync(join(path, 'branch.sqlite'))) return null;
	const { database } = openDatabase(join(path, 'branch.sqlite'), { create: false });
	const store = createStore(database);
	try {
		const desired = store.read((reading) => readSetting<DesiredBranch>(reading, 'desired'));
		if (!desired) return null;
		const { library, branch, generation, issued } = desired;
		const card: FolderCard = {
			type: 'understory/branch-folder/v1',
			...{ id: branch.id, library: library.id, origin: branch.origin, epoch: branch.epoch },
			...{ generation, schema: SCHEMA, made: issued },
		};
		mkdirSync(join(path, 'media'), { recursive: true, mode: 0o700 });
		writeCard(path, card);
		return card;
	} finally {
		store.close();
	}
}

function checkSame(card: FolderCard, desired: DesiredBranch): void {
	if (card.id !== desired.branch.id) {
		throw new Conflict('Another branch lies in this folder.', 'branch');
	}
	if (card.epoch !== desired.branch.epoch) throw epochConflict(card.epoch, desired.branch.epoch);
	if (card.origin !== desired.branch.origin) throw originConflict(card.origin, desired.branch.origin);
}

function make(path: string, desired: DesiredBranch, parts: FolderParts): void {
	const { branch } = desired;
	const making = `${path}.making`;
	rmSync(making, { recursive: true, force: true });
	mkdirSync(join(making, 'media'), { recursive: true, mode: 0o700 });
	const { database } = openDatabase(join(making, 'branch.sqlite'), { create: true });
	const store = createStore(database);
	try {
		store.transact((writing) => {
			writeSetting(writing, 'desired', desired);
			makeKeys(writing, { branch: branch.id, homeKey: parts.homeKey, now: parts.clock.now() });
		});
		const keyring = createKeyring({ store, branch: branch.id, homeKey: parts.homeKey, clock: parts.clock });
		store.transact((writing) => agreeTo(writing, desired, keyring.branchKey(), parts.clock.now()));
		// Everything into the one file, so that nothing of the folder depends on the side files.
		database.pragma('wal_checkpoint(TRUNCATE)');
	} finally {
		store.close();
	}
	writeCard(making, {
		type: 'understory/branch-folder/v1',
		id: branch.id,
		library: desired.library.id,
		origin: branch.origin,
		epoch: branch.epoch,
		generation: desired.generation,
		schema: SCHEMA,
		made: parts.clock.now(),
	});
	renameSync(making, path);
	syncFolder(dirname(path));
}

/** The folder is of another epoch than what is wanted: a copy, or a restored backup (DESIGN 5.8). */
export function epochConflict(folder: number, wanted: number): Conflict {
	return new Conflict(
		'This folder is a copy or a backup of the branch, not the one that serves it now. It is not opened, so that the branch cannot speak twice.',
		'epoch',
		{ detail: `epoch ${folder}, wanted ${wanted}` },
	);
}

/** The folder was made for another address. Names are forever (DESIGN 4.10, 5.5). */
export function originConflict(folder: string, wanted: string): Conflict {
	return new Conflict(
		`This branch was made for ${folder} and cannot move to ${wanted}. Start with the address and port it was made with.`,
		'origin',
	);
}

/** Faults of the file system, in words (DESIGN section 9, bad input). */
export function toFolderError(error: unknown): unknown {
	if (error instanceof PublicError) return error;
	if (isErrno(error, 'ENOSPC') || isErrno(error, 'EDQUOT')) {
		return new PublicError(507, 'disk_full', 'The disk is full, so the branch cannot be kept.', {
			cause: error,
		});
	}
	if (isErrno(error, 'EACCES') || isErrno(error, 'EROFS') || isErrno(error, 'EPERM')) {
		return new PublicError(
			503,
			'read_only',
			'The folder of this branch cannot be written to. Library IT has to give the home write access to it.',
			{ cause: error },
		);
	}
	return error;
}
