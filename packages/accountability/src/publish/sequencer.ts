import { dateIn, momentIn, yearIn } from '@understory/core/calendar.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { Checkpoint } from '@understory/transparency-log/checkpoint.ts';
import { LogMismatch, type Log as TransparencyLog } from '@understory/transparency-log/log.ts';
import { leafHash, leavesReader, rootOf } from '@understory/transparency-log/tree.ts';
import { yearLink } from '@understory/transparency-log/year-link.ts';
import type { Library } from '../registers.ts';
import type { Database, Db } from '../store/database.ts';
import { hasSealed, isMonthDone, placeBatch, sealedWaiting } from '../store/sealed.ts';
import {
	firstUnpublished,
	givePlaces,
	isAnyDue,
	knownLog,
	knownLogs,
	linkOf,
	linkYear,
	logYears,
	markPublished,
	newestDay,
	newestYear,
	placedFrom,
	placesGiven,
	unpublishedYears,
} from '../store/sequence.ts';
import { createLogKeeper } from './log-keeper.ts';
import type { Logs } from './logs.ts';
import { placedEntries } from './placed-entries.ts';
import { mixBatch, monthBefore } from './sealed-batch.ts';

/** `now`: as they come. `daily`: those of a day together on the next, which hides exact times (reference 2.2). */
export type PublishMode = 'now' | 'daily';

type KnownLogs = Awaited<ReturnType<typeof knownLogs>>;

/** Entries that are put into a log in one go. */
const AT_ONCE = 16 * 256;

/**
 * Makes the step from accepted to published, for one library. Each entry gets its place once, in the database; the log in the
 * folder is made from the places; then the database is told. Killed between any two of these, the next call goes on where it
 * stood. Each log but the first begins with the last checkpoint of the one before. Only one process is at it at a time. Rejects with LogMismatch, and publishes nothing, when
 * folder and database tell different stories (one of them was restored from a backup).
 */
