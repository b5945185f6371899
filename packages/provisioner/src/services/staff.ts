import { NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { lock } from '../store/database.ts';
import type { LibraryRow } from '../store/rows.ts';
import { dropInvitation, endGrant, findGrant, teamGrantsAt } from '../store/staff.ts';
import { dropSeat } from '../store/teams.ts';
import { isUuid } from '../store/uuid.ts';

/**
 * Takes a role back: from the next register on nobody takes it for one any more. It stays known that somebody had it, for what they did meanwhile. Of whoever is here in a shared team, all their roles here are taken back, until they are invited anew. Throws
 * `NotFound` when it does not hold now.
 */
export async function takeBackRole(
	context: Context,
	library: LibraryRow,
	{ id, by }: { id: string; by: string },
): Promise<void> {
	const now = context.clock.now();
	await context.database.transaction(async (transaction) => {
		const held = isUuid(id) ? await findGrant(transaction, { library: library.id, id, now }) : undefined;
		if (!held) throw new NotFound('Nobody has such a role now.');
		if (held.team_member === null) {
			await endGrant(transaction, { library: library.id, id, by, now });
			return;
		}
		await lock(transaction, `team:${held.team!.id}`);
		await dropSeat(transaction, { member: held.team_member, library: library.id });
		const others = await teamGrantsAt(transaction, { team: held.team!.id, library: library.id, now });
		for (const grant of others.filter((one) => one.team_member === held.team_member))
			await endGrant(transaction, { library: library.id, id: grant.id, by, now });
	});
}

/** Takes back an invitation that nobody accepted yet. Throws `NotFound`. */
export async function takeBackInvitation(context: Context, library: LibraryRow, id: string): Promise<void> {
	const dropped = isUuid(id) && (await dropInvitation(context.database, library.id, id));
	if (!dropped) throw new NotFound('There is no such invitation, or it was accepted already.');
}
