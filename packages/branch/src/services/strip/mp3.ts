import { Unreadable } from './unreadable.ts';

/** Kilobits a second by the four bits of a frame's header, for layer III (ISO/IEC 11172-3 2.4.2.3, 13818-3); free format (0) is not taken. */
const RATES_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const RATES_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const SAMPLES_A_SECOND = [44_100, 48_000, 32_000];
/** Less sound than this part of a file is no MP3. */
const LEAST = 0.1;

/**
 * An MP3 that is nothing but its frames of sound, one after the other: tags of every kind (ID3v1, ID3v2, APE, Lyrics3) stand between, before or
 * after them, wherever their writers liked, and are left out with whatever else is no frame.
 */
export function stripMp3(bytes: Buffer): Buffer {
	let kept = 0;
	let at = 0;
	let tagged = bytes.indexOf('ID3');
	while (at + 4 <= bytes.length) {
		const tag = tagAt(bytes, at);
		const frame = tag === 0 ? frameAt(bytes, at) : 0;
		if (frame === 0) {
			// Nothing begins before the next of these.
			const sync = bytes.indexOf(0xff, at + 1);
			if (tagged >= 0 && tagged <= at) tagged = bytes.indexOf('ID3', at + 1);
			const next = [sync, tagged].filter((one) => one > at);
			at = tag > 0 ? at + tag : next.length > 0 ? Math.min(...next) : bytes.length;
			continue;
		}
		const end = Math.min(at + frame, bytes.length);
		bytes.copyWithin(kept, at, end);
		kept += end - at;
		at = end;
	}
	if (kept === 0 || kept < bytes.length * LEAST) throw new Unreadable('hardly a frame of sound');
	return bytes.subarray(0, kept);
}

/** How long an ID3v2 tag is that stands here (id3.org, 3.1: four times seven bits), or 0. A picture in it may look like sound. */
function tagAt(bytes: Buffer, at: number): number {
	if (bytes[at] !== 0x49 || bytes[at + 1] !== 0x44 || bytes[at + 2] !== 0x33 || at + 10 > bytes.length)
		return 0;
	const parts = [6, 7, 8, 9].map((n) => bytes[at + n]!);
	if (parts.some((part) => part > 0x7f)) return 0;
	const footer = bytes[at + 5]! & 0x10 ? 10 : 0;
	return 10 + parts.reduce((size, part) => size * 128 + part, 0) + footer;
}

/** How long a frame is that begins here, in bytes; 0 when none does: where one ends another begins, or a tag, or nothing more comes. */
function frameAt(bytes: Buffer, at: number): number {
	const size = frameSize(bytes, at);
	const next = at + size;
	if (size === 0 || next + 4 > bytes.length) return size;
	const follows =
		frameSize(bytes, next) > 0 ||
		tagAt(bytes, next) > 0 ||
		/^(?:TAG|APE|LYR)/.test(bytes.toString('latin1', next, next + 3));
	return follows ? size : 0;
}

function frameSize(bytes: Buffer, at: number): number {
	const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
	const version = (second >> 3) & 3;
	const rate = third >> 4;
	const speed = (third >> 2) & 3;
	// Eleven bits that are set, layer III, and no value that is kept for later.
	if (first !== 0xff || (second & 0xe6) !== 0xe2 || version === 1) return 0;
	if (rate === 0 || rate === 15 || speed === 3) return 0;
	const one = version === 3;
	const kilobits = (one ? RATES_1 : RATES_2)[rate]!;
	const samples = SAMPLES_A_SECOND[speed]! / (one ? 1 : version === 2 ? 2 : 4);
	return Math.floor(((one ? 144 : 72) * kilobits * 1000) / samples) + ((third >> 1) & 1);
}
