import { Unavailable, UnknownHost } from '@understory/core/errors.ts';
import { parseHost } from '@understory/http/host.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { Library, Registers } from '../registers.ts';
import { isAway } from '../store/database.ts';

/** A handler of a request to the site of one library. */
export type LibraryHandler = (library: Library, request: Request, response: Response) => Promise<void> | void;

/** Finds the library by the host that was asked. Throws `UnknownHost` when there is none; a dead database becomes a sentence. */
export function forLibrary(registers: Registers): (handler: LibraryHandler) => RequestHandler {
	return (handler) => async (request, response) => {
		const library = libraryAt(registers, request);
		if (!library) throw new UnknownHost('No library has its accountability site at this address.');
		try {
			await handler(library, request, response);
		} catch (error) {
			if (!isAway(error)) throw error;
			throw new Unavailable(
				'The record of decisions cannot be read right now. Try again in a minute.',
				'database_away',
				{
					cause: error,
					retryAfter: 60,
				},
			);
		}
	};
}

/** The library whose site was asked for; undefined when there is none. */
export function libraryAt(registers: Registers, request: Request): Library | undefined {
	const asked = parseHost(request.headers.host);
	return asked ? registers.at(asked.host) : undefined;
}

/** A named piece of the path, always a single text. */
export function part(request: Request, name: string): string {
	const value: unknown = request.params[name];
	return typeof value === 'string' ? value : Array.isArray(value) ? value.join('/') : '';
}
