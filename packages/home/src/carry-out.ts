import { createBranchFolder } from '@understory/branch/folder.ts';
import type { BranchParts } from '@understory/branch/open-branch.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import { Conflict, Malformed, NotAllowed, Unavailable } from '@understory/core/errors.ts';
import type { Platform } from './platform.ts';
import type { Pool } from './pool.ts';
import type { Registry } from './registry.ts';

/**
 * Carries out a signed wish for one branch: makes its folder when there is none, tells the open branch, keeps the document, answers with the
 * branch's key and consents. Repeating it changes nothing. Throws `NotAllowed` for a wish that is not from the platform, not for this
 * home or too old, and `Conflict` for one older than what was carried out.
 */
export async function carryOut(
	parts: { platform: Platform; registry: Registry; pool: Pool; clock: Clock; branchParts: BranchParts },
	branchId: string,
	document: unknown,
): Promise<BranchStatus> {
	const { platform, registry, pool, clock } = parts;
	const desired = document as Partial<DesiredBranch> | null;
	if (desired?.type !== 'understory/desired-branch/v1' || desired.branch?.id !== branchId) {
		throw new Malformed('This is not a desired document for this branch.');
	}
	if (platform.id() === null) throw new Unavailable('This home has not enrolled yet.', 'not_enrolled');
	if (!platform.isGenuine(document))
		throw new NotAllowed('This document is not signed by the platform.', 'signature');
	const wish = desired as DesiredBranch;
	if (wish.home !== platform.id()) throw new NotAllowed('This document is for another home.', 'another_home');
	if (wish.expires < clock.now()) throw new NotAllowed('This document has expired.', 'expired');
	const known = registry.byId(branchId);
	if (known && wish.generation < known.generation) {
		throw new Conflict(`Generation ${known.generation} was carried out already.`, 'generation');
	}
	await createBranchFolder(registry.folderOf(branchId), wish, parts.branchParts);
	// Kept before it is opened, because opening looks here which host and library a folder has.
	if (!known) registry.keep(wish);
	const { open, release } = await pool.hold(branchId);
	try {
		const status = await open.apply(wish);
		registry.keep(wish);
		return status;
	} finally {
		release();
	}
}
