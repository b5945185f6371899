import { Malformed, TooLarge } from '@understory/core/errors.ts';
import type { Request, RequestHandler } from 'express';

/** As many fields as `formBody` takes. */
const MOST_FIELDS = 200;
const [AND, IS, PLUS, PERCENT, SPACE] = ['&', '=', '+', '%', ' '].map((sign) => sign.charCodeAt(0)) as [
	number,
	number,
	number,
	number,
	number,
];

/**
 * Reads an HTML form of at most `limit` bytes that holds a secret. The bytes that came are overwritten with zeros as soon as they were read, also when they turn out
 * to be no form; no text of the whole is made on the way, only one of each field. Throws `TooLarge`, and `Malformed` for what broke off or is written otherwise
 * than browsers write a form.
 */
export function wipedFormBody(limit: number): RequestHandler {
	return async (request, _response, next) => {
		if (!request.is('application/x-www-form-urlencoded')) {
			request.body = {};
			return next();
		}
		const whole = await bytesOf(request, limit);
		try {
			request.body = fieldsIn(whole);
		} finally {
			whole.fill(0);
		}
		next();
	};
}

/** Everything that was sent, in bytes that are the caller's own. */
async function bytesOf(request: Request, limit: number): Promise<Buffer> {
	const { 'content-encoding': packed = 'identity', 'content-type': type = '' } = request.headers;
	const charset = /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
	if (packed !== 'identity' || charset.toLowerCase() !== 'utf-8')
		throw new Malformed('This encoding is not understood here.');
	const whole = Buffer.alloc(limit);
	let length = 0;
	try {
		for await (const chunk of request as AsyncIterable<Buffer>) {
			const fits = length + chunk.length <= limit;
			if (fits) chunk.copy(whole, length);
			chunk.fill(0);
			if (!fits) throw new TooLarge('This is more than is accepted here at once.');
			length += chunk.length;
		}
		return whole.subarray(0, length);
	} catch (error) {
		whole.fill(0);
		if (error instanceof TooLarge) throw error;
		throw new Malformed('The request broke off.', { cause: error });
	}
}

/** The fields of a form, by name; those of one name together. */
function fieldsIn(bytes: Buffer): Record<string, string | string[]> {
	const fields: Record<string, string | string[]> = Object.create(null);
	let count = 0;
	for (let from = 0; from < bytes.length; ) {
		const end = bytes.indexOf(AND, from);
		const pair = bytes.subarray(from, end < 0 ? bytes.length : end);
		from += pair.length + 1;
		if (pair.length === 0) continue;
		count += 1;
		if (count > MOST_FIELDS) throw new TooLarge('This form has too many fields.');
		const at = pair.indexOf(IS);
		const name = decoded(at < 0 ? pair : pair.subarray(0, at));
		const value = at < 0 ? '' : decoded(pair.subarray(at + 1));
		const before = fields[name];
		fields[name] = before === undefined ? value : [before, value].flat();
	}
	return fields;
}

/** What is written with plus and percent signs, which gets no longer by reading it; a percent sign before anything else stands for itself. */
function decoded(bytes: Buffer): string {
	const plain = Buffer.alloc(bytes.length);
	let length = 0;
	for (let at = 0; at < bytes.length; at += 1) {
		const byte = bytes[at]!;
		const high = byte === PERCENT ? digit(bytes[at + 1]) : -1;
		const low = high < 0 ? -1 : digit(bytes[at + 2]);
		if (low >= 0) at += 2;
		plain[length] = low >= 0 ? high * 16 + low : byte === PLUS ? SPACE : byte;
		length += 1;
	}
	const text = plain.toString('utf8', 0, length);
	plain.fill(0);
	return text;
}

/** The worth of a hexadecimal digit; -1 for any other byte. */
function digit(byte: number | undefined): number {
	if (byte === undefined) return -1;
	if (byte >= 48 && byte <= 57) return byte - 48;
	const letter = byte | 32;
	return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
