import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyFolder, MANIFEST, measure } from '@understory/branch/backup.ts';
import { type CopySource, partOf, receiveCopy } from '@understory/branch/carrying.ts';
import { type FolderParts, toFolderError } from '@understory/branch/folder.ts';
import { readCard, syncFolder } from '@understory/branch/folder-card.ts';
import { layOut, takeOver, tryCopy } from '@understory/branch/restore.ts';
import type { BackupFacts, BackupOrder, CopyState, RestoreOrder } from '@understory/core/backup.ts';
import { BadInput, Malformed, PublicError, toPublicError, Unavailable } from '@understory/core/errors.ts';
import { readGone } from '@understory/core/gone.ts';
import type { ArrivalOrder, HandOverOrder, RemovalOrder } from '@understory/core/moving.ts';
import type { Away } from './away/away.ts';
import { atPlaceOfCopies, liesApart } from './copies-place.ts';
import { readWhole, writeWhole } from './files.ts';

/** Copies of the folders of a home: made, tried, laid out beside what serves, and put in its place. */
export interface Copies {
	/** Begins a copy, or says how far it is. One that is whole was tried. */
	backUp(order: BackupOrder): CopyState<BackupFacts>;
	/** One part of a copy, for another home that the platform let in: a document, or bytes. */
	handOver(order: HandOverOrder): Promise<object | Buffer>;
	/** Begins to take a copy from another home, or says how far it is; what is broken off goes on from there. One that is whole was tried. */
	arrive(order: ArrivalOrder): CopyState<BackupFacts>;
	/** Removes one copy. One that is not there is no fault. */
	remove(order: RemovalOrder): void;
	/** Begins to lay a copy out beside the folder that serves, or says how far that is. */
	layOut(order: RestoreOrder): CopyState<{ readonly epoch: number }>;
	/**
	 * Puts the folder that was laid out under this epoch in the place of the one that served, which stays beside it until the next time. Nothing
	 * happens where there is none of that epoch. Nobody may have either open.
	 */
	putInPlace(branch: string, epoch: number): void;
	/** Is there one of this epoch to be put in place? */
	isLaidOut(branch: string, epoch: number): boolean;
	/** Destroys the folder that was laid out beside, and nothing else. */
	destroyLaidOut(branch: string): void;
	/** Destroys the folder of a branch and every copy of it here. Nobody may have it open. */
	destroy(branch: string): void;
	/** Resolves when no copy of it lies in the object storage any more; rejects with `AwayFault`, and is tried again all the same. */
	destroyAway(branch: string): Promise<void>;
	/** Resolves when nothing is being copied. */
	settle(): Promise<void>;
}

interface Running {
	readonly ended: Promise<void>;
	state: CopyState<unknown>;
}

const TRIED = 'tried.json';
/** For so long a copy that was tried is still under way while it is brought to the object storage, in milliseconds: ten minutes. */
const WAIT_AWAY = 600_000;
/** When one that came from another home is brought there, in milliseconds: most come for a move, and are gone with it. */
const ARRIVED = 3_600_000;

