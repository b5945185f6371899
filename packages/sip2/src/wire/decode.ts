import { isAscii } from 'node:buffer';
import { isText, textOf } from './charset.ts';
import { checksum } from './checksum.ts';
import { STANDARD_FORM, type WireForm } from './form.ts';
import { FIXED, type ReceivedMessage, type Sip2Field } from './message.ts';

/** Why bytes are no message. */
export type Sip2Fault = 'too_short' | 'unknown_code' | 'checksum' | 'not_text';

/**
 * Reads one message, without its end: the checksum over the bytes first, then the text, the fixed part by its width, the rest by its separators
 * (reference/library-sso.md 1.12). Of the fields only those in `wanted` become texts; all of them when it is left out. Parts that are no field are
 * counted and left; a value is taken to the letter, so that `BLYBV7.00` is not a yes.
 */
export function decodeMessage(
	bytes: Uint8Array,
	form: WireForm = STANDARD_FORM,
	wanted?: ReadonlySet<string>,
): ReceivedMessage | Sip2Fault {
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const trailer = trailerOf(buffer);
	if (trailer && checksum(buffer.subarray(0, buffer.length - 4)) !== trailer.digits) return 'checksum';
	const body = trailer ? buffer.subarray(0, trailer.at) : buffer;
	if (!isText(body, form.charset)) return 'not_text';
	if (body.length < 2) return 'too_short';
	const code = body.toString('latin1', 0, 2);
	const width = FIXED[code];
	if (width === undefined) return 'unknown_code';
	if (body.length < 2 + width) return 'too_short';
	const fixed = body.subarray(2, 2 + width);
	// A fixed part counts characters, and is made of letters, digits and blanks: each of them is one byte.
	if (!isAscii(fixed)) return 'not_text';
	const { fields, ids, junk, alone } = cut(body, 2 + width, form, wanted);
	return {
		code,
		fixed: fixed.toString('latin1'),
		fields,
		ids,
		junk,
		sequence: trailer?.sequence ?? alone,
		sealed: trailer !== null,
	};
}

/** The trailer has no separator after it; AY may stand alone or be missing. */
function trailerOf(bytes: Buffer): { at: number; sequence: string | null; digits: string } | null {
	const tail = bytes.toString('latin1', Math.max(0, bytes.length - 9));
	const found = /(?:AY(\d))?AZ([0-9A-F]{4})$/.exec(tail);
	if (!found) return null;
	return { at: bytes.length - found[0].length, sequence: found[1] ?? null, digits: found[2]! };
}

/** Cuts the fields from `from` on. */
function cut(bytes: Buffer, from: number, form: WireForm, wanted: ReadonlySet<string> | undefined) {
	const separator = form.separator.charCodeAt(0);
	// What is nothing but ASCII, as most is, is the same in every charset.
	const charset = isAscii(bytes) ? 'ascii' : form.charset;
	const fields: Sip2Field[] = [];
	const ids: string[] = [];
	let junk = 0;
	let alone: string | null = null;
	for (let start = from; start < bytes.length && alone === null; ) {
		let end = start;
		while (end < bytes.length && bytes[end] !== separator) end++;
		const id = idAt(bytes, start, end);
		// AY ends the list, wherever it stands.
		if (id === 'AY') alone = bytes.toString('latin1', start + 2, end);
		else if (id === null) junk++;
		else {
			ids.push(id);
			if (!wanted || wanted.has(id)) fields.push([id, textOf(bytes, charset, start + 2, end)]);
		}
		start = end + 1;
	}
	return { fields, ids, junk, alone };
}

/** The name of the field that stands there, or null when what stands there has none. */
function idAt(bytes: Buffer, start: number, end: number): string | null {
	if (end - start < 2) return null;
	const [first, second] = [bytes[start]!, bytes[start + 1]!];
	const isLetter = (byte: number) => byte >= 65 && byte <= 90;
	if (!isLetter(first) || !(isLetter(second) || (second >= 48 && second <= 57))) return null;
	return String.fromCharCode(first, second);
}
