import type { Library } from '../registers.ts';

/** Runs the sequencer when it is needed: one run at a time, because each holds a connection while it works. */
export interface Publisher {
	/** Publishes what is due. Resolves when a run that began after this call has ended; rejects when it failed. */
	publish(library: Library): Promise<void>;
	/** Resolves when nothing runs. */
	idle(): Promise<void>;
}

export function createPublisher(sequence: (library: Library) => Promise<void>): Publisher {
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
			waiting.set(library.id, run);
			// A run that failed was answered for by its caller, and does not stop the next.
			last = run.catch(() => undefined);
			return run;
		},
		async idle() {
			await last;
		},
	};
}
