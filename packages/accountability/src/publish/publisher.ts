import type { Clock } from '@understory/core/clock.ts';
import { LogMismatch } from '@understory/transparency-log/log.ts';
import type { Library } from '../registers.ts';

/** What can be in the way. */
export const TROUBLES = ['disk_full', 'log_differs', 'other'] as const;

/** Why nothing of a library can be published, and since when it has been so, UTC milliseconds. */
export interface Trouble {
	readonly why: (typeof TROUBLES)[number];
	readonly since: number;
}

/** Runs the sequencer when it is needed: one run at a time, because each holds a connection while it works. */
export interface Publisher {
	/** Publishes what is due. Resolves when a run that began after this call has ended; rejects when it failed. */
	publish(library: Library): Promise<void>;
	/** What stops a library's entries from being published; null when the last run went well. */
	trouble(library: Library): Trouble | null;
	/** Resolves when nothing runs. */
	idle(): Promise<void>;
}

export function createPublisher(sequence: (library: Library) => Promise<void>, clock: Clock): Publisher {
	const troubles = new Map<string, Trouble>();
	const waiting = new Map<string, Promise<void>>();
	let last: Promise<unknown> = Promise.resolve();

	return {
		publish(library) {
			const known = waiting.get(library.id);
			if (known) return known;
			const run = last.then(() => {
				waiting.delete(library.id);
				return sequence(library);
			});
			run.then(
				() => troubles.delete(library.id),
				(error: unknown) => {
					const since = troubles.get(library.id)?.since ?? clock.now();
					troubles.set(library.id, { why: whyOf(error), since });
				},
			);
			waiting.set(library.id, run);
			// A run that failed was answered for by its caller, and does not stop the next.
			last = run.catch(() => undefined);
			return run;
		},
		trouble: (library) => troubles.get(library.id) ?? null,
		async idle() {
			await last;
		},
	};
}

function whyOf(error: unknown): Trouble['why'] {
	const { code } = error as { code?: unknown };
	if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk_full';
	return error instanceof LogMismatch ? 'log_differs' : 'other';
}
