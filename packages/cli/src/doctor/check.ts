import type { Branch, Library } from '@understory/api-client/api.ts';
import type { ApiClient } from '@understory/api-client/client.ts';

/** Something that somebody has to mend. */
export interface Fault {
	/** The library, or the branch as `library/branch`. */
	readonly where: string;
	/** A sentence. */
	readonly wrong: string;
	/** What to do, in a sentence. */
	readonly mend: string;
}

/** What a check looks at. */
export interface Looked {
	readonly api: ApiClient;
	readonly library: Library;
	readonly branches: readonly Branch[];
	/** UTC milliseconds. */
	readonly now: number;
	/** Days after which a copy of a branch is too old. */
	readonly backupDays: number;
}

/** Finds what is wrong with one library in one respect. Rejects when it could not look. */
export type Check = (looked: Looked) => Promise<readonly Fault[]>;
