import { randomBytes } from 'node:crypto';
import { BadInput, Gone, NotFound } from '@understory/core/errors.ts';
import { STAFF_ROLES, type StaffRole } from '@understory/core/grants.ts';
import type { Context } from '../context.ts';
import { findInvitation, hashToken } from '../store/access.ts';
import { lock } from '../store/database.ts';
import type { LibraryRow } from '../store/rows.ts';

/** How long an invitation may be used, in milliseconds: 14 days. */
const LIFE = 14 * 86_400_000;

/** Makes a one-time invitation to a role. The address is returned once and only its hash is kept. */
export async function invite(
	context: Context,
	to: { library: LibraryRow; branch: string | null; role: string; name: string },
): Promise<{ url: string; token: string; expires: number }> {
	const role = STAFF_ROLES.find((known) => known === to.role);
	const faults = [
		...(role ? [] : [{ field: 'role', text: `Choose one of ${STAFF_ROLES.join(', ')}.` }]),
		...(to.name.trim() && to.name.length <= 100
			? []
			: [{ field: 'name', text: 'Write what they are called at work.' }]),
	];
	if (!role || faults.length > 0) throw new BadInput('This invitation cannot be made as it stands.', faults);
	const token = randomBytes(24).toString('base64url');
	const expires = context.clock.now() + LIFE;
	await context.database('invitation').insert({
		hash: hashToken(token),
		library: to.library.id,
		branch: to.branch,
		role,
		name: to.name.trim(),
		expires,
	});
	return { token, url: `${to.library.card_origin}/invitation/${token}`, expires };
}

/** What the holder of an invitation got. */
export interface Granted {
	readonly role: StaffRole;
	readonly name: string;
	readonly branch: string | null;
}

/**
 * Turns an invitation into a grant for a member of staff, whom the library's sign-in vouches for. The same person may present it again and
 * gets the same answer; anybody else is refused. Throws `NotFound` or `Gone`.
 */
export async function acceptInvitation(
	context: Context,
	accepted: { token: string; library: string; staffId: string },
): Promise<Granted> {
	return context.database.transaction(async (transaction) => {
		const hash = hashToken(accepted.token);
		await lock(transaction, `invitation:${hash}`);
		const invitation = await findInvitation(transaction, accepted.token);
		if (!invitation || invitation.library !== accepted.library)
			throw new NotFound('There is no such invitation.');
		const granted = { role: invitation.role, name: invitation.name, branch: invitation.branch };
		if (invitation.accepted_by === accepted.staffId) return granted;
		const now = context.clock.now();
		if (invitation.accepted_by !== null || Number(invitation.expires) < now) {
			throw new Gone('This invitation was used already, or its time is over. Ask for a new one.');
		}
		await transaction('invitation').where({ hash }).update({ accepted_by: accepted.staffId });
		await transaction('staff_grant').insert({
			id: context.randomId(),
			staff_id: accepted.staffId,
			name: invitation.name,
			role: invitation.role,
			library: invitation.library,
			branch: invitation.branch,
			valid_from: now,
			valid_until: null,
		});
		return granted;
	});
}
