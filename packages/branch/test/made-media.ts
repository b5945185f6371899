/** Small files of sound and video that play, with something in them that says where they were made. */

/** Such a place, as cameras and telephones write it (ISO 6709). */
export const PLACE = '+45.5231-122.6765/';

const text = (words: string) => Buffer.from(words, 'latin1');
const little = (value: number) => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
};
const big = (value: number) => {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
};

/** One second of nothing, with a list of notes before and behind the samples, and more behind the end. */
export function madeWav(): Buffer {
	const chunk = (name: string, body: Buffer) => Buffer.concat([text(name), little(body.length), body]);
	const form = Buffer.from([1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0]);
	const notes = chunk('LIST', text(`INFOICMT${PLACE}`));
	const parts = [text('WAVE'), chunk('fmt ', form), notes, chunk('data', Buffer.alloc(8000, 128)), notes];
	const body = Buffer.concat(parts);
	return Buffer.concat([text('RIFF'), little(body.length), body, text(PLACE)]);
}

/** A frame of layer III without sound: 44,100 samples, 128 kilobits a second. */
export const FRAME = Buffer.concat([big(0xfffb9064), Buffer.alloc(413)]);

/** Forty frames, with tags of each kind before, between and behind them. */
export function madeMp3(): Buffer {
	const sound = Buffer.concat(Array.from({ length: 20 }, () => FRAME));
	const id3 = Buffer.concat([text('ID3\x03\0\0\0\0\0\x40'), text(`TXXX${PLACE}`.padEnd(64, '\0'))]);
	const ape = Buffer.concat([
		text('APETAGEX'),
		Buffer.alloc(24),
		text(PLACE),
		text('APETAGEX'),
		Buffer.alloc(24),
	]);
	return Buffer.concat([
		id3,
		sound,
		id3,
		sound,
		text(`LYRICSBEGIN${PLACE}LYRICSEND`),
		ape,
		text(`TAG${PLACE}`.padEnd(128, '\0')),
	]);
}

/** A page of Ogg with these packets; `open`: the last goes on in the next page. */
export function oggPage(
	serial: number,
	number: number,
	flags: number,
	packets: readonly Buffer[],
	open = false,
): Buffer {
	const lengths = packets.flatMap(({ length }, n) => {
		const whole = Array.from({ length: Math.floor(length / 255) }, () => 255);
		return open && n === packets.length - 1 ? whole : [...whole, length % 255];
	});
	const head = Buffer.alloc(27);
	head.write('OggS', 'latin1');
	head[5] = flags;
	head.writeUInt32LE(serial, 14);
	head.writeUInt32LE(number, 18);
	head[26] = lengths.length;
	const page = Buffer.concat([head, Buffer.from(lengths), ...packets]);
	page.writeUInt32LE(oggSum(page), 22);
	return page;
}

/** The sum of a page whose place for it holds zeros, bit by bit as RFC 3533 tells it. */
export function oggSum(page: Buffer): number {
	let crc = 0;
	for (const byte of page) {
		crc ^= byte << 24;
		for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
	}
	return crc >>> 0;
}

/** Comments as Vorbis has them. */
export function comments(words: string): Buffer {
	return Buffer.concat([little(4), text('made'), little(1), little(words.length), text(words)]);
}

/** A second of silence in Opus, with words over two pages and a second stream of text. */
export function madeOgg(): Buffer {
	const head = Buffer.concat([text('OpusHead\x01\x01\0\0'), little(48_000), Buffer.alloc(3)]);
	const words = Buffer.concat([text('OpusTags'), comments(`LOCATION=${PLACE}`.padEnd(700, PLACE))]);
	const silence = Array.from({ length: 50 }, () => Buffer.from([0xf8, 0xff, 0xfe]));
	return Buffer.concat([
		oggPage(7, 0, 2, [head]),
		oggPage(8, 0, 2, [text(`fishead\0${PLACE}`)]),
		oggPage(7, 1, 0, [words.subarray(0, 510)], true),
		oggPage(8, 1, 0, [text(PLACE)]),
		oggPage(7, 2, 1, [words.subarray(510)]),
		oggPage(7, 3, 4, silence),
	]);
}

/** FLAC in Ogg as far as it matters here: words, a picture, what a program left, then sound. */
export function madeOggFlac(): Buffer {
	const block = (type: number, body: Buffer) => Buffer.concat([big(type * 2 ** 24 + body.length), body]);
	const head = Buffer.concat([text('\x7fFLAC\x01\0\0\x03fLaC'), block(0, Buffer.alloc(34))]);
	return Buffer.concat([
		oggPage(5, 0, 2, [head]),
		oggPage(5, 1, 0, [block(4, comments(PLACE)), block(6, text(PLACE)), block(0x82, text(PLACE))]),
		oggPage(5, 2, 4, [Buffer.from([0xff, 0xf8, 1, 2, 3])]),
	]);
}

