import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { OutgoingFailure } from '../failure.ts';

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACK: Readonly<Record<string, Unpack>> = {
	gzip: promisify(gunzip) as Unpack,
	'x-gzip': promisify(gunzip) as Unpack,
	deflate: promisify(inflate) as Unpack,
	br: promisify(brotliDecompress) as Unpack,
};

/**
 * Undoes the content coding of a server that compresses although nobody asked it to. What comes out is held to the same limit of
 * `maxBytes` as what came in, so a small answer cannot unfold into a big one. Throws `OutgoingFailure` `too_large` or `unreadable`.
 */
export async function decode(body: Buffer, coding: string | undefined, maxBytes: number): Promise<Buffer> {
	const name = (coding ?? 'identity').trim().toLowerCase();
	if (name === 'identity' || name === '' || body.length === 0) return body;
	const unpack = Object.hasOwn(UNPACK, name) ? UNPACK[name] : undefined;
	if (!unpack) throw new OutgoingFailure('unreadable', { detail: 'content coding' });
	try {
		return await unpack(body, { maxOutputLength: maxBytes });
	} catch (cause) {
		const over = cause instanceof RangeError || (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
		throw new OutgoingFailure(over ? 'too_large' : 'unreadable', { detail: 'content coding', cause });
	}
}
