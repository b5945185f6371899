/**
 * Returned by a statement of its own, it lets that statement be answered before the disk has it (PostgreSQL, `synchronous_commit`): when the machine of the
 * database stops, what was written in the last moments may be gone; when a process of ours stops, nothing is. For what only makes somebody sign in again or
 * is counted for a quarter of an hour; never for what somebody was told is done (a sign-out, an account, a code that is spent).
 */
export const RELAXED = "set_config('synchronous_commit', 'off', true)";
