import { Unreadable } from './unreadable.ts';

/** An element of EBML (RFC 8794): from its first byte to behind its last, and where what it holds begins. */
export interface Element {
	readonly id: number;
	readonly at: number;
	readonly body: number;
	readonly end: number;
}

const VOID = 0xec;

/**
 * What lies between two places, element by element. One without a length goes as far as the next of the numbers in `siblings`, looked for element by element, or to the end.
 * Throws Unreadable where one does not end within.
 */
export function elementsIn(
	bytes: Buffer,
	from: number,
	to: number,
	siblings: ReadonlySet<number>,
): Element[] {
	const found: Element[] = [];
	for (let at = from; at < to; ) {
		const { id, body, size } = headAt(bytes, at, to);
		const end = size === null ? endOf(bytes, body, to, siblings) : body + size;
		if (end > to) throw new Unreadable('an element that is longer than what it is in');
		found.push({ id, at, body, end });
		at = end;
	}
	return found;
}

function endOf(bytes: Buffer, from: number, to: number, siblings: ReadonlySet<number>): number {
	if (siblings.size === 0) return to;
	let at = from;
	while (at < to) {
		const { id, body, size } = headAt(bytes, at, to);
		if (siblings.has(id)) return at;
		if (size === null) throw new Unreadable('one element without a length in another');
		at = body + size;
	}
	return at;
}

function headAt(bytes: Buffer, at: number, to: number): { id: number; body: number; size: number | null } {
	const named = lengthAt(bytes, at, 4, to);
	const sized = lengthAt(bytes, at + named, 8, to);
	const body = at + named + sized;
	let size = bytes[at + named]! & (0xff >> sized);
	let unknown = size === 0xff >> sized;
	for (let n = at + named + 1; n < body; n += 1) {
		size = size * 256 + bytes[n]!;
		unknown &&= bytes[n] === 0xff;
	}
	return { id: bytes.readUIntBE(at, named), body, size: unknown ? null : size };
}

/** Of how many bytes a number is: as many zeros as its first byte begins with, and one. */
function lengthAt(bytes: Buffer, at: number, most: number, to: number): number {
	const length = at < to ? Math.clz32(bytes[at]!) - 23 : most + 1;
	if (length > most || at + length > to) throw new Unreadable('no element where one should be');
	return length;
}

/** Makes an element room that nobody uses, at its place. */
export function blank(bytes: Buffer, { at, end }: Element): void {
	const length = end - at;
	// In so few bytes there is room for a length of one byte only.
	const sized = length > 8 ? 8 : 1;
	bytes.fill(0, at, end);
	bytes[at] = VOID;
	bytes.writeUIntBE(length - 1 - sized, end - (length - 1 - sized) - Math.min(sized, 6), Math.min(sized, 6));
	bytes[at + 1]! |= 0x80 >> (sized - 1);
}
