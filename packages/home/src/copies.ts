import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyFolder } from '@understory/branch/backup.ts';
import type { FolderParts } from '@understory/branch/folder.ts';
import { readCard, syncFolder } from '@understory/branch/folder-card.ts';
import { layOut, takeOver, tryCopy } from '@understory/branch/restore.ts';
import type { BackupFacts, BackupOrder, CopyState, RestoreOrder } from '@understory/core/backup.ts';
import { BadInput, Malformed, PublicError, toPublicError } from '@understory/core/errors.ts';
import { readGone } from '@understory/core/gone.ts';
import { readWhole, writeWhole } from './files.ts';

/** Copies of the folders of a home: made, tried, laid out beside what serves, and put in its place. */
export interface Copies {
	/** Begins a copy, or says how far it is. One that is whole was tried. */
	backUp(order: BackupOrder): CopyState<BackupFacts>;
	/** Begins to lay a copy out beside the folder that serves, or says how far that is. */
	layOut(order: RestoreOrder): CopyState<{ readonly epoch: number }>;
	/**
	 * Puts the folder that was laid out under this epoch in the place of the one that served, which stays beside it until the next time. Nothing
	 * happens where there is none of that epoch. Nobody may have either open.
	 */
	putInPlace(branch: string, epoch: number): void;
	/** Is there one of this epoch to be put in place? */
	isLaidOut(branch: string, epoch: number): boolean;
	/** Destroys the folder of a branch and every copy of it here. Nobody may have it open. */
	destroy(branch: string): void;
	/** Resolves when nothing is being copied. */
	settle(): Promise<void>;
}

interface Running {
	readonly ended: Promise<void>;
	state: CopyState<unknown>;
}

const TRIED = 'tried.json';

export function createCopies(parts: {
	/** Where copies lie: a folder for each branch. */
	readonly folder: string;
	folderOf(branch: string): string;
	readonly folderParts: FolderParts;
	/** Told before a copy of a branch is made. */
	begun(branch: string): void;
}): Copies {
	const { folderParts } = parts;
	const { clock, log } = folderParts;
	const running = new Map<string, Running>();
	const placeOf = (branch: string, backup: string) => join(parts.folder, nameIn(branch), nameIn(backup));
	const besideOf = (branch: string) => `${parts.folderOf(branch)}.restored`;

	/** Begins what was not begun in this process; how it ended is kept until it ends, so that the platform hears of it. */
	function begin<Facts>(id: string, work: () => Promise<Facts>): CopyState<Facts> {
		const known = running.get(id);
		if (known) return known.state as CopyState<Facts>;
		const task: Running = {
			state: { state: 'underway' },
			ended: work().then(
				(facts) => {
					task.state = { state: 'done', facts };
				},
				(error: unknown) => {
					log.warn('copy_failed', { error });
					task.state = { state: 'failed', message: toPublicError(error).message };
				},
			),
		};
		running.set(id, task);
		return task.state as CopyState<Facts>;
	}

	async function copyAndTry({ branch, backup }: BackupOrder): Promise<BackupFacts> {
		const place = placeOf(branch, backup);
		mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
		parts.begun(branch);
		await copyFolder(parts.folderOf(branch), place, { backup, now: clock.now });
		const { made, files, epoch, generation, schema } = await tryCopy(place, `${place}.scratch`, folderParts);
		const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
		const facts = {
			backup,
			made,
			verified: clock.now(),
			bytes,
			files: files.length,
			epoch,
			generation,
			schema,
		};
		writeWhole(join(place, TRIED), JSON.stringify(facts));
		return facts;
	}

	return {
		backUp(order) {
			const tried = readWhole(join(placeOf(order.branch, order.backup), TRIED));
			if (tried !== null) return { state: 'done', facts: JSON.parse(tried) as BackupFacts };
			return begin(order.backup, () => copyAndTry(order));
		},
		layOut({ branch, restore, backup, epoch, gone }) {
			if (readGone(gone) === null) throw new Malformed('What is gone is not in its form.');
			if (epochOf(parts.folderOf(branch)) === epoch) return { state: 'done', facts: { epoch } };
			const place = placeOf(branch, backup);
			if (!existsSync(place)) {
				const sentence = 'This backup is not where backups of this home lie. Was the folder moved?';
				return { state: 'failed', message: sentence };
			}
			return begin(restore, async () => {
				await layOut(place, besideOf(branch), { epoch, gone }, folderParts);
				return { epoch };
			});
		},
		isLaidOut: (branch, epoch) => epochOf(besideOf(branch)) === epoch,
		putInPlace(branch, epoch) {
			const folder = parts.folderOf(branch);
			const beside = besideOf(branch);
			if (epochOf(beside) !== epoch) return;
			const before = `${folder}.before`;
			if (existsSync(folder)) {
				takeOver(folder, beside, folderParts);
				rmSync(before, { recursive: true, force: true });
				renameSync(folder, before);
			}
			renameSync(beside, folder);
			syncFolder(dirname(folder));
			log.info('branch_restored', { branch });
		},
		destroy(branch) {
			const folder = parts.folderOf(branch);
			for (const end of ['', '.before', '.restored', '.making'])
				rmSync(`${folder}${end}`, { recursive: true, force: true });
			rmSync(join(parts.folder, nameIn(branch)), { recursive: true, force: true });
			log.info('branch_destroyed', { branch });
		},
		async settle() {
			await Promise.all([...running.values()].map(({ ended }) => ended));
		},
	};
}

/** The epoch of a folder; null where none lies, or one that cannot say it: such a one is what is being restored. */
function epochOf(folder: string): number | null {
	try {
		return readCard(folder)?.epoch ?? null;
	} catch (error) {
		if (error instanceof PublicError && error.code === 'damaged') return null;
		throw error;
	}
}

/** An id as part of a path, and nothing that leads elsewhere. */
function nameIn(id: string): string {
	if (!/^[A-Za-z0-9-]+$/.test(id))
		throw new BadInput('That is no id.', [{ field: 'id', text: 'Letters, digits and hyphens.' }]);
	return id;
}
