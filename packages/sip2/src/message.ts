import { checksum } from './checksum.ts';

/** A message taken apart: the code, the fixed part as one text, the variable fields in their order. */
export interface Sip2Message {
	readonly code: string;
	readonly fixed: string;
	readonly fields: readonly (readonly [id: string, value: string])[];
	/** Error detection: the sequence digit, or null when the message has none. */
	readonly sequence: string | null;
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

const CARRIAGE_RETURN = 13;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * May this text go into a field? There is no escape in SIP2, so what would end a field or a message is refused, not cleaned: a stripped
 * `123|4` would be somebody else's `1234` (reference/library-sso.md 1.10).
 */
export function fitsField(text: string): boolean {
	return text.length > 0 && text.length <= 64 && !/[|\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);
}

/** Puts a message into bytes, with its CR. `sequence` null sends no error detection. Throws RangeError for a field that does not fit. */
export function encodeMessage(message: Sip2Message): Buffer {
	for (const [id, value] of message.fields) {
		if (!/^[A-Z][A-Z0-9]$/.test(id) || (value !== '' && !fitsField(value) && !isLong(value))) {
			throw new RangeError(`the field ${id} holds what SIP2 cannot carry`);
		}
	}
	const fields = message.fields.map(([id, value]) => `${id}${value}|`).join('');
	const text = message.code + message.fixed + fields;
	if (message.sequence === null) return Buffer.from(`${text}\r`, 'utf8');
	const sealed = `${text}AY${message.sequence}AZ`;
	return Buffer.from(`${sealed}${checksum(encoder.encode(sealed))}\r`, 'utf8');
}

/** Fields that servers send may be as long as SIP2 allows. */
function isLong(value: string): boolean {
	return value.length <= 255 && !/[|\p{Cc}]/u.test(value);
}

/** Reads one message, without its terminator. Bytes first, then the checksum, then text (reference/library-sso.md 1.12). */
export function decodeMessage(bytes: Uint8Array): Sip2Message | Sip2Fault {
	if (bytes.length < 2) return 'too_short';
	let text: string;
	try {
		text = decoder.decode(bytes);
	} catch {
		return 'not_text';
	}
	const code = text.slice(0, 2);
	const width = FIXED[code];
	if (width === undefined) return 'unknown_code';
	const seal = /(?:AY(\d))?AZ([0-9A-F]{4})$/.exec(text);
	if (seal && checksum(bytes.subarray(0, bytes.length - 4)) !== seal[2]) return 'checksum';
	const body = seal ? text.slice(0, seal.index) : text;
	if (body.length < 2 + width) return 'too_short';
	const fields: (readonly [string, string])[] = [];
	for (const part of body.slice(2 + width).split('|')) {
		if (/^[A-Z][A-Z0-9]/.test(part)) fields.push([part.slice(0, 2), part.slice(2)]);
	}
	return { code, fixed: body.slice(2, 2 + width), fields, sequence: seal?.[1] ?? null };
}

/** The one value of a field; null when it is missing or there are several, because then it says nothing. */
export function onlyField(message: Sip2Message, id: string): string | null {
	const values = message.fields.filter(([known]) => known === id);
	return values.length === 1 ? values[0]![1] : null;
}

/** Cuts a stream of bytes into messages: ends at CR, drops an LF right after it, never ends at a lone LF. */
export class Framer {
	#rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
	readonly #most: number;

	constructor(most = 65_536) {
		this.#most = most;
	}

	/** Adds bytes and returns the messages that are whole now. Throws RangeError when one grows past the limit. */
	push(chunk: Uint8Array): Buffer[] {
		let rest: Buffer<ArrayBufferLike> = Buffer.concat([this.#rest, chunk]);
		const whole: Buffer[] = [];
		for (let end = rest.indexOf(CARRIAGE_RETURN); end >= 0; end = rest.indexOf(CARRIAGE_RETURN)) {
			const message = withoutLeadingEnds(rest.subarray(0, end));
			if (message.length > 0) whole.push(message);
			rest = rest.subarray(end + 1);
		}
		rest = withoutLeadingEnds(rest);
		if (rest.length > this.#most) throw new RangeError('a SIP2 message is too long');
		this.#rest = rest;
		return whole;
	}

	/** Bytes that arrived and belong to no whole message. */
	get pending(): number {
		return this.#rest.length;
	}
}

function withoutLeadingEnds(bytes: Buffer): Buffer {
	let start = 0;
	while (bytes[start] === 10 || bytes[start] === CARRIAGE_RETURN) start++;
	return bytes.subarray(start);
}

/** A transaction date: local time, with four blanks where the zone would be (SIP2 section 3). */
export function sip2Date(at: number): string {
	const text = new Date(at).toISOString();
	return `${text.slice(0, 10).replaceAll('-', '')}    ${text.slice(11, 19).replaceAll(':', '')}`;
}
