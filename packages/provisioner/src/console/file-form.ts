import { Malformed, NotAllowed, TooLarge } from '@understory/core/errors.ts';
import type { Request, RequestHandler, Response } from 'express';

/** What a form may say beside its file, in bytes. */
const FIELDS = 100_000;

/** The file that came with a form; null when none was chosen. */
export function fileOf(response: Response): Buffer | null {
	return (response.locals.file as Buffer | undefined) ?? null;
}

/**
 * Reads a form with one file, of at most `largest` bytes, into memory: its fields as of any form, the file for `fileOf`. From somebody who signed
 * in alone, so that no stranger makes us hold it; the token of the form is asked afterwards as for any other. Throws `TooLarge`, `Malformed`,
 * `NotAllowed`.
 */
export function formWithFile(largest: number): RequestHandler {
	return async (request, response, next) => {
		if (request.method !== 'POST' || !request.is('multipart/form-data')) return next();
		if (response.locals.token === undefined) throw new NotAllowed('Sign in to the console first.');
		const { fields, file } = await formIn(request, await bytesOf(request, largest + FIELDS));
		if (file && file.length > largest) throw tooLarge();
		request.body = fields;
		response.locals.file = file;
		next();
	};
}

async function bytesOf(request: Request, most: number): Promise<Buffer> {
	if (Number(request.headers['content-length'] ?? '0') > most) throw tooLarge();
	const parts: Buffer[] = [];
	let length = 0;
	for await (const part of request as AsyncIterable<Buffer>) {
		length += part.length;
		if (length > most) throw tooLarge();
		parts.push(part);
	}
	return Buffer.concat(parts);
}

async function formIn(
	request: Request,
	body: Buffer,
): Promise<{ fields: Record<string, string>; file: Buffer | undefined }> {
	const headers = { 'content-type': request.headers['content-type'] ?? '' };
	const fields: Record<string, string> = {};
	let file: Buffer | undefined;
	const form = await new Response(new Uint8Array(body), { headers }).formData().catch((cause: unknown) => {
		throw new Malformed('This form cannot be read.', { cause });
	});
	for (const [name, value] of form) {
		if (typeof value === 'string') fields[name] = value;
		// A field in which no file was chosen comes too, without a name.
		else if (value.name !== '') file = Buffer.from(await value.arrayBuffer());
	}
	return { fields, file };
}

function tooLarge(): TooLarge {
	return new TooLarge('This file is too large. A file of libraries may have 32 MB; send it in parts.');
}