/** A box of an MP4. */
export function box(type: string, ...parts: readonly Buffer[]): Buffer {
	const body = Buffer.concat(parts);
	return Buffer.concat([big(body.length + 8), text(type), body]);
}

const TIME = 0xdeadbeef;
const SOUND = 'the sound itself';
/** What an MP4 of this file holds of sound; at its place whatever goes. */
export const SAMPLES = text(SOUND);

function track(handler: string, place: number, size: number): Buffer {
	const none = Buffer.alloc(4);
	const tables = [
		box('stsd', none, none),
		box('stts', none, none),
		box('stsc', none, big(1), big(1), big(1), big(1)),
		box('stsz', none, big(size), big(1)),
		box('stco', none, big(1), big(place)),
	];
	return box(
		'trak',
		box('tkhd', none, big(TIME), big(TIME), Buffer.alloc(72)),
		box('meta', text(PLACE)),
		box(
			'mdia',
			box('mdhd', none, big(TIME), big(TIME), Buffer.alloc(12)),
			box('hdlr', none, none, text(handler), Buffer.alloc(13)),
			box('minf', box('stbl', ...tables)),
		),
		box('udta', box('\xa9xyz', text(PLACE))),
	);
}

/** A film of one track of sound and one of positions, with the place in every way it is written there. `at`: where the positions are said to lie. */
export function madeMp4(at = 24 + SOUND.length): Buffer {
	const start = box('ftyp', text('isom\0\0\0\0'));
	const data = box('mdat', SAMPLES, text(PLACE));
	const film = box(
		'moov',
		box('mvhd', Buffer.alloc(4), big(TIME), big(TIME), Buffer.alloc(88)),
		track('soun', 24, SOUND.length),
		track('meta', at, PLACE.length),
		box('udta', box('loci', text(PLACE)), box('\xa9xyz', text(PLACE)), Buffer.alloc(4)),
		box('meta', box('keys', text('com.apple.quicktime.location.ISO6709')), box('ilst', text(PLACE))),
	);
	return Buffer.concat([start, data, film, box('uuid', text(PLACE)), box('free', text(PLACE)), text('end')]);
}

/** An element of Matroska; `length` of null: it does not say how long it is. */
export function element(id: number, body: Buffer, length: number | null = body.length): Buffer {
	const name = Buffer.from(id.toString(16), 'hex');
	const size = Buffer.alloc(8, 0xff);
	if (length !== null) size.writeBigUInt64BE(BigInt(length) | (1n << 56n));
	else size[0] = 1;
	return Buffer.concat([name, size, body]);
}

/** A recording as browsers make them, without lengths: a track of sound and one of texts, tags, a title, a day and a file. */
export function madeWebm(): Buffer {
	const entry = (number: number, type: number) =>
		element(
			0xae,
			Buffer.concat([
				element(0xd7, Buffer.from([number])),
				element(0x83, Buffer.from([type])),
				element(0x536e, text(PLACE)),
			]),
		);
	const block = (number: number, words: string) =>
		Buffer.concat([Buffer.from([0x80 | number, 0, 0, 0]), text(words)]);
	const cluster = Buffer.concat([
		element(0xe7, Buffer.from([0])),
		element(0xa3, block(1, SOUND)),
		element(0xa3, block(2, PLACE)),
		element(0xa0, Buffer.concat([element(0xa1, block(2, PLACE))])),
		element(0xa0, Buffer.concat([element(0xa1, block(1, SOUND)), element(0x75a1, text(PLACE))])),
	]);
	const tags = element(0x1254c367, text(PLACE));
	const segment = Buffer.concat([
		element(
			0x1549a966,
			Buffer.concat([
				element(0x2ad7b1, Buffer.from([15, 66, 64])),
				element(0x7ba9, text(PLACE)),
				element(0x4461, Buffer.alloc(8, 1)),
			]),
		),
		element(0x1654ae6b, Buffer.concat([entry(1, 2), entry(2, 17)])),
		element(0x1f43b675, cluster, null),
		element(0x1f43b675, cluster),
		tags,
		element(0x1941a469, text(PLACE)),
	]);
	const head = element(0x1a45dfa3, element(0x4282, text('webm')));
	return Buffer.concat([head, element(0x18538067, segment, null)]);
}