export function createSequencer(parts: {
	readonly database: Database;
	readonly logs: Logs;
	readonly clock: Clock;
	readonly publish: PublishMode;
	/** Where it is above 0, branches may be too small for their decisions to be shown one by one. */
	readonly minimumPopulation: number;
	readonly log: Log;
	/** Keeps the salted copies of what is sealed, for audits. */
	readonly keepSealed: (db: Db, library: Library) => Promise<void>;
}): (library: Library) => Promise<void> {
	const { database, logs, clock, publish, minimumPopulation, keepSealed } = parts;
	const { db } = database;
	const keeper = createLogKeeper({ db, logs, clock, log: parts.log });

	return async (library) => {
		await database.alone(`accountability/${library.id}`, async () => {
			const known = await knownLogs(db, library.id);
			await checkKey(library, known);
			await keeper.lookAfter(library);
			// Years of before first: what was placed in December belongs there, though it is January now.
			for (const year of await yearsBehind(library, known)) await publishPlaced(library, year);
			// A clock that was set back does not open a year again that is closed: the year after names its last state.
			const newest = await newestYear(db, library.id);
			const year = Math.max(yearIn(library.zone, clock.now()), newest ?? 0);
			const placed = [await placeDue(library, year), await placeSealed(library, year)];
			if (placed.includes(true)) await publishPlaced(library, year);
			if (await hasSealed(db, library.id)) await keepSealed(db, library);
		});
	};

	/** Another key would be another log under the same name, so we stop before it signs anything. */
	async function checkKey(library: Library, known: KnownLogs): Promise<void> {
		const { id } = await logs.key(library);
		for (const { year, key_id } of known) {
			if (key_id !== id)
				throw new LogMismatch(`The key in the folder is not the one that signed the log of ${year}.`);
		}
	}

	/** Years with entries that have a place and are not published, and years whose folder lost what was published. */
	async function yearsBehind(library: Library, logsKnown: KnownLogs): Promise<number[]> {
		const years = new Set(await unpublishedYears(db, library.id));
		for (const { year, size: known } of logsKnown) {
			const size = await logs.size(library, year);
			if (size === null || size < known || (await placesGiven(db, library.id, year)) > known) years.add(year);
		}
		return [...years].sort((a, b) => a - b);
	}

	async function placeDue(library: Library, year: number): Promise<boolean> {
		const today = dateIn(library.zone, clock.now());
		const publishedOn = await dayNotBefore(library, today);
		const before = publish === 'now' ? Number.MAX_SAFE_INTEGER : momentIn(library.zone, today, '00:00')!;
		if (!(await isAnyDue(db, library.id, before)) && (await knownLog(db, library.id, year))) return false;
		const size = await logs.size(library, year);
		const link = await linkDue(library, year);
		await db.transaction(async (tx) => {
			if (link !== null) await linkYear(tx, library.id, year, link);
			const from = await placesGiven(tx, library.id, year);
			if (size !== null && size > from) {
				throw new LogMismatch(`The log of ${year} has more entries than the database knows of.`);
			}
			await givePlaces(tx, { libraryId: library.id, year, from, publishedOn }, before);
		});
		return true;
	}

	/**
	 * Once a month the sealed entries of the month before come into the log, with decoys among them: at a library where branches may seal
	 * what they decide, also in a month in which none did.
	 */
	async function placeSealed(library: Library, year: number): Promise<boolean> {
		const { month, until } = monthBefore(library.zone, clock.now());
		const may =
			minimumPopulation > 0 || library.register.branches.some((one) => one.totals_only !== undefined);
		if (!may && !(await hasSealed(db, library.id))) return false;
		if (await isMonthDone(db, library.id, month)) return false;
		const publishedOn = await dayNotBefore(library, dateIn(library.zone, clock.now()));
		await db.transaction(async (tx) => {
			const batch = mixBatch(await sealedWaiting(tx, library.id, until));
			const from = await placesGiven(tx, library.id, year);
			await placeBatch(tx, { libraryId: library.id, month, year, from, publishedOn }, batch);
		});
		return true;
	}

	/** A clock that was set back does not date anything before what was published already. */
	async function dayNotBefore(library: Library, today: string): Promise<string> {
		const newest = await newestDay(db, library.id);
		if (newest === null || newest <= today) return today;
		parts.log.warn('clock_set_back', { role: 'accountability', library: library.register.library.slug });
		return newest;
	}

	/** What a log that is about to begin begins with: the last checkpoint of the year before, which was published to its end just now. */
	async function linkDue(library: Library, year: number): Promise<string | null> {
		const before = (await logYears(db, library.id)).find((one) => one < year);
		if (before === undefined || (await placesGiven(db, library.id, year)) > 0) return null;
		if (await knownLog(db, library.id, year)) return null;
		const last = (await keeper.open(library, before)).checkpoint();
		await checkSame(last, library, before);
		return yearLink(last, await logs.key(library)).toString('utf8');
	}

	async function checkSame(last: Checkpoint, library: Library, year: number): Promise<void> {
		const known = await knownLog(db, library.id, year);
		if (known?.size === last.size && known.root === last.root.toString('base64')) return;
		throw new LogMismatch(`The log of ${year} in the folder is not the one that was published.`);
	}

	async function publishPlaced(library: Library, year: number): Promise<void> {
		const log = await keeper.open(library, year);
		await checkAgainstKnown(log, library, year);
		await checkOverlap(log, library, year);
		const given = await placesGiven(db, library.id, year);
		// In parts, so that it takes no more memory however many there are.
		for (let { size } = log.checkpoint(); size < given; { size } = log.checkpoint())
			await log.append(
				size,
				await placedEntries(db, library.id, year, size, Math.min(given, size + AT_ONCE)),
			);
		const { size: published, root } = log.checkpoint();
		const { id } = await logs.key(library);
		await db.transaction((tx) =>
			markPublished(tx, {
				libraryId: library.id,
				year,
				size: published,
				root: root.toString('base64'),
				key_id: id,
			}),
		);
	}

	/** What is in the log already and not marked (we died in between) must be the very entries that were given those places. */
	async function checkOverlap(log: TransparencyLog, library: Library, year: number): Promise<void> {
		const { size } = log.checkpoint();
		const link = await linkOf(db, library.id, year);
		if (link !== null && size > 0 && !(await log.entry(0)).equals(Buffer.from(link, 'utf8'))) {
			throw new LogMismatch(`The log of ${year} does not begin with the year before.`);
		}
		const first = await firstUnpublished(db, library.id, year);
		if (first === null) return;
		for (const row of await placedFrom(db, library.id, year, first)) {
			if (row.log_index >= size) return;
			if (!(await log.entry(row.log_index)).equals(Buffer.from(row.entry, 'utf8'))) {
				throw new LogMismatch(
					`Entry ${row.log_index} of the log of ${year} is not the one that was placed there.`,
				);
			}
		}
	}

	/**
	 * What was published stays what it was. A folder that lost its end may be made again from the database, but only when that
	 * leads over the very root that was published: this is looked at before anything is signed.
	 */
	async function checkAgainstKnown(log: TransparencyLog, library: Library, year: number): Promise<void> {
		const known = await knownLog(db, library.id, year);
		const { size, root } = log.checkpoint();
		if (!known || known.size < size) return;
		const again = known.size === size ? root : await rootOfFirst(known.size, library, year);
		if (again.toString('base64') !== known.root) {
			throw new LogMismatch(`The log of ${year} in the folder is not the one that was published.`);
		}
	}

	async function rootOfFirst(size: number, library: Library, year: number): Promise<Buffer> {
		const leaves = (await placedEntries(db, library.id, year, 0)).slice(0, size).map(leafHash);
		if (leaves.length < size)
			throw new LogMismatch(`Entries of the log of ${year} are missing in the database.`);
		return rootOf(size, leavesReader(leaves));
	}
}
