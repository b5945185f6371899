import { PublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { beginOperation } from '../services/operations.ts';
import { insertBackup, newestSince } from '../store/backups.ts';
import { operationsById } from '../store/operations.ts';
import { type BackupRow, type BranchRow, big } from '../store/rows.ts';
import type { UpgradeHomeRow } from '../store/upgrades.ts';

/** What was written since a copy is not in it, so a home is touched soon after the last of its copies. */
const SOON = 60 * 60_000;

/**
 * Has every branch of a home copied that has no copy since the home's own turn came: a wave that was watched and hours that were waited for may lie between that and
 * when the upgrade was asked for. Returns their copies when all of them have one by now, and null before. Throws `PublicError` when one cannot be copied: without it there would be no way back from a version that changes folders.
 */
export async function backedUp(
	context: Context,
	{ name: place, at: turn }: Pick<UpgradeHomeRow, 'name' | 'at'>,
	by: string,
	look: (branches: readonly string[]) => Promise<void>,
): Promise<BackupRow[] | null> {
	const { database } = context;
	const branches = (
		await database<BranchRow>('branch').where({ place }).whereNotNull('home').whereNot('stage', 'listed')
	).filter(({ retirement }) => retirement?.deleted === undefined);
	const known = await newestSince(
		database,
		branches.map(({ id }) => id),
		turn,
	);
	const newest = branches.map((branch) => ({ branch, copy: known.get(branch.id) }));
	for (const { branch, copy } of newest) {
		if (copy?.state !== 'failed') continue;
		const sentence = `${branch.name} could not be copied before it: ${copy.message}`;
		throw new PublicError(502, 'backup_failed', sentence);
	}
	const missing = newest.flatMap(({ branch, copy }) => (copy ? [] : [branch]));
	await wantCopies(context, missing, by);
	const copies = newest.flatMap(({ copy }) => (copy?.state === 'done' ? [copy] : []));
	const waiting = newest.flatMap(({ branch, copy }) => (copy?.state === 'done' ? [] : [branch.id]));
	await look(waiting);
	return waiting.length === 0 ? copies : null;
}

/** Whether these copies, all of them made, are too old for touching their home: it was paused, or nobody was at it. */
export async function areOld(
	{ database, clock }: Pick<Context, 'database' | 'clock'>,
	copies: readonly BackupRow[],
): Promise<boolean> {
	const acts = await operationsById(
		database,
		copies.map(({ id }) => id),
	);
	const ended = [...acts.values()].map(({ finished }) => big(finished ?? '0'));
	return ended.length > 0 && Math.max(...ended) < clock.now() - SOON;
}

async function wantCopies(context: Context, branches: readonly BranchRow[], by: string): Promise<void> {
	if (branches.length === 0) return;
	const asked = context.clock.now();
	await context.database.transaction(async (transaction) => {
		for (const { id: branch, library, place } of branches) {
			const about = { kind: 'back_up', library, branch, by };
			const id = await beginOperation({ ...context, database: transaction }, about);
			await insertBackup(transaction, { id, branch, place: place!, asked, asked_by: by });
		}
	});
}
