import type { RosterMember, SignedRoster } from '@understory/core/register.ts';
import type { RosterSuspension } from '@understory/core/roster-change.ts';
import { addNotice } from '../../store/notices.ts';
import type { Writing } from '../../store/store.ts';
import { touchedBy } from '../../store/touched.ts';
import { WEEKS } from '../restricting/previewing.ts';

const WEEK = 7 * 24 * 60 * 60_000;

/** Who is nobody's neighbor on a roster at this moment. */
export function suspendedNow({ suspensions = [] }: SignedRoster, now: number): readonly RosterSuspension[] {
	return suspensions.filter(({ until }) => now < until);
}

/**
 * A newer roster suspends a member that the one before did not: whoever here has to do with somebody there has a notice, in the transaction that keeps the roster; where it is this branch
 * itself, whoever has to do with any member (docs/adr/0101). One that only ends earlier is told once.
 */
export function tellOfSuspensions(
	writing: Writing,
	rosters: { readonly before: SignedRoster; readonly after: SignedRoster },
	{ self, now, nextId }: { readonly self: string; readonly now: number; nextId(): number },
): void {
	const { before, after } = rosters;
	for (const { domain, from } of suspendedNow(after, now)) {
		const known = before.suspensions?.some((one) => one.domain === domain && one.from === from);
		const member = after.members.find((one) => one.domain === domain);
		if (known || !member) continue;
		const about = { users: `${self}/ap/users/`, since: now - WEEKS * WEEK };
		for (const { person } of touchedBy(writing, { ...about, origins: concerned(after, member, self) })) {
			addNotice(writing, {
				...{ id: nextId(), person, kind: 'member_suspended', actor: member.server_actor },
				...{ post: null, decision: null, created: now, read: null },
			});
		}
	}
}

/** Between whom and this branch nothing goes for the neighborhood alone meanwhile. */
function concerned({ members }: SignedRoster, member: RosterMember, self: string): string[] {
	const origins = members.map(({ origin }) => origin).filter((origin) => origin !== self);
	return member.origin === self ? origins : [member.origin];
}
