import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupFacts } from '@understory/core/backup.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { CopyAway } from '@understory/core/copy-away.ts';
import type { Log } from '@understory/core/log.ts';
import type { Bucket } from '../bucket.ts';
import { readWhole, writeWhole } from '../files.ts';
import { type Errand, openErrands } from './errands.ts';
import { type AwayFault, isOfAll, toAwayFault } from './fault.ts';
import { bringAway, destroyAway, fetchAway, type KnownPieces, removeAway } from './pieces.ts';

/** One copy of a branch. */
interface OneCopy {
	readonly branch: string;
	readonly backup: string;
}

/** Brings copies to an object storage, one after the other, and removes them there; what does not go is tried again, also by the next process. */
export interface Away {
	readonly where: string;
	/** Has a copy that lies here and was tried brought there, in some milliseconds from now or at once. One that is there, or on its way, is no act. */
	bring(copy: OneCopy, later?: number): void;
	stateOf(copy: OneCopy): CopyAway;
	/** Is it on its way, and has met no fault yet? */
	isOnItsWay(copy: OneCopy): boolean;
	/** Has a copy removed there. Call it before the one here is. */
	remove(copy: OneCopy): void;
	/** Resolves when nothing of a branch is there any more. Rejects with `AwayFault`; it is tried again all the same. */
	destroy(branch: string): Promise<void>;
	/** Brings a copy back from there, where none lies. Rejects as `fetchAway` does. */
	fetch(copy: OneCopy & { readonly manifest?: string | undefined }): Promise<void>;
	/** Takes up what is due; call it now and then. */
	look(): void;
	/** Resolves when nothing is due any more. */
	settle(): Promise<void>;
	/** Breaks off what is under way; the next process goes on with it. */
	close(): Promise<void>;
}

/** In the folder of a copy: that it is there, and since when. */
const THERE = 'away.json';
const TRIED = 'tried.json';
const MINUTE = 60_000;
/** The longest wait between two tries, in milliseconds: a quarter of an hour. */
const LONGEST = 15 * MINUTE;

