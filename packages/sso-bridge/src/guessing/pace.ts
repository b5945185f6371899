import { setTimeout as wait } from 'node:timers/promises';

/** How many of the last answers of a catalogue are remembered, by their length alone. */
const REMEMBERED = 32;

/** What the pace is made from; a test gives its own. */
export interface PaceParts {
	/** How long a refusal takes at least, in milliseconds. */
	readonly minimum: number;
	/** Milliseconds that only grow. */
	now(): number;
	/** Resolves at this moment, at once when it has passed. */
	until(moment: number): Promise<void>;
	/** Evenly from 0 up to 1. */
	random(): number;
}

/** Makes refusals take the same time, whatever they were made of (reference/library-sso.md 7.5). */
export interface Pace {
	now(): number;
	/** A catalogue took so long to say no. */
	heard(library: string, milliseconds: number): void;
	/**
	 * Waits until a refusal that began at `started` may be said. One that was not asked of the catalogue takes as long as one that was, by the
	 * catalogue's own last answers; every one takes a whole number of minimums, so that a slow catalogue does not tell more than a fast one, and a
	 * little more by chance.
	 */
	refuse(library: string, how: { started: number; asked: boolean }): Promise<void>;
}

export function createPace({ minimum, now, until, random }: PaceParts): Pace {
	const answers = new Map<string, number[]>();
	const likeThem = (library: string) => {
		const known = answers.get(library) ?? [];
		return known[Math.floor(random() * known.length)] ?? 0;
	};
	return {
		now,
		heard(library, milliseconds) {
			answers.set(library, [...(answers.get(library) ?? []), milliseconds].slice(-REMEMBERED));
		},
		async refuse(library, { started, asked }) {
			const took = Math.max(now() - started, asked ? 0 : likeThem(library));
			const steps = minimum === 0 ? 0 : Math.max(1, Math.ceil(took / minimum));
			await until(started + steps * minimum + random() * (minimum / 4));
		},
	};
}

/** By the machine's own time. */
export function machinePace(minimum: number): Pace {
	return createPace({
		minimum,
		now: () => performance.now(),
		async until(moment) {
			const left = moment - performance.now();
			if (left > 0) await wait(left);
		},
		random: Math.random,
	});
}
