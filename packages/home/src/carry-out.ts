import { existsSync } from 'node:fs';
import { createBranchFolder } from '@understory/branch/folder.ts';
import type { BranchParts } from '@understory/branch/open-branch.ts';
import type { Clock } from '@understory/core/clock.ts';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import { Conflict, Gone, toPublicError } from '@understory/core/errors.ts';
import { suspensionAt } from '@understory/core/suspension.ts';
import type { Copies } from './copies.ts';
import type { Leavings } from './leavings.ts';
import { readOrder } from './orders.ts';
import type { Platform } from './platform.ts';
import type { Pool } from './pool.ts';
import type { Registry } from './registry.ts';
import { closedStatus } from './statuses.ts';

export interface CarryOutParts {
	readonly platform: Platform;
	readonly registry: Registry;
	readonly pool: Pool;
	readonly copies: Pick<Copies, 'isLaidOut' | 'putInPlace'>;
	readonly leavings: Pick<Leavings, 'isClosed' | 'leftEpoch' | 'forget'>;
	readonly clock: Clock;
	readonly branchParts: BranchParts;
}

/**
 * Carries out a signed wish for one branch: makes its folder when there is none, puts a restored one in its place when the wish is for its epoch, tells the open branch, keeps the document, answers with the
 * branch's key and consents. Repeating it changes nothing. A branch that is suspended is closed afterwards, and one that does not open can be
 * suspended all the same. Throws `NotAllowed` for a wish that is not from the platform, not for this
 * home or too old, and `Conflict` for one older than what was carried out, and for a branch that is leaving, has left, or is not here.
 */
export async function carryOut(
	parts: CarryOutParts,
	branchId: string,
	document: unknown,
): Promise<BranchStatus> {
	const { registry, pool, copies, clock, leavings } = parts;
	const wish = readOrder<DesiredBranch>(parts, document, {
		type: 'understory/desired-branch/v1',
		branch: branchId,
		subject: ({ branch }) => branch?.id,
	});
	const known = registry.byId(branchId);
	if (known && wish.generation < known.generation) {
		throw new Conflict(`Generation ${known.generation} was carried out already.`, 'generation');
	}
	if (registry.hasEnded(branchId)) throw new Gone();
	const { epoch } = wish.branch;
	if (leavings.isClosed(branchId)) throw new Conflict('This branch is leaving this home.', 'moving');
	// A wish from before it left is signed as well.
	if (epoch <= (leavings.leftEpoch(branchId) ?? 0))
		throw new Conflict('This branch has left this home.', 'left');
	if (copies.isLaidOut(branchId, epoch)) {
		await pool.letGo(branchId, () => copies.putInPlace(branchId, epoch));
	}
	if (!known && epoch > 1 && !existsSync(registry.folderOf(branchId))) {
		// It lived somewhere before: an empty folder in its name would be another branch.
		throw new Conflict('The folder of this branch is not in this home.', 'folder_missing');
	}
	leavings.forget(branchId);
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
