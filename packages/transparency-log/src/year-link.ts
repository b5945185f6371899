import { type Checkpoint, openCheckpoint, signCheckpoint } from './checkpoint.ts';
import type { SigningKey } from './keys.ts';
import { formatVkey, type NoteVerifier, parseVkey } from './note.ts';

/** The year of a log whose origin ends with one, and what stands before it; null for another kind of origin. */
export function yearOfOrigin(origin: string): { readonly prefix: string; readonly year: number } | null {
	const match = /^(.+\/)([1-9]\d{3})$/.exec(origin);
	return match ? { prefix: match[1]!, year: Number(match[2]) } : null;
}

/** Is `earlier` the log of a year before `later`, of the same place? */
export function isEarlierYear(earlier: string, later: string): boolean {
	const [a, b] = [yearOfOrigin(earlier), yearOfOrigin(later)];
	return a !== null && b !== null && a.prefix === b.prefix && a.year < b.year;
}

/**
 * The first entry of a year's log: the last checkpoint of the year before, as a signed note with the log's own line only. Ed25519 signatures are
 * deterministic (RFC 8032), so the same state gives the same bytes whenever it is asked for.
 */
export function yearLink(last: Checkpoint, key: SigningKey): Buffer {
	return Buffer.from(signCheckpoint(last, key), 'utf8');
}

/** What a year's log begins with: the state of the year before, and the key to check that log with. */
export interface YearBefore extends Checkpoint {
	readonly vkey: string;
}

/**
 * Reads the first entry of the log of this vkey. Null when it is an entry like any other, as in the first year of all. Throws BadNote for what
 * names an earlier year of this log and is not signed by the key of this one.
 */
export function readYearLink(entry: Uint8Array, vkey: string): YearBefore | null {
	const { name, key } = parseVkey(vkey);
	const origin = originIn(entry, name);
	if (origin === null) return null;
	const before = formatVkey({ name: origin, key });
	return { ...openCheckpoint(entry, before), vkey: before };
}

/** Does an entry begin as the checkpoint of an earlier year of this log does? Only a first entry may. */
export function looksLikeYearLink(entry: Uint8Array, vkey: string): boolean {
	return originIn(entry, parseVkey(vkey).name) !== null;
}

/** The key of the log of another year, by the key of one: it is the same under another name. */
export function verifierOfYear(known: NoteVerifier, origin: string): NoteVerifier | null {
	if (known.name === origin) return known;
	return isEarlierYear(known.name, origin) ? { name: origin, key: known.key } : null;
}

function originIn(entry: Uint8Array, origin: string): string | null {
	const [first = ''] = Buffer.from(entry.subarray(0, 1_000)).toString('utf8').split('\n', 1);
	return isEarlierYear(first, origin) ? first : null;
}
