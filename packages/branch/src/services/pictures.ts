import { BadInput } from '@understory/core/errors.ts';

/** A picture we keep is no larger. */
const LARGEST_BOX: Box = { width: 1600, height: 1600 };
/** The most pixels we look at. */
export const MOST_PIXELS = 50_000_000;

/** What a picture has to fit into, in pixels. */
export interface Box {
	readonly width: number;
	readonly height: number;
}

/** How a picture came out. */
export interface Drawn {
	readonly width: number;
	readonly height: number;
}

/**
 * Draws a picture anew: turned as the camera meant it, no larger than its box (1600 pixels each way), as WebP, standing still, and with nothing
 * in it but what one sees: no place, no time, no name of a camera. Throws BadInput `media_broken` for what is no picture that can be drawn.
 */
export async function drawAnew(from: string | Buffer, to: string, box: Box = LARGEST_BOX): Promise<Drawn> {
	// Not needed to serve a page, so it is loaded with the first picture.
	const { default: sharp } = await import('sharp');
	sharp.concurrency(1);
	sharp.cache(false);
	try {
		const drawn = await sharp(from, { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 })
			.rotate()
			.resize({ ...box, fit: 'inside', withoutEnlargement: true })
			.webp({ quality: 82 })
			.toFile(to);
		return { width: drawn.width, height: drawn.height };
	} catch (error) {
		if (!(error instanceof Error) || /ENOSPC|No space|EACCES/.test(error.message)) throw error;
		throw new BadInput('That picture cannot be read.', [{ field: 'file', text: 'media_broken' }], {
			cause: error,
		});
	}
}
