import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { toFolderError } from '@understory/branch/folder.ts';
import { PublicError } from '@understory/core/errors.ts';

/** What is wrong with the place of copies, for library IT; by the code that the same has of a branch's own folder. */
const SAYS: Readonly<Record<string, string>> = {
	disk_full:
		'The place where copies lie is full, so no copy was made. Make it larger, or delete copies that nobody needs. The branch itself is served as ever.',
	read_only:
		'The place where copies lie cannot be written to, so no copy was made. Library IT has to give the home write access to it. The branch itself is served as ever.',
};

/**
 * Does work that writes to a folder in the place of copies, which is made, and to nothing else. A full or closed place is told as what it is, and not as a
 * fault of the branch. Throws what the work throws, and PublicError `disk_full` or `read_only`.
 */
export async function atPlaceOfCopies<Done>(folder: string, work: () => Promise<Done>): Promise<Done> {
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		// Asked first: Node says of a folder that it cannot make on a closed disk that it is not there.
		accessSync(folder, constants.W_OK);
		return await work();
	} catch (error) {
		const known = toFolderError(error);
		const sentence = known instanceof PublicError ? SAYS[known.code] : undefined;
		if (sentence) {
			const { status, code } = known as PublicError;
			throw new PublicError(status, code, sentence, { cause: error });
		}
		if (existsSync(folder)) throw known;
		throw new PublicError(503, 'read_only', SAYS.read_only!, { cause: error });
	}
}

/** Does a copy lie on another file system than the home that it is of? Then it outlives the loss of that. */
export function liesApart(copy: string, home: string): boolean {
	return statSync(copy).dev !== statSync(home).dev;
}
