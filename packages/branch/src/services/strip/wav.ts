import { Unreadable } from './unreadable.ts';

/** What it takes to play one (RIFF, Microsoft and IBM 1991): the form of the samples and the samples. */
const KEPT = new Set(['fmt ', 'fact', 'data']);
const HEADER = 12;

/** A WAV without notes: every chunk that is not needed to play it is made `JUNK` of zeros, and what stands behind the end is cut. */
export function stripWav(bytes: Buffer): Buffer {
	// A recorder that was stopped never wrote how long it is.
	const said = bytes.length >= HEADER ? bytes.readUInt32LE(4) + 8 : 0;
	const end = said <= HEADER ? bytes.length : Math.min(said, bytes.length);
	let samples = false;
	let at = HEADER;
	while (at + 8 <= end) {
		const name = bytes.toString('latin1', at, at + 4);
		const size = bytes.readUInt32LE(at + 4);
		const next = at + 8 + size;
		if (next > end && name !== 'data') throw new Unreadable('a chunk is longer than the file');
		if (!KEPT.has(name)) {
			bytes.write('JUNK', at, 'latin1');
			bytes.fill(0, at + 8, next);
		}
		samples ||= name === 'data';
		at = Math.min(next + (size % 2), end);
	}
	if (!samples) throw new Unreadable('no samples');
	return bytes.subarray(0, at);
}