export function openAway(parts: {
	readonly bucket: Bucket;
	/** Where it keeps what is still to be done. */
	readonly folder: string;
	/** Where copies lie, or will: BRANCH/BACKUP. */
	readonly copies: string;
	placeOf(copy: OneCopy): string;
	readonly clock: Clock;
	readonly log: Log;
}): Away {
	const { bucket, folder, clock, log, placeOf } = parts;
	const { where } = bucket;
	const errands = openErrands(join(folder, 'errands'));
	const closing = new AbortController();
	const knownOf = (branch: string) => join(folder, 'pieces', `${branch}.json`);
	/** What the storage itself met last. */
	let trouble: { readonly fault: AwayFault; readonly tries: number; readonly until: number } | null = null;
	let working: Promise<void> | null = null;
	/** Who waits for everything of a branch to be destroyed. */
	const waiting = new Map<string, PromiseWithResolvers<void>>();

	const isThere = (copy: OneCopy) => thereIn(placeOf(copy))?.where === where;
	function want(act: Errand['act'], { branch, backup }: OneCopy, later = 0): void {
		const now = clock.now();
		const about = { branch, backup, since: now, next: now + later };
		errands.keep({ act, ...about, tries: 0, code: null, problem: null });
		look();
	}

	function bring(copy: OneCopy, later = 0): void {
		if (!isThere(copy) && errands.of(copy.branch, copy.backup) === undefined) want('bring', copy, later);
	}

	/** Another place than last time, or the first one: the newest copy of each branch that lies here is brought there. */
	function moveIn(): void {
		if (readWhole(join(folder, 'where')) === where) return;
		rmSync(join(folder, 'pieces'), { recursive: true, force: true });
		for (const branch of namesIn(parts.copies)) {
			const backup = newestIn(join(parts.copies, branch));
			if (backup !== null) bring({ branch, backup });
		}
		writeWhole(join(folder, 'where'), where);
	}

	async function attempt(errand: Errand): Promise<void> {
		const { act, branch } = errand;
		const { signal } = closing;
		if (act === 'destroy') {
			await destroyAway(branch, bucket, signal);
			rmSync(knownOf(branch), { force: true });
		} else if (act === 'remove') await removeAway(errand, bucket, signal);
		else if (existsSync(join(placeOf(errand), TRIED))) await bringOne(errand, signal);
	}

	async function bringOne(errand: Errand, signal: AbortSignal): Promise<void> {
		const known: KnownPieces = new Map(
			JSON.parse(readWhole(knownOf(errand.branch)) ?? '[]') as [string, string][],
		);
		try {
			await bringAway(placeOf(errand), errand, bucket, { known, signal });
		} finally {
			writeWhole(knownOf(errand.branch), JSON.stringify([...known]));
		}
		const there: There = { where, at: clock.now() };
		if (existsSync(placeOf(errand))) writeWhole(join(placeOf(errand), THERE), JSON.stringify(there));
	}

	async function work(): Promise<void> {
		for (;;) {
			const now = clock.now();
			const errand = (trouble?.until ?? 0) <= now ? errands.due(now) : undefined;
			if (!errand || closing.signal.aborted) return;
			try {
				await attempt(errand);
				if (trouble) log.info('copies_away_back');
				trouble = null;
				errands.end(errand);
				if (errand.act === 'destroy') waiting.get(errand.branch)?.resolve();
			} catch (error) {
				if (closing.signal.aborted) return;
				failed(errand, toAwayFault(error));
			}
		}
	}

	function failed(errand: Errand, fault: AwayFault): void {
		const tries = (isOfAll(fault) ? (trouble?.tries ?? 0) : errand.tries) + 1;
		const next = clock.now() + Math.min(LONGEST, MINUTE * 2 ** (tries - 1));
		// Said once, and not for each copy and try.
		if ((isOfAll(fault) ? trouble?.fault.code : errand.code) !== fault.code)
			log.error('copy_not_away', { branch: errand.branch, error: fault });
		if (errand.act === 'destroy') waiting.get(errand.branch)?.reject(fault);
		if (isOfAll(fault)) trouble = { fault, tries, until: next };
		if (errands.of(errand.branch, errand.backup) !== errand) return;
		errands.keep({ ...errand, tries: errand.tries + 1, next, code: fault.code, problem: fault.message });
	}

	function look(): void {
		if (working !== null || closing.signal.aborted) return;
		// What comes while one is under way is taken up by it, and what comes at its very end by the next look.
		working = work().finally(() => {
			working = null;
		});
	}

	async function settle(): Promise<void> {
		look();
		await working;
	}

	moveIn();
	return {
		where,
		bring,
		look,
		settle,
		stateOf(copy) {
			const there = thereIn(placeOf(copy));
			if (there?.where === where) return { state: 'there', ...there };
			const errand = errands.of(copy.branch, copy.backup);
			const { code = null, problem = null } = errand ?? {};
			const of = code === null && trouble ? { code: trouble.fault.code, problem: trouble.fault.message } : {};
			return { state: 'not_yet', where, since: errand?.since ?? clock.now(), code, problem, ...of };
		},
		isOnItsWay(copy) {
			const errand = errands.of(copy.branch, copy.backup);
			return (
				errand?.act === 'bring' && errand.code === null && trouble === null && errand.next <= clock.now()
			);
		},
		remove(copy) {
			const errand = errands.of(copy.branch, copy.backup);
			// Made for a move, or come with one: nobody began to bring it, so nothing is there.
			const isUntouched = errand === undefined || (errand.tries === 0 && errand.next > clock.now());
			if (existsSync(placeOf(copy)) && thereIn(placeOf(copy)) === null && isUntouched)
				return void (errand && errands.end(errand));
			want('remove', copy);
		},
		async destroy(branch) {
			errands.forget(branch);
			const done = Promise.withResolvers<void>();
			waiting.set(branch, done);
			// Before everything else: somebody waits.
			want('destroy', { branch, backup: '' }, -clock.now());
			if (trouble && trouble.until > clock.now()) throw trouble.fault;
			await done.promise.finally(() => waiting.delete(branch));
		},
		async fetch(copy) {
			await fetchAway(placeOf(copy), copy, bucket, closing.signal);
			writeWhole(join(placeOf(copy), THERE), JSON.stringify({ where, at: clock.now() } satisfies There));
		},
		async close() {
			const stopped = new Error('This home is stopped.');
			closing.abort(stopped);
			for (const { reject } of waiting.values()) reject(stopped);
			await working;
		},
	};
}

interface There {
	readonly where: string;
	readonly at: number;
}

function thereIn(copy: string): There | null {
	const text = readWhole(join(copy, THERE));
	return text === null ? null : (JSON.parse(text) as There);
}

/** The newest of the copies of a branch that were tried; null where there is none. */
function newestIn(folder: string): string | null {
	const made = (backup: string) => {
		const facts = readWhole(join(folder, backup, TRIED));
		return facts === null ? [] : [{ backup, made: (JSON.parse(facts) as BackupFacts).made }];
	};
	const tried = namesIn(folder).flatMap(made);
	return tried.toSorted((a, b) => b.made - a.made)[0]?.backup ?? null;
}

function namesIn(folder: string): string[] {
	return existsSync(folder) ? readdirSync(folder).filter((name) => /^[A-Za-z0-9-]+$/.test(name)) : [];
}
