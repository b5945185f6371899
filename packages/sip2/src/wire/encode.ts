import { type Charset, toBytes } from './charset.ts';
import { checksum } from './checksum.ts';
import { ENDS, STANDARD_FORM, type WireForm } from './form.ts';
import { FIXED, type Sip2Field, type Sip2Message } from './message.ts';

/** SIP2's own limit on a field, in characters. */
const LONGEST_FIELD = 255;
/** Ours on what somebody typed. */
export const LONGEST_INPUT = 64;

/**
 * May this go into a field as somebody typed it? There is no escape in SIP2, so what would end a field or a message is refused, not cleaned: a
 * stripped `123|4` would be somebody else's `1234` (reference/library-sso.md 1.10). `longest` counts characters.
 */
export function fitsField(
	text: string,
	form: Pick<WireForm, 'charset' | 'separator'> = STANDARD_FORM,
	longest = LONGEST_INPUT,
): boolean {
	return (
		text !== '' && text.length <= longest && isPlain(text, form.separator) && isEncodable(text, form.charset)
	);
}

/** May a setting go into a field? It may be empty. */
export function canSend(text: string, form: Pick<WireForm, 'charset' | 'separator'>): boolean {
	return text.length <= LONGEST_FIELD && isPlain(text, form.separator) && isEncodable(text, form.charset);
}

/** No separator, no control or invisible character, no line end of any alphabet. */
function isPlain(text: string, separator: string): boolean {
	return !text.includes(separator) && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
}

function isEncodable(text: string, charset: Charset): boolean {
	const bytes = toBytes(text, charset);
	bytes?.fill(0);
	return bytes !== null;
}

/**
 * Puts a message into bytes, with its end. `sequence` null sends no error detection. The bytes are the caller's own, to be wiped: no text of the
 * whole is made on the way, since a text cannot be. Throws RangeError for what SIP2 cannot carry.
 */
export function encodeMessage(message: Sip2Message, form: WireForm = STANDARD_FORM): Buffer {
	const { code, fixed, fields, sequence } = message;
	if (FIXED[code] === undefined || fixed.length !== FIXED[code] || !isPlain(fixed, form.separator)) {
		throw new RangeError(`the fixed part of ${code} is not in its form`);
	}
	const parts = [bytesOf(code + fixed, form)];
	try {
		for (const field of fields) parts.push(fieldBytes(field, form));
		if (sequence !== null) parts.push(bytesOf(`AY${sequence}AZ`, form));
		if (sequence !== null) parts.push(Buffer.from(sum(parts), 'latin1'));
		parts.push(Buffer.from(ENDS[form.terminator], 'latin1'));
		const whole = Buffer.alloc(parts.reduce((length, part) => length + part.length, 0));
		let at = 0;
		for (const part of parts) at += part.copy(whole, at);
		return whole;
	} finally {
		for (const part of parts) part.fill(0);
	}
}

function fieldBytes([id, value]: Sip2Field, form: WireForm): Buffer {
	if (!/^[A-Z][A-Z0-9]$/.test(id) || value.length > LONGEST_FIELD || !isPlain(value, form.separator)) {
		throw new RangeError(`the field ${id} holds what SIP2 cannot carry`);
	}
	const inside = toBytes(value, form.charset);
	if (!inside) throw new RangeError(`the field ${id} has a sign that ${form.charset} has not`);
	const bytes = Buffer.alloc(inside.length + 3);
	bytes.write(id, 'latin1');
	inside.copy(bytes, 2);
	inside.fill(0);
	bytes.write(form.separator, bytes.length - 1, 'latin1');
	return bytes;
}

function bytesOf(text: string, form: WireForm): Buffer {
	const bytes = toBytes(text, form.charset);
	if (!bytes) throw new RangeError(`a sign that ${form.charset} has not`);
	return bytes;
}

function sum(parts: readonly Buffer[]): string {
	const whole = Buffer.concat(parts);
	const digits = checksum(whole);
	whole.fill(0);
	return digits;
}
