import type { TeamSeat } from '@understory/core/grants.ts';
import type { Context } from '../context.ts';
import { branchesOf } from '../store/branches.ts';
import type { Transaction } from '../store/database.ts';
import { addGrant, endGrant, teamGrantsAt } from '../store/staff.ts';
import { membersOf, partsOf, seatsAt, type TeamRow } from '../store/teams.ts';

/**
 * Makes the roles that a team gives at a library what they are to be: each of its people who signed in there once has the role at each branch that the library
 * agreed to, and nobody else. What is already so is left as it is, so it may be called again and after a death in the middle. The caller holds the team's lock.
 */
export async function settleSeats(
	context: Context,
	transaction: Transaction,
	{ team, library, by }: { readonly team: TeamRow; readonly library: string; readonly by: string },
): Promise<void> {
	const now = context.clock.now();
	const part = (await partsOf(transaction, team.id)).find((one) => one.library === library);
	const known = new Set((await branchesOf(transaction, library)).map(({ id }) => id));
	const served = part?.branches?.filter((branch) => known.has(branch));
	const places = part?.state === 'agreed' ? (served ?? [null]) : [];
	const members = new Map((await membersOf(transaction, team.id)).map((one) => [one.id, one]));
	const wanted = (await seatsAt(transaction, team.id, library)).flatMap(({ member, staff_id }) =>
		places.map((branch) => ({ member: members.get(member)!, staff_id, branch })),
	);
	const keyOf = (member: string, staffId: string, branch: string | null) => `${member} ${staffId} ${branch}`;
	const keys = new Set(wanted.map((one) => keyOf(one.member.id, one.staff_id, one.branch)));
	const there = new Set<string>();
	for (const grant of await teamGrantsAt(transaction, { team: team.id, library, now })) {
		const key = keyOf(grant.team_member ?? '', grant.staff_id, grant.branch);
		if (keys.has(key)) there.add(key);
		else await endGrant(transaction, { library, id: grant.id, by, now });
	}
	for (const { member, staff_id, branch } of wanted) {
		if (there.has(keyOf(member.id, staff_id, branch))) continue;
		const seat: TeamSeat = {
			id: team.id,
			name: team.name,
			from: member.library === library ? null : member.from,
		};
		await addGrant(transaction, {
			id: context.randomId(),
			...{ staff_id, name: member.name, role: 'moderation_team', library, branch, invited_by: by },
			...{ valid_from: now, valid_until: null, team_member: member.id, team: JSON.stringify(seat) },
		});
	}
}
