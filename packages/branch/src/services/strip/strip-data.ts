import type { Sniffed } from '../media-type.ts';
import { stripMatroska } from './matroska.ts';
import { stripMp3 } from './mp3.ts';
import { stripMp4 } from './mp4.ts';
import { stripOgg } from './ogg.ts';
import { stripWav } from './wav.ts';

/** By the endings of `sniff`; pictures are drawn anew instead. */
const BY_ENDING: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
	m4a: stripMp4,
	mp4: stripMp4,
	mp3: stripMp3,
	ogg: stripOgg,
	wav: stripWav,
	webm: stripMatroska,
};

/**
 * A sound or video without what it says about itself: where and when it was made, by whom, with what (docs/adr/0016). Each kind keeps what is needed to
 * play it, by a list, so that what nobody has heard of goes too. The bytes given are written over. Throws Unreadable when the file cannot be walked to
 * its end, for then something may be left in it.
 */
export function stripData(bytes: Buffer, { ending }: Pick<Sniffed, 'ending'>): Buffer {
	return BY_ENDING[ending]!(bytes);
}
