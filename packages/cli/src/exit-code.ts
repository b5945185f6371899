import { PublicError } from '@understory/core/errors.ts';

/** How the command ends, for scripts. `docs/library-it/command.md` lists them. */
export const EXIT = {
	done: 0,
	/** The platform said no, or an operation failed. */
	refused: 1,
	/** The command was not called as it should be. */
	usage: 2,
	/** Nobody answers, or the platform is in trouble: worth trying again. */
	unavailable: 3,
	/** Not logged in, or not allowed. */
	denied: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a script is told of an error. */
export function exitCodeOf(error: unknown): ExitCode {
	if (!(error instanceof PublicError)) return EXIT.refused;
	if (error.status === 401 || error.status === 403) return EXIT.denied;
	return error.status >= 500 ? EXIT.unavailable : EXIT.refused;
}
