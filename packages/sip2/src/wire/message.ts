import { type Charset, fromBytes, toBytes } from './charset.ts';
import { checksum } from './checksum.ts';

/** A message taken apart: the code, the fixed part as one text, the variable fields in their order. */
export interface Sip2Message {
	readonly code: string;
	readonly fixed: string;
	readonly fields: readonly Sip2Field[];
	/** Error detection: the sequence digit (AY), or null when the message has none. */
	readonly sequence: string | null;
}

export type Sip2Field = readonly [id: string, value: string];

/** A message that was received: also whether it carried a checksum (AZ), which then was right. */
export interface ReceivedMessage extends Sip2Message {
	readonly sealed: boolean;
}

/** Why bytes are no message. */
export type Sip2Fault = 'too_short' | 'unknown_code' | 'checksum' | 'not_text';

/** Characters after the code that are fixed (SIP2 section 4; reference/library-sso.md 1.2). */
const FIXED: Readonly<Record<string, number>> = {
	'23': 21,
	'24': 35,
	'35': 18,
	'36': 19,
	'63': 31,
	'64': 59,
	'93': 2,
	'94': 1,
	'96': 0,
	'97': 0,
	'98': 34,
	'99': 8,
};

/** SIP2's own limit on a field, in characters. */
const LONGEST_FIELD = 255;
/** Ours on what somebody typed. */
const LONGEST_INPUT = 64;

/**
 * May this go into a field as somebody typed it? There is no escape in SIP2, so what would end a field or a message is refused, not cleaned: a
 * stripped `123|4` would be somebody else's `1234` (reference/library-sso.md 1.10).
 */
export function fitsField(text: string, charset: Charset = 'utf-8'): boolean {
	return text !== '' && text.length <= LONGEST_INPUT && isPlain(text) && toBytes(text, charset) !== null;
}

/** No delimiter, no control or invisible character, no line end of any alphabet. */
function isPlain(text: string): boolean {
	return !/[|\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

/** Puts a message into bytes, with its CR. `sequence` null sends no error detection. Throws RangeError for what SIP2 cannot carry. */
export function encodeMessage(message: Sip2Message, charset: Charset = 'utf-8'): Buffer {
	const { code, fixed, fields, sequence } = message;
	if (FIXED[code] === undefined || fixed.length !== FIXED[code] || !isPlain(fixed)) {
		throw new RangeError(`the fixed part of ${code} is not in its form`);
	}
	for (const [id, value] of fields) {
		if (!/^[A-Z][A-Z0-9]$/.test(id) || value.length > LONGEST_FIELD || !isPlain(value)) {
			throw new RangeError(`the field ${id} holds what SIP2 cannot carry`);
		}
	}
	const text = code + fixed + fields.map(([id, value]) => `${id}${value}|`).join('');
	const body = toBytes(sequence === null ? text : `${text}AY${sequence}AZ`, charset);
	if (!body) throw new RangeError(`a field of ${code} has a sign that ${charset} has not`);
	return Buffer.concat([body, Buffer.from(sequence === null ? '\r' : `${checksum(body)}\r`, 'latin1')]);
}

/**
 * Reads one message, without its end: the checksum over the bytes first, then the text, the fixed part by its width, the rest by its delimiters
 * (reference/library-sso.md 1.12). Parts that are no field are left out; a value is taken to the letter, so that `BLYBV7.00` is not a yes.
 */
export function decodeMessage(bytes: Uint8Array, charset: Charset = 'utf-8'): ReceivedMessage | Sip2Fault {
	// The trailer has no delimiter after it; AY may stand alone or be missing. Latin-1 shows every byte as one character.
	const trailer = /(?:AY(\d))?AZ([0-9A-F]{4})$/.exec(Buffer.from(bytes).toString('latin1'));
	if (trailer && checksum(bytes.subarray(0, bytes.length - 4)) !== trailer[2]) return 'checksum';
	const text = fromBytes(trailer ? bytes.subarray(0, trailer.index) : bytes, charset);
	if (text === null) return 'not_text';
	const code = text.slice(0, 2);
	const width = FIXED[code];
	if (code.length < 2) return 'too_short';
	if (width === undefined) return 'unknown_code';
	if (text.length < 2 + width) return 'too_short';
	const fields: Sip2Field[] = [];
	let alone: string | null = null;
	for (const part of text.slice(2 + width).split('|')) {
		if (part.startsWith('AY')) alone = part.slice(2);
		else if (/^[A-Z][A-Z0-9]/.test(part)) fields.push([part.slice(0, 2), part.slice(2)]);
	}
	return {
		code,
		fixed: text.slice(2, 2 + width),
		fields,
		sequence: trailer?.[1] ?? alone,
		sealed: trailer !== null,
	};
}

/** The one value of a field; null when it is missing or there are several, because then it says nothing. */
export function onlyField(message: Sip2Message, id: string): string | null {
	const values = message.fields.filter(([known]) => known === id);
	return values.length === 1 ? values[0]![1] : null;
}
