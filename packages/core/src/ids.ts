import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';

/** 2010-01-01T00:00:00Z, where the 41 bits of milliseconds begin (DESIGN 5.5). */
export const ID_EPOCH = 1_262_304_000_000;
const SEQUENCE = 4096;

/** A source of ids: safe integers, time-ordered, at most 4,096 a millisecond; strings on the wire. */
export interface IdSource {
	/** The next id; always greater than the one before, even when the clock steps back. */
	next(): number;
	/** A random UUIDv4, for what must not tell its time (statements, accounts). */
	random(): string;
}

/**
 * Makes a source of ids: 41 bits of milliseconds since 2010 and 12 of sequence, so safe integers until 2079 (DESIGN 5.5).
 * `after` is the highest id already given out (from a store), so that a restart never repeats one.
 */
export function createIds(clock: Clock, after = 0): IdSource {
	let last = after;
	return {
		next() {
			const first = (clock.now() - ID_EPOCH) * SEQUENCE;
			last = first > last ? first : last + 1;
			return last;
		},
		random: randomUUID,
	};
}

/** The moment an id was made, in UTC milliseconds. */
export function idTime(id: number): number {
	return Math.floor(id / SEQUENCE) + ID_EPOCH;
}

/** The first id that can be made at a moment (UTC milliseconds): everything below it is older. */
export function firstIdAt(time: number): number {
	return (time - ID_EPOCH) * SEQUENCE;
}

/** Reads an id from the wire; null when it is not one (nothing but digits, no leading zero, a safe integer). */
export function parseId(text: unknown): number | null {
	if (typeof text !== 'string' || !/^[1-9]\d{0,15}$/.test(text)) return null;
	const id = Number(text);
	return Number.isSafeInteger(id) ? id : null;
}
