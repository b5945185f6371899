import { type Box, blank, boxAt, boxesIn } from './boxes.ts';
import { blankSamples } from './mp4-samples.ts';
import { Unreadable } from './unreadable.ts';

/**
 * What stands inside what, as far as playing needs it (ISO/IEC 14496-12, 6.2.3): boxes that hold others have a list of their own, the others `null`. Whatever is in
 * no list is blanked: `udta`, `meta`, `uuid`, the keys of QuickTime and of makers of cameras.
 */
interface Kept {
	readonly [type: string]: Kept | null;
}
const leaves = (types: string): Kept => Object.fromEntries(types.split(' ').map((type) => [type, null]));

const STBL = leaves(
	'stsd stts ctts cslg stsc stsz stz2 stco co64 stss stsh padb stdp sdtp sbgp sgpd subs saiz saio',
);
const MINF: Kept = { ...leaves('vmhd smhd hmhd nmhd sthd gmhd dinf'), stbl: STBL };
const TRAK: Kept = { ...leaves('tkhd tref edts'), mdia: { ...leaves('mdhd hdlr elng'), minf: MINF } };
const TRAF = leaves('tfhd tfdt trun sbgp sgpd subs saiz saio sdtp senc');
const FILE: Kept = {
	...leaves('ftyp styp pdin mdat sidx ssix'),
	moov: { ...leaves('mvhd iods'), trak: TRAK, mvex: leaves('mehd trex leva trep') },
	moof: { mfhd: null, traf: TRAF },
	mfra: leaves('tfra mfro'),
};

/**
 * An MP4 or M4A that says nothing of where and when it was made. Every byte stays at its place, since the tables inside name places: what goes is made a `free` box of
 * zeros. Tracks that are neither sound nor picture go with their samples; cameras write positions there.
 */
export function stripMp4(bytes: Buffer): Buffer {
	const boxes = boxesIn(bytes, 0, bytes.length);
	const moov = boxes.filter(({ type }) => type === 'moov');
	if (boxes[0]?.type !== 'ftyp' || moov.length !== 1) throw new Unreadable('not one film');
	const tracks = boxesIn(bytes, moov[0]!.body, moov[0]!.end).filter(({ type }) => type === 'trak');
	const shown = tracks.filter((track) => isShown(bytes, track));
	if (shown.length === 0) throw new Unreadable('nothing to be heard or seen');
	const inPieces = boxes.some(({ type }) => type === 'moof');
	for (const track of tracks.filter((one) => !shown.includes(one))) {
		// Where its samples are is told in too many ways then.
		if (inPieces) throw new Unreadable('a track of its own kind in a film of pieces');
		blankSamples(
			bytes,
			track,
			boxes.filter(({ type }) => type === 'mdat'),
		);
		blank(bytes, track);
	}
	keep(bytes, boxes, FILE);
	return bytes;
}

/** Keeps what is in the list, and blanks the rest and the times at which something was made. */
function keep(bytes: Buffer, boxes: readonly Box[], kept: Kept): void {
	for (const box of boxes) {
		const inside = Object.hasOwn(kept, box.type) ? kept[box.type] : undefined;
		if (inside === undefined) blank(bytes, box);
		else if (inside !== null) keep(bytes, boxesIn(bytes, box.body, box.end), inside);
		else if (/^(?:mvhd|tkhd|mdhd)$/.test(box.type)) forgetTimes(bytes, box);
	}
}

/** Creation and modification stand first, in 32 bits or, from version 1 on, in 64. */
function forgetTimes(bytes: Buffer, { body, end }: Box): void {
	const size = bytes[body] === 1 ? 16 : 8;
	if (body + 4 + size > end) throw new Unreadable('a header that is cut off');
	bytes.fill(0, body + 4, body + 4 + size);
}

function isShown(bytes: Buffer, track: Box): boolean {
	const hdlr = boxAt(bytes, track, ['mdia', 'hdlr']);
	if (!hdlr || hdlr.body + 12 > hdlr.end) throw new Unreadable('a track of no kind');
	return /^(?:vide|soun)$/.test(bytes.toString('latin1', hdlr.body + 8, hdlr.body + 12));
}
