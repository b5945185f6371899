import { blank, type Element, elementsIn } from './elements.ts';
import { Unreadable } from './unreadable.ts';

/** Elements by their numbers (RFC 9559 5.1). */
const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TRACKS = 0x1654ae6b;
const CLUSTER = 0x1f43b675;
const SEEK_HEAD = 0x114d9b74;
const CUES = 0x1c53bb6b;
const TRACK_ENTRY = 0xae;
const NUMBER = 0xd7;
const TYPE = 0x83;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const SHOWN = [1, 2];

/** What is kept below each: of a film its scale, length and writer; of a track all but its name; of a cluster its time and its blocks. Sums (CRC-32) would not hold any more. */
const IN_SEGMENT = new Set([INFO, TRACKS, CLUSTER, SEEK_HEAD, CUES]);
const IN_INFO = new Set([0x2ad7b1, 0x4489, 0x4d80, 0x5741]);
const NOT_IN_TRACK = new Set([0x536e, 0xbf]);
const IN_CLUSTER = new Set([0xe7, SIMPLE_BLOCK, BLOCK_GROUP, 0xa7, 0xab]);

/**
 * A WebM without tags, titles, chapters, files that were put in and the day it was made: each becomes room that nobody uses (`Void`) at its place. Tracks that are neither sound
 * nor picture go with their blocks.
 */
export function stripMatroska(bytes: Buffer): Buffer {
	const [head, segment, ...more] = elementsIn(bytes, 0, bytes.length, new Set());
	if (head?.id !== EBML || segment?.id !== SEGMENT) throw new Unreadable('no film');
	for (const one of more) blank(bytes, one);
	const shown = new Set<number>();
	// What follows a cluster without a length ends it.
	for (const element of elementsIn(bytes, segment.body, segment.end, IN_SEGMENT)) {
		if (element.id === INFO) keep(bytes, element, (id) => IN_INFO.has(id));
		else if (element.id === TRACKS) keepTracks(bytes, element, shown);
		else if (element.id === CLUSTER) keepBlocks(bytes, element, shown);
		else if (!IN_SEGMENT.has(element.id)) blank(bytes, element);
	}
	if (shown.size === 0) throw new Unreadable('nothing to be heard or seen');
	return bytes;
}

function keep(bytes: Buffer, { body, end }: Element, kept: (id: number) => boolean): void {
	for (const one of elementsIn(bytes, body, end, new Set())) if (!kept(one.id)) blank(bytes, one);
}

function keepTracks(bytes: Buffer, { body, end }: Element, shown: Set<number>): void {
	for (const entry of elementsIn(bytes, body, end, new Set())) {
		const parts = entry.id === TRACK_ENTRY ? elementsIn(bytes, entry.body, entry.end, new Set()) : [];
		const value = (id: number) => {
			const part = parts.find((one) => one.id === id);
			return part ? bytes.subarray(part.body, part.end).reduce((sum, byte) => sum * 256 + byte, 0) : 0;
		};
		if (SHOWN.includes(value(TYPE))) {
			shown.add(value(NUMBER));
			keep(bytes, entry, (id) => !NOT_IN_TRACK.has(id));
		} else blank(bytes, entry);
	}
}

function keepBlocks(bytes: Buffer, { body, end }: Element, shown: ReadonlySet<number>): void {
	for (const one of elementsIn(bytes, body, end, new Set())) {
		const block =
			one.id === BLOCK_GROUP
				? elementsIn(bytes, one.body, one.end, new Set()).find(({ id }) => id === BLOCK)
				: one;
		const isBlock = one.id === BLOCK_GROUP || one.id === SIMPLE_BLOCK;
		const heard = !isBlock || (block !== undefined && shown.has(trackOf(bytes, block)));
		if (!IN_CLUSTER.has(one.id) || !heard) blank(bytes, one);
		else if (one.id === BLOCK_GROUP) keep(bytes, one, (id) => IN_GROUP.has(id));
	}
}

/** Block, how long it lasts and what it hangs on; not what is added to it. */
const IN_GROUP = new Set([BLOCK, 0x9b, 0xfb, 0xfa, 0xa4, 0x75a2]);

/** The number of the track a block is of: it stands first, as long as its first byte says. */
function trackOf(bytes: Buffer, { body, end }: Element): number {
	const length = Math.clz32(bytes[body] ?? 0) - 23;
	if (length > 4 || body + length > end) throw new Unreadable('a block of no track');
	const all = bytes.subarray(body, body + length).reduce((sum, byte) => sum * 256 + byte, 0);
	return all - 2 ** (7 * length);
}
