import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** The most that is read at once. */
const PIECE = 4 * 1024 * 1024;

/**
 * How often each text stands in the memory of a process, in the bytes that strings and buffers have there (one byte a sign, or two), as a dump of it would show.
 * Needs the right to look, which a process has over those it started.
 */
export function foundInMemory(pid: number, texts: readonly string[]): Map<string, number> {
	const found = new Map(texts.map((text) => [text, 0]));
	const needles = texts.flatMap((text) => [
		{ text, bytes: Buffer.from(text, 'latin1') },
		{ text, bytes: Buffer.from(text, 'utf16le') },
	]);
	const longest = Math.max(...needles.map(({ bytes }) => bytes.length));
	const memory = openSync(`/proc/${pid}/mem`, 'r');
	try {
		for (const { from, to } of writableRegions(pid)) {
			for (let at = from; at < to; at += PIECE - longest) {
				const piece = read(memory, at, Math.min(PIECE, to - at));
				if (!piece) break;
				for (const { text, bytes } of needles) {
					for (let hit = piece.indexOf(bytes); hit >= 0; hit = piece.indexOf(bytes, hit + 1)) {
						// What lies across the end of this piece or in the part that is read twice is counted with the next.
						const again = at + PIECE - longest < to && hit >= PIECE - longest;
						if (!again) found.set(text, found.get(text)! + 1);
					}
				}
			}
		}
	} finally {
		closeSync(memory);
	}
	return found;
}

/** Where a process can have put anything. */
function writableRegions(pid: number): { from: number; to: number }[] {
	return readFileSync(`/proc/${pid}/maps`, 'utf8')
		.split('\n')
		.map((line) => /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line))
		.flatMap((part) =>
			part ? { from: Number.parseInt(part[1]!, 16), to: Number.parseInt(part[2]!, 16) } : [],
		);
}

/** Null for what cannot be read, as the kernel's own pages. */
function read(file: number, at: number, length: number): Buffer | null {
	const piece = Buffer.alloc(length);
	try {
		return piece.subarray(0, readSync(file, piece, 0, length, at));
	} catch {
		return null;
	}
}
