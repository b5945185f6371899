import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { Malformed, NotAllowed, PublicError, TooLarge } from '@understory/core/errors.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { BranchContext } from '../context.ts';
import { LARGEST, MOST_MEDIA } from '../services/uploading.ts';

/** The incoming paths of the files that came with a form; whatever is left there is taken away when the answer is sent. */
export function filesOf(response: Response): readonly string[] {
	return (response.locals.files as readonly string[] | undefined) ?? [];
}

/** The names their owner's computer has for these files, in the same order; nothing here is called by them. */
export function fileNamesOf(response: Response): readonly string[] {
	return (response.locals.fileNames as readonly string[] | undefined) ?? [];
}

/**
 * Reads forms with files: their fields as of any form, their files into incoming paths of the branch's media folder. Only for somebody
 * who signed in, from our own pages; the token of the form is asked afterwards as for any other. Throws TooLarge, Malformed, NotAllowed.
 */
export function formWithFiles(context: BranchContext, fieldBytes: number): RequestHandler {
	return (request, response, next) => {
		if (request.method !== 'POST' || !request.is('multipart/form-data')) return next();
		const { origin } = request.headers;
		if (!isKnown(context, request) || (origin !== undefined && origin !== context.origin)) {
			throw new NotAllowed('Only people of this branch send files, from its own pages.', 'csrf');
		}
		const paths: string[] = [];
		response.once('close', () => {
			for (const path of paths) context.media.remove(path);
		});
		const names: string[] = [];
		read(context, request, fieldBytes, { paths, names }).then(() => {
			response.locals.files = paths;
			response.locals.fileNames = names;
			next();
		}, next);
	};
}

/** Somebody with an account, or a host, who need not have one. */
function isKnown({ current }: Pick<BranchContext, 'current'>, { session }: Request): boolean {
	return session?.person !== undefined || current.mayDecide(session?.claims?.staff_id ?? null);
}

async function read(
	context: BranchContext,
	request: Request,
	fieldBytes: number,
	files: { readonly paths: string[]; readonly names: string[] },
): Promise<void> {
	const fields: Record<string, string> = {};
	const written: Promise<void>[] = [];
	const largest = Math.max(...Object.values(LARGEST));
	const length = Number(request.headers['content-length'] ?? '0');
	if (length > largest * MOST_MEDIA + fieldBytes) throw tooLarge();
	let parser: BusboyInstance;
	try {
		parser = new Busboy({
			headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
			limits: { fieldSize: fieldBytes, fields: 100, fileSize: largest, files: MOST_MEDIA, parts: 120 },
		});
	} catch (error) {
		throw new Malformed('This form cannot be read.', { cause: error });
	}
	parser.on('field', (name, value) => {
		fields[name] = value;
	});
	parser.on('file', (_field, stream, name) => {
		// A field in which no file was chosen comes too, without a name.
		if (!name) {
			stream.resume();
			return;
		}
		const path = context.media.incoming(context.ids.random());
		files.paths.push(path);
		files.names.push(name);
		const done = context.media.receive(stream, path).then(() => {
			if (stream.truncated) throw tooLarge();
		});
		done.catch(() => stream.resume());
		written.push(done);
	});
	await new Promise<void>((resolve, reject) => {
		parser.once('finish', resolve);
		parser.once('error', (error) => reject(new Malformed('This form cannot be read.', { cause: error })));
		request.once('aborted', () => reject(new Malformed('The form did not come whole.')));
		request.pipe(parser);
	});
	const results = await Promise.allSettled(written);
	for (const result of results) {
		if (result.status === 'rejected') throw asPublic(result.reason);
	}
	request.body = fields;
}

function tooLarge(): TooLarge {
	return new TooLarge('That file is too large. Pictures may have 12 MB, sound and video 40 MB.');
}

function asPublic(error: unknown): unknown {
	return error instanceof PublicError
		? error
		: new Malformed('The form did not come whole.', { cause: error });
}
