import { createBranchFolder } from '@understory/branch/folder.ts';
import type { BranchParts } from '@understory/branch/open-branch.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import { Conflict, Malformed, NotAllowed, toPublicError, Unavailable } from '@understory/core/errors.ts';
import { suspensionAt } from '@understory/core/suspension.ts';
import type { Platform } from './platform.ts';
import type { Pool } from './pool.ts';
import type { Registry } from './registry.ts';
import { closedStatus } from './statuses.ts';

export interface CarryOutParts {
	readonly platform: Platform;
	readonly registry: Registry;
	readonly pool: Pool;
	readonly clock: Clock;
	readonly branchParts: BranchParts;
}

/**
 * Carries out a signed wish for one branch: makes its folder when there is none, tells the open branch, keeps the document, answers with the
 * branch's key and consents. Repeating it changes nothing. A branch that is suspended is closed afterwards, and one that does not open can be
 * suspended all the same. Throws `NotAllowed` for a wish that is not from the platform, not for this
 * home or too old, and `Conflict` for one older than what was carried out.
 */
export async function carryOut(
	parts: CarryOutParts,
	branchId: string,
	document: unknown,
): Promise<BranchStatus> {
	const { platform, registry, clock } = parts;
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
	if (suspensionAt(wish.branch, clock.now())) return suspend(parts, wish);
	await createBranchFolder(registry.folderOf(branchId), wish, parts.branchParts);
	// Kept before it is opened, because opening looks here which host and library a folder has.
	if (!known) registry.keep(wish);
	return apply(parts, wish);
}

/** Tells the open branch, and keeps the wish once it has taken it. */
async function apply({ registry, pool }: CarryOutParts, wish: DesiredBranch): Promise<BranchStatus> {
	const { open, release } = await pool.hold(wish.branch.id);
	try {
		const status = await open.apply(wish);
		registry.keep(wish);
		return status;
	} finally {
		release();
	}
}

/** From when the wish is kept nobody comes in; those who are inside are waited for. */
async function suspend(parts: CarryOutParts, wish: DesiredBranch): Promise<BranchStatus> {
	const { registry, pool, branchParts } = parts;
	const { id } = wish.branch;
	const wrong = await createBranchFolder(registry.folderOf(id), wish, branchParts)
		.then(() => {
			if (!registry.byId(id)) registry.keep(wish);
			return apply(parts, wish);
		})
		.then(
			() => null,
			(error: unknown) => toPublicError(error).message,
		);
	registry.keep(wish);
	await pool.letGo(id);
	return closedStatus(wish, 'suspended', wrong);
}
