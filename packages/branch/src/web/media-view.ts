import { mediaPath } from '../services/media-type.ts';
import type { Media } from '../store/media.ts';

/** A picture, sound or video as pages show it. */
export interface MediaView {
	readonly id: number;
	readonly src: string;
	readonly picture: boolean;
	readonly sound: boolean;
	readonly video: boolean;
	/** The host it is at, for a sound or video elsewhere: a link, never played from there. */
	readonly elsewhere: string | null;
	readonly description: string;
	readonly width: number | null;
	readonly height: number | null;
}

/** How it is shown. */
export function mediaView(media: Media): MediaView {
	const away = media.remote_url !== null && media.kind !== 'picture' ? media.remote_url : null;
	return {
		id: media.id,
		src: away ?? mediaPath(media),
		picture: media.kind === 'picture',
		sound: away === null && media.kind === 'sound',
		video: away === null && media.kind === 'video',
		elsewhere: away === null ? null : new URL(away).host,
		description: media.description,
		width: media.width,
		height: media.height,
	};
}
