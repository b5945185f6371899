import { type Grant, holds, panelOf } from '@understory/core/grants.ts';
import { allows } from '@understory/core/permissions.ts';
import type { Context } from '../context.ts';
import type { SignedIn } from '../you/signed-in.ts';

/** A member of staff at the pages of the desk, by what the register says of them today. */
export interface Clerk {
	readonly staff: string;
	/** As they want to be called at work. */
	readonly name: string;
	/** May they make codes that open the porch, and day passes? Whoever stands at a desk may. */
	readonly serves: boolean;
	/** May they make codes that carry an account over to a new card, and note that somebody asked to be deleted? */
	readonly carries: boolean;
	/** Are they of the panel, which decides for the whole library? */
	readonly panel: boolean;
	/** May they see what all desks did, and what staff should know of guessing? */
	readonly oversees: boolean;
}

/**
 * Who somebody is at the desk, or null for whoever is no staff there. They came in with their own card, now and not by a code, so a role is worth nothing to
 * whoever has only its holder's slip of paper. A role at one branch is a role at its desk, and a desk serves every patron of its library.
 */
export function clerkOf(context: Context, library: string, you: SignedIn): Clerk | null {
	const staff = you.account.staff_id;
	if (staff === null || you.standing !== 'full') return null;
	const held = grantsNow(context, library).filter((grant) => grant.staff_id === staff);
	const roles = held.map(({ role }) => role);
	const panel = panelNow(context, library).has(staff);
	const clerk = {
		panel,
		serves: allows(roles, 'serve'),
		carries: allows(roles, 'carry'),
		oversees: allows(roles, 'oversee'),
	};
	return held[0] ? { staff, name: held[0].name, ...clerk } : null;
}

/** As they are called at work, by staff id, of whoever has or had a role. */
export function namesOfStaff(context: Context, library: string): ReadonlyMap<string, string> {
	const grants = context.registers.registers.get(library)?.grants ?? [];
	return new Map(grants.map(({ staff_id, name }) => [staff_id, name]));
}

/** Who is on a library's panel now, by staff id. */
export function panelNow(context: Context, library: string): ReadonlySet<string> {
	return panelOf(context.registers.registers.get(library)?.grants ?? [], context.clock.now());
}

function grantsNow(context: Context, library: string): Grant[] {
	const now = context.clock.now();
	// A team that several libraries share serves branches; the desk is the library's own.
	const own = (grant: Grant) => grant.team === undefined && holds(grant, now);
	return (context.registers.registers.get(library)?.grants ?? []).filter(own);
}
