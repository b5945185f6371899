import { Unavailable } from '@understory/core/errors.ts';

/** Is this error the database being away, rather than something wrong with what was asked? */
export function isAway(error: unknown): boolean {
	if (!(error instanceof Error)) return false;
	const { code } = error as { code?: unknown };
	// PostgreSQL's classes 08 (connection), 53 (no resources) and 57P (shut down); the rest are Node's, pg's and the pool's own.
	if (typeof code === 'string' && /^(08|53|57P|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/.test(code)) return true;
	return (
		error.name === 'KnexTimeoutError' || /\bConnection terminated\b|\bUnable to acquire\b/.test(error.message)
	);
}

/** What a caller is told when it is; every other error stays what it was. */
export function sayAway(error: unknown): unknown {
	if (!isAway(error)) return error;
	const sentence = 'The database of the platform does not answer. Nothing was lost; try again in a minute.';
	return new Unavailable(sentence, 'database', { cause: error, retryAfter: 60 });
}
