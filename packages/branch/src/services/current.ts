import { dateIn } from '@understory/core/calendar.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { Contact } from '@understory/core/contact.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { countsAt, rolesAt, type StaffRole } from '@understory/core/grants.ts';
import { allows, type Permission } from '@understory/core/permissions.ts';
import { policiesInForce } from '@understory/core/policy-versions.ts';
import type { BranchRecord, LibraryRecord, Register } from '@understory/core/register.ts';
import type { Policy } from '@understory/core/rule.ts';

/** What holds for this branch now: from the register, or from the last desired document where that is newer (DESIGN 5.1). */
export interface Current {
	library(): LibraryRecord;
	branch(): BranchRecord;
	/** The branches of the library, this one too; only this one while no register is known. */
	branches(): readonly BranchRecord[];
	/** The policies in force here today, each in its newest version. */
	policies(): readonly Policy[];
	contacts(): readonly Contact[];
	register(): Register | null;
	/** Roles of a member of the staff here, now. */
	rolesOf(staffId: string | null): readonly StaffRole[];
	/** May this member of the staff do that here, now? */
	may(staffId: string | null, permission: Permission): boolean;
	/** May this member of the staff decide about posts here, now? */
	mayDecide(staffId: string | null): boolean;
	/** Names of those who hold a grant here now, for the mark beside their posts. */
	nameOf(staffId: string): string | null;
}

/** Joins the two sources. `desired` is asked each time, since it may be replaced while the branch is open. */
export function createCurrent(parts: {
	readonly desired: () => DesiredBranch;
	readonly registerView: (libraryId: string) => Register | null;
	readonly clock: Clock;
}): Current {
	function register(): Register | null {
		return parts.registerView(parts.desired().library.id);
	}

	function listed(): { register: Register; branch: BranchRecord } | null {
		const known = register();
		const desired = parts.desired();
		if (!known || known.issued < desired.issued) return null;
		const branch = known.branches.find(({ id }) => id === desired.branch.id);
		return branch ? { register: known, branch } : null;
	}

	const branch = () => listed()?.branch ?? parts.desired().branch;
	const library = () => listed()?.register.library ?? parts.desired().library;

	function rolesOf(staffId: string | null): readonly StaffRole[] {
		const grants = register()?.grants;
		return staffId && grants ? rolesAt(grants, staffId, parts.desired().branch.id, parts.clock.now()) : [];
	}

	return {
		library,
		branch,
		branches: () => register()?.branches ?? [branch()],
		policies() {
			const today = dateIn(library().zone, parts.clock.now());
			return policiesInForce(register()?.policies ?? [], branch(), today);
		},
		contacts: () => register()?.contacts ?? [],
		register,
		rolesOf,
		may: (staffId, permission) => allows(rolesOf(staffId), permission),
		mayDecide: (staffId) => allows(rolesOf(staffId), 'moderate'),
		nameOf(staffId) {
			if (rolesOf(staffId).length === 0) return null;
			const here = register()?.grants.filter((grant) => countsAt(grant, parts.desired().branch.id));
			return here?.find((grant) => grant.staff_id === staffId)?.name ?? null;
		},
	};
}
