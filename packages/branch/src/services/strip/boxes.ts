import { Unreadable } from './unreadable.ts';

/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2): from its first byte to behind its last, and where what it holds begins. */
export interface Box {
	readonly type: string;
	readonly at: number;
	readonly body: number;
	readonly end: number;
}

/** What lies between two places, box by box. Throws Unreadable where one does not end within. A few bytes that are left, too few for a box, are blanked. */
export function boxesIn(bytes: Buffer, from: number, to: number): Box[] {
	const found: Box[] = [];
	let at = from;
	while (at + 8 <= to) {
		const short = bytes.readUInt32BE(at);
		const type = bytes.toString('latin1', at + 4, at + 8);
		const long = short === 1;
		if (long && at + 16 > to) throw new Unreadable('a box that is cut off');
		const body = at + (long ? 16 : 8);
		const size = long ? Number(bytes.readBigUInt64BE(at + 8)) : short;
		// None said: to the end of the file, which only the last of all may say.
		const end = size === 0 && to === bytes.length ? to : at + size;
		if (end < body || end > to) throw new Unreadable('a box that is longer than what it is in');
		found.push({ type, at, body, end });
		at = end;
	}
	bytes.fill(0, at, to);
	return found;
}

/** A box by its path below another. */
export function boxAt(bytes: Buffer, box: Box, path: readonly string[]): Box | undefined {
	return path.reduce<Box | undefined>(
		(found, type) => found && boxesIn(bytes, found.body, found.end).find((one) => one.type === type),
		box,
	);
}

/** Makes a box room that nobody uses, at its place. */
export function blank(bytes: Buffer, { at, body, end }: Box): void {
	bytes.write('free', at + 4, 'latin1');
	bytes.fill(0, body, end);
}
