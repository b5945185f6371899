import { PublicError } from '@understory/core/errors.ts';

/** Why a server could not be read. Stable words: the console says each in the reader's language. */
export const SERVER_FAULTS = {
	silent: 'The server does not answer.',
	refused_address: 'That address is not one that we connect to.',
	too_large: 'The server sends more than we take.',
	not_mastodon: 'The server has no public API as Mastodon has it.',
	closed: 'The server does not show this without signing in.',
	moved: 'The server sends us on to another address. Name that one.',
	another: 'The server says that it is another one than was asked.',
	unreadable: 'The server sends something that cannot be read.',
	trouble: 'The server answers with an error.',
} as const;
export type ServerFault = keyof typeof SERVER_FAULTS;

/** A server that could not be read; nothing that is known of it changes. */
export class ServerUnread extends PublicError {
	declare readonly code: ServerFault;

	constructor(code: ServerFault, parts: { detail?: string; cause?: unknown } = {}) {
		super(422, code, SERVER_FAULTS[code], {
			...parts,
			faults: [{ field: 'address', text: SERVER_FAULTS[code] }],
		});
	}
}

/** Is this a word of the table? What an earlier release wrote down may not be. */
export function isServerFault(code: string | null): code is ServerFault {
	return code !== null && Object.hasOwn(SERVER_FAULTS, code);
}