export function createCopies(parts: {
	/** Where copies lie: a folder for each branch. */
	readonly folder: string;
	/** The home's own folder, in which copies lay before they were given a place. */
	readonly home: string;
	folderOf(branch: string): string;
	readonly folderParts: FolderParts;
	/** Told before a copy of a branch is made. */
	begun(branch: string): void;
	/** Where the parts of a copy of another home come from. */
	sourceOf(carriage: string): CopySource;
	/** The object storage that copies are brought to; null where there is none. */
	readonly away: Away | null;
}): Copies {
	const { folderParts, away } = parts;
	const { clock, log } = folderParts;
	const running = new Map<string, Running>();
	/** How far copies are that are being made. */
	const far = new Map<string, { readonly done: number; readonly total: number }>();
	const earlier = join(parts.home, 'backups');
	const placeOf = (branch: string, backup: string) => placeOfCopy(parts, { branch, backup });
	const besideOf = (branch: string) => `${parts.folderOf(branch)}.restored`;

	/** Begins what was not begun in this process; how it ended is kept until it ends, so that the platform hears of it. */
	function begin<Facts>(id: string, work: () => Promise<Facts>): CopyState<Facts> {
		const known = running.get(id);
		if (known) return sofar(id, known.state as CopyState<Facts>);
		const task: Running = {
			state: { state: 'underway' },
			ended: work().then(
				(facts) => {
					task.state = { state: 'done', facts };
				},
				(error: unknown) => {
					log.warn('copy_failed', { error });
					// Whoever asks next begins it again, and what has come is there.
					if (isInterruption(error)) return void running.delete(id);
					task.state = { state: 'failed', message: toPublicError(error).message };
				},
			),
		};
		running.set(id, task);
		return task.state as CopyState<Facts>;
	}

	/** The state with how far it is, where that is known. */
	function sofar<Facts>(id: string, state: CopyState<Facts>): CopyState<Facts> {
		const progress = far.get(id);
		return state.state === 'underway' && progress ? { ...state, progress } : state;
	}

	async function copyAndTry({ branch, backup, away: isBrought }: BackupOrder): Promise<BackupFacts> {
		const place = placeOf(branch, backup);
		parts.begun(branch);
		// Trying it is the last step.
		const tell = (done: number, total: number) => void far.set(backup, { done, total: total + 1 });
		const facts = await copyFolder(parts.folderOf(branch), place, { backup, now: clock.now, tell })
			.then(() => tried(place, backup))
			.finally(() => far.delete(backup));
		if (isBrought) away?.bring({ branch, backup });
		return facts;
	}

	/** Has a copy that lies in the object storage alone lie here as well, tried as any. */
	async function fetchAndTry(
		copy: Pick<RestoreOrder, 'branch' | 'backup' | 'manifest'>,
	): Promise<BackupFacts> {
		const { branch, backup, manifest } = copy;
		const place = placeOf(branch, backup);
		mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
		await away!.fetch({ branch, backup, manifest }).catch((error: unknown) => {
			throw toFolderError(error);
		});
		return tried(place, backup);
	}

	async function receiveAndTry({ branch, backup, carriage, base }: ArrivalOrder): Promise<BackupFacts> {
		const place = placeOf(branch, backup);
		const wanted = { backup, branch, base: base === null ? null : placeOf(branch, base) };
		await receiveCopy(place, wanted, parts.sourceOf(carriage), folderParts);
		const facts = await tried(place, backup);
		away?.bring({ branch, backup }, ARRIVED);
		return facts;
	}

	/** Tries a copy, and writes down that it was tried. */
	async function tried(place: string, backup: string): Promise<BackupFacts> {
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
			manifest: (await measure(join(place, MANIFEST))).sha256,
			apart: liesApart(place, parts.home),
		};
		writeWhole(join(place, TRIED), JSON.stringify(facts));
		return facts;
	}

	/** What is known of a copy that was tried, with where it lies; begins it otherwise. */
	function whole(
		{ branch, backup }: { readonly branch: string; readonly backup: string },
		work: () => Promise<BackupFacts>,
	): CopyState<BackupFacts> {
		const noted = readWhole(join(placeOf(branch, backup), TRIED));
		if (noted === null) return begin(backup, () => atPlaceOfCopies(dirname(placeOf(branch, backup)), work));
		const facts = JSON.parse(noted) as BackupFacts;
		return { state: 'done', facts: away ? { ...facts, away: away.stateOf({ branch, backup }) } : facts };
	}

	/** The same, for one that goes to the object storage: what begins it also asks for that, and it is waited for as long as that goes well and not too long. */
	function wholeAndAway(order: BackupOrder): CopyState<BackupFacts> {
		if (order.away === 'look' && !existsSync(placeOf(order.branch, order.backup)))
			return { state: 'failed', message: 'This backup is not where backups of this home lie.' };
		const told = whole(order, () => copyAndTry(order));
		if (told.state !== 'done' || !order.away || !away) return told;
		away.bring(order);
		const isNew = clock.now() - told.facts.verified < WAIT_AWAY;
		return isNew && away.isOnItsWay(order) ? { state: 'underway' } : whole(order, () => copyAndTry(order));
	}

	return {
		backUp: wholeAndAway,
		async handOver({ branch, backup, part }) {
			const place = placeOf(branch, backup);
			if (existsSync(place) || !away) return partOf(place, part, folderParts);
			const fetching = `fetch:${backup}`;
			const told = begin(fetching, () => fetchAndTry({ branch, backup }));
			if (told.state === 'failed') {
				// Whoever asks next begins it again, and what has come is there.
				running.delete(fetching);
				throw new PublicError(502, 'not_fetched', told.message);
			}
			throw new Unavailable('This backup is being fetched from the object storage.', 'being_fetched');
		},
		arrive: (order) => whole(order, () => receiveAndTry(order)),
		remove({ branch, backup }) {
			const place = placeOf(branch, backup);
			away?.remove({ branch, backup });
			const clear = () => {
				// Without its manifest it is no copy, so one that is half removed is not taken for one.
				rmSync(join(place, TRIED), { force: true });
				for (const end of ['', '.making', '.arriving', '.fetching', '.scratch'])
					rmSync(`${place}${end}`, { recursive: true, force: true });
			};
			const making = running.get(backup);
			clear();
			running.delete(backup);
			if (making?.state.state !== 'underway') return;
			// What is being made breaks off where it has nothing any more; what it wrote meanwhile goes with it.
			const rest = `${backup} that was removed`;
			const ended = making.ended.then(() => {
				running.delete(rest);
				if (!running.has(backup)) clear();
			});
			running.set(rest, { ...making, ended });
		},
		layOut({ branch, restore, backup, manifest, epoch, gone, keep_sessions: keepSessions = false }) {
			if (readGone(gone) === null) throw new Malformed('What is gone is not in its form.');
			if (epochOf(parts.folderOf(branch)) === epoch) return { state: 'done', facts: { epoch } };
			const place = placeOf(branch, backup);
			if (!existsSync(place) && !away) {
				const sentence = 'This backup is not where backups of this home lie. Was the folder moved?';
				return { state: 'failed', message: sentence };
			}
			return begin(restore, async () => {
				if (!existsSync(place)) await fetchAndTry({ branch, backup, manifest });
				await layOut(place, besideOf(branch), { epoch, gone, keepSessions }, folderParts);
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
		destroyLaidOut(branch) {
			const beside = besideOf(branch);
			for (const end of ['', '.making']) rmSync(`${beside}${end}`, { recursive: true, force: true });
		},
		destroy(branch) {
			const folder = parts.folderOf(branch);
			for (const end of ['', '.before', '.restored', '.making'])
				rmSync(`${folder}${end}`, { recursive: true, force: true });
			for (const at of [parts.folder, earlier])
				rmSync(join(at, nameIn(branch)), { recursive: true, force: true });
			log.info('branch_destroyed', { branch });
		},
		destroyAway: async (branch) => away?.destroy(nameIn(branch)),
		async settle() {
			await Promise.all([...running.values()].map(({ ended }) => ended));
		},
	};
}

/** Where a copy lies, or will. One that was made before copies were given another place than the home is still where it was. */
export function placeOfCopy(
	{ folder, home }: { readonly folder: string; readonly home: string },
	{ branch, backup }: { readonly branch: string; readonly backup: string },
): string {
	const [place, before] = [folder, join(home, 'backups')].map((at) =>
		join(at, nameIn(branch), nameIn(backup)),
	);
	return !existsSync(place!) && existsSync(join(before!, MANIFEST)) ? before! : place!;
}

/** The epoch of a folder; null where none lies, or one that cannot say it: such a one is what is being restored. */
export function epochOf(folder: string): number | null {
	try {
		return readCard(folder)?.epoch ?? null;
	} catch (error) {
		if (error instanceof PublicError && error.code === 'damaged') return null;
		throw error;
	}
}

/** Did a copy not come whole only because somebody did not answer just then? */
function isInterruption(error: unknown): boolean {
	return error instanceof PublicError && error.code === 'not_handed_over';
}

/** An id as part of a path, and nothing that leads elsewhere. */
function nameIn(id: string): string {
	if (!/^[A-Za-z0-9-]+$/.test(id))
		throw new BadInput('That is no id.', [{ field: 'id', text: 'Letters, digits and hyphens.' }]);
	return id;
}
