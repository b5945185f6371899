import { dateIn } from '@understory/core/calendar.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { LogMismatch, type Log as TransparencyLog } from '@understory/transparency-log/log.ts';
import { BadNote } from '@understory/transparency-log/note.ts';
import type { Library } from '../registers.ts';
import type { Db } from '../store/database.ts';
import { knownLog, logYears } from '../store/sequence.ts';
import { type Logs, logOrigin } from './logs.ts';
import { mendLog } from './mend-log.ts';
import { placedEntries } from './placed-entries.ts';

/** Keeps the files of logs as they were published. Only under the library's lock. */
export interface LogKeeper {
	/** Looks through every file when it is first asked, and then once a day: what was damaged or lost is made again, and written down. */
	lookAfter(library: Library): Promise<void>;
	/** Opens a log to write to it. One whose files do not hold is mended first, where what was published allows it. */
	open(library: Library, year: number): Promise<TransparencyLog>;
}

export function createLogKeeper(parts: {
	readonly db: Db;
	readonly logs: Logs;
	readonly clock: Clock;
	readonly log: Log;
}): LogKeeper {
	const { db, logs, clock, log } = parts;
	/** By library, the day on which its files were last looked through. */
	const lookedOn = new Map<string, string>();

	async function mend(library: Library, year: number): Promise<void> {
		const known = await knownLog(db, library.id, year);
		if (!known) return;
		const mended = await mendLog({
			...{ ...known, origin: logOrigin(library, year), key: await logs.key(library) },
			storage: logs.storage(library, year),
			entries: (from, until) => placedEntries(db, library.id, year, from, until),
		});
		if (mended.length === 0) return;
		logs.forget(library, year);
		const { slug } = library.register.library;
		log.warn('log_mended', { role: 'accountability', library: slug, count: mended.length });
	}

	return {
		async lookAfter(library) {
			const today = dateIn(library.zone, clock.now());
			if (lookedOn.get(library.id) === today) return;
			for (const year of await logYears(db, library.id)) await mend(library, year);
			lookedOn.set(library.id, today);
		},
		async open(library, year) {
			try {
				return await logs.write(library, year);
			} catch (error) {
				if (!(error instanceof LogMismatch || error instanceof BadNote)) throw error;
				await mend(library, year);
				return logs.write(library, year);
			}
		},
	};
}
