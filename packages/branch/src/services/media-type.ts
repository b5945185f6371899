import type { Media, MediaKind } from '../store/media.ts';

/** What a file is, by what is in it; never by its name or by what somebody says it is. */
export interface Sniffed {
	readonly kind: MediaKind;
	readonly type: string;
	/** Ending of our name for it. */
	readonly ending: string;
}

/** What people may bring: what `sniff` tells, by the names others have for it. */
export const TAKEN_TYPES = [
	...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'],
	...['audio/wav', 'audio/mp4', 'audio/ogg', 'audio/mpeg'],
	...['video/mp4', 'video/webm'],
] as const;

/** How much of a file tells what it is, in bytes. */
export const SNIFFED = 64;

const PICTURE = { kind: 'picture', type: 'image/webp', ending: 'webp' } as const;

/**
 * Tells a file by its first bytes, or null for what is not taken here. Pictures are written anew as WebP, so only what `sharp` reads safely
 * counts as one: no SVG, no PDF. Signatures: PNG (RFC 2083 12.11), JPEG, GIF, WebP (RFC 9649), ISO BMFF (`ftyp`), Ogg (RFC 3533), WebM
 * (EBML), MP3 (ID3 or a frame), WAV.
 */
export function sniff(head: Buffer): Sniffed | null {
	const text = head.toString('latin1');
	if (text.startsWith('\x89PNG\r\n\x1a\n') || text.startsWith('\xff\xd8\xff')) return PICTURE;
	if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return PICTURE;
	if (text.startsWith('RIFF')) {
		const of = text.slice(8, 12);
		if (of === 'WEBP') return PICTURE;
		return of === 'WAVE' ? { kind: 'sound', type: 'audio/wav', ending: 'wav' } : null;
	}
	if (text.slice(4, 8) === 'ftyp') {
		const brand = text.slice(8, 12);
		if (brand === 'avif' || brand === 'avis') return PICTURE;
		if (brand.startsWith('M4A')) return { kind: 'sound', type: 'audio/mp4', ending: 'm4a' };
		const video = ['isom', 'iso2', 'iso4', 'iso5', 'iso6', 'mp41', 'mp42', 'avc1', 'M4V ', 'dash', 'MSNV'];
		return video.includes(brand) ? { kind: 'video', type: 'video/mp4', ending: 'mp4' } : null;
	}
	if (text.startsWith('OggS')) return { kind: 'sound', type: 'audio/ogg', ending: 'ogg' };
	if (text.startsWith('\x1aE\xdf\xa3')) return { kind: 'video', type: 'video/webm', ending: 'webm' };
	const frame = head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2;
	if (text.startsWith('ID3') || frame) return { kind: 'sound', type: 'audio/mpeg', ending: 'mp3' };
	return null;
}

/** The path below which it is served. */
export function mediaPath(media: Pick<Media, 'id' | 'type'>): string {
	return `/media/${media.id}.${media.type
		.split('/')[1]!
		.replace('mpeg', 'mp3')
		.replace(/[^a-z0-9]/g, '')}`;
}
