import { NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import type { LibraryRow } from '../store/rows.ts';
import { dropInvitation, endGrant } from '../store/staff.ts';
import { isUuid } from '../store/uuid.ts';

/**
 * Takes a role back: from the next register on nobody takes it for one any more. It stays known that somebody had it, for what they did meanwhile. Throws
 * `NotFound` when it does not hold now.
 */
export async function takeBackRole(
	context: Context,
	library: LibraryRow,
	{ id, by }: { id: string; by: string },
): Promise<void> {
	const now = context.clock.now();
	const ended = isUuid(id) && (await endGrant(context.database, { library: library.id, id, by, now }));
	if (!ended) throw new NotFound('Nobody has such a role now.');
}

/** Takes back an invitation that nobody accepted yet. Throws `NotFound`. */
export async function takeBackInvitation(context: Context, library: LibraryRow, id: string): Promise<void> {
	const dropped = isUuid(id) && (await dropInvitation(context.database, library.id, id));
	if (!dropped) throw new NotFound('There is no such invitation, or it was accepted already.');
}
