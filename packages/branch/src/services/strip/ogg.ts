import { Unreadable } from './unreadable.ts';

/** A page as it lies in the file (RFC 3533 6). */
interface Page {
	readonly at: number;
	readonly end: number;
	readonly serial: number;
	readonly first: boolean;
	/** Where the parts of packets in it begin and end, and whether the packet ends with the part. */
	readonly parts: readonly { readonly from: number; readonly to: number; readonly whole: boolean }[];
}

/** How the packets of a kind of stream are numbered and where its words stand. */
interface Kind {
	readonly begins: string;
	/** What a packet of words begins with; null when every packet but the first may be one of FLAC's blocks. */
	readonly words: string | null;
	/** Bytes behind the comments: Vorbis alone closes them with a bit. */
	readonly framing: 0 | 1;
}

/** Opus (RFC 7845 5.2), Vorbis I (4.2, 5.2), Speex, Theora (6.1), FLAC in Ogg (RFC 9639 10.1). */
const KINDS: readonly Kind[] = [
	{ begins: 'OpusHead', words: 'OpusTags', framing: 0 },
	{ begins: '\x01vorbis', words: '\x03vorbis', framing: 1 },
	{ begins: 'Speex   ', words: '', framing: 0 },
	{ begins: '\x80theora', words: '\x81theora', framing: 0 },
	{ begins: '\x7fFLAC', words: null, framing: 0 },
];

const BEYOND = -1;

/** One stream of the file on the way through it. */
interface Stream {
	readonly kind: Kind | null;
	/** The number of the packet that is being read, `BEYOND` when no more words come; and where its parts are. */
	packet: number;
	parts: { readonly from: number; readonly to: number }[];
}

/**
 * An Ogg file whose comments say nothing: the packet of words keeps its length and holds spaces, pages of what is neither sound nor picture are left
 * out, and so is whatever stands between pages.
 */
export function stripOgg(bytes: Buffer): Buffer {
	const streams = new Map<number, Stream>();
	const pages: Page[] = [];
	const changed = new Set<Page>();
	for (let at = 0; at < bytes.length; ) {
		const page = pageAt(bytes, at);
		if (page.first) {
			checkWhole(streams.get(page.serial));
			streams.set(page.serial, { kind: kindOf(bytes, page), packet: 0, parts: [] });
		}
		const stream = streams.get(page.serial);
		if (!stream) throw new Unreadable('a page of a stream that never began');
		if (stream.kind) {
			pages.push(page);
			if (stream.packet >= 0) changed.add(page);
			follow(bytes, stream as Stream & { readonly kind: Kind }, page);
		}
		at = page.end;
	}
	for (const stream of streams.values()) checkWhole(stream);
	if (pages.length === 0) throw new Unreadable('nothing to be heard or seen');
	let kept = 0;
	for (const page of pages) {
		if (changed.has(page)) sum(bytes, page);
		bytes.copyWithin(kept, page.at, page.end);
		kept += page.end - page.at;
	}
	return bytes.subarray(0, kept);
}

function pageAt(bytes: Buffer, at: number): Page {
	const segments = bytes[at + 26] ?? 0;
	const body = at + 27 + segments;
	if (bytes.toString('latin1', at, at + 5) !== 'OggS\0' || body > bytes.length) {
		throw new Unreadable('no page where one should be');
	}
	const parts: { from: number; to: number; whole: boolean }[] = [];
	let from = body;
	let to = body;
	for (let n = at + 27; n < body; n += 1) {
		to += bytes[n]!;
		const whole = bytes[n]! < 255;
		if (whole || n === body - 1) {
			parts.push({ from, to, whole });
			from = to;
		}
	}
	if (to > bytes.length) throw new Unreadable('a page is longer than the file');
	return { at, end: to, serial: bytes.readUInt32LE(at + 14), first: (bytes[at + 5]! & 2) !== 0, parts };
}

function kindOf(bytes: Buffer, { parts: [head] }: Page): Kind | null {
	const begins = head ? bytes.toString('latin1', head.from, Math.min(head.to, head.from + 8)) : '';
	return KINDS.find((kind) => begins.startsWith(kind.begins)) ?? null;
}

/** A stream that ends within its head has words in it that were never seen whole. */
function checkWhole(stream: Stream | undefined): void {
	if (stream?.kind && stream.packet !== BEYOND) throw new Unreadable('a stream that ends before it begins');
}

/** Reads on in the packets at the beginning of a stream, and blanks those that hold words. */
function follow(bytes: Buffer, stream: Stream & { readonly kind: Kind }, page: Page): void {
	for (const { from, to, whole } of page.parts) {
		if (stream.packet === BEYOND) return;
		if (stream.packet > 0) stream.parts.push({ from, to });
		if (!whole) continue;
		stream.packet = stream.packet === 0 || blank(bytes, stream) ? stream.packet + 1 : BEYOND;
		stream.parts = [];
	}
}

/** Whether another packet may hold words. */
function blank(bytes: Buffer, { kind, parts }: Stream & { readonly kind: Kind }): boolean {
	const packet = Buffer.concat(parts.map(({ from, to }) => bytes.subarray(from, to)));
	if (kind.words === null) return blankBlock(bytes, parts, packet);
	const { length } = kind.words;
	if (packet.toString('latin1', 0, length) !== kind.words)
		throw new Unreadable('no comments where they should be');
	put(bytes, parts, emptied(packet, length, kind.framing));
	return false;
}

/** A block of FLAC (RFC 9639 8): its words are blanked, pictures and what programs left become padding. */
function blankBlock(bytes: Buffer, parts: Stream['parts'], packet: Buffer): boolean {
	const type = packet[0]! & 0x7f;
	// Sound begins.
	if (packet[0] === 0xff || packet.length < 4) return false;
	if (type === 4) put(bytes, parts, emptied(packet, 4, 0));
	else if (type !== 0 && type !== 3) {
		packet.fill(0, 4);
		packet[0] = (packet[0]! & 0x80) | 1;
		put(bytes, parts, packet);
	}
	return (packet[0]! & 0x80) === 0;
}

/** Comments (Vorbis I 5.2.1) that are as long: a name of the program of spaces, and no entry. `framing`: bytes behind them. */
function emptied(packet: Buffer, head: number, framing: 0 | 1): Buffer {
	const spaces = packet.length - head - 8 - framing;
	if (spaces < 0) throw new Unreadable('comments that are cut off');
	packet.writeUInt32LE(spaces, head);
	packet.fill(0x20, head + 4, head + 4 + spaces);
	packet.fill(0, head + 4 + spaces);
	if (framing > 0) packet[packet.length - 1] = 1;
	return packet;
}

function put(bytes: Buffer, parts: Stream['parts'], packet: Buffer): void {
	let at = 0;
	for (const { from, to } of parts) {
		packet.copy(bytes, from, at, at + to - from);
		at += to - from;
	}
}

/** The sum of a page (RFC 3533 6): CRC-32 with 0x04c11db7, neither reflected nor inverted. */
function sum(bytes: Buffer, { at, end }: Page): void {
	bytes.writeUInt32LE(0, at + 22);
	let crc = 0;
	for (let n = at; n < end; n += 1) crc = ((crc << 8) ^ TABLE[(crc >>> 24) ^ bytes[n]!]!) >>> 0;
	bytes.writeUInt32LE(crc, at + 22);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte << 24;
	for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
	return crc >>> 0;
});
