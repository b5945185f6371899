import { NotFound } from '@understory/core/errors.ts';
import type { DeletionReceipt, ReceiptRemains } from '@understory/core/receipt.ts';
import { publicKeyOf } from '@understory/transparency-log/keys.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { backupsOf } from '../store/backups.ts';
import { subjectOf } from '../store/branches.ts';
import { findLibrary } from '../store/libraries.ts';
import { keepReceipt, lastAct, receiptOf, type SignedReceipt } from '../store/receipts.ts';
import type { BackupRow, BranchRow } from '../store/rows.ts';

/** The most copies that are counted; more than schedules keep. */
const MOST_COPIES = 10_000;

/** The receipt of a branch that was deleted. Throws `NotFound` where there is none. */
export async function shownReceipt(context: Context, branch: BranchRow): Promise<SignedReceipt> {
	const receipt = await receiptOf(context.database, branch.id);
	if (receipt) return receipt;
	throw new NotFound(
		branch.retirement?.deleted === undefined
			? 'There is no receipt yet: the home of this branch has not said that everything of it is destroyed.'
			: 'This branch was deleted before there were receipts.',
	);
}

/**
 * Signs and keeps the receipt of a branch, in the transaction that writes down that it is deleted and before its copies are forgotten. Call it
 * only once the home has said so, or for one that had none; `destroyed` is when, UTC milliseconds, and `ownHome` whether the home was the
 * branch's alone.
 */
export async function makeReceipt(
	{ database, platformKey }: Pick<Context, 'database' | 'platformKey'>,
	branch: BranchRow,
	{ destroyed, ownHome }: { readonly destroyed: number; readonly ownHome: boolean },
): Promise<void> {
	const library = (await findLibrary(database, branch.library))!;
	const subject = subjectOf(branch);
	const retired = await lastAct(database, { act: 'retired', subject });
	const deletion = await lastAct(database, { act: 'deleted', subject });
	const { at, until } = branch.retirement!;
	const copies = (await backupsOf(database, branch.id, MOST_COPIES)).filter(isWhole);
	const newest = copies.toSorted((a, b) => b.facts.made - a.facts.made)[0];
	const elsewhere = copies.filter(({ place }) => place !== branch.place);
	const receipt: DeletionReceipt = {
		type: 'understory/deletion-receipt/v1',
		platform: publicKeyOf(platformKey),
		library: { id: library.id, slug: library.slug, name: library.name },
		branch: {
			...{ id: branch.id, slug: branch.slug, name: branch.name },
			...{ origin: branch.origin, epoch: branch.epoch },
		},
		retired: { at, by: retired?.by ?? null },
		held_until: until,
		deletion: { asked: deletion?.at ?? null, by: deletion?.by ?? null },
		home: branch.place,
		destroyed,
		last_copy: newest ? copyFacts(newest) : null,
		copies_destroyed: copies.length - elsewhere.length,
		copies_in_other_homes: elsewhere.map(({ id, place }) => ({ backup: id, home: place })),
		not_ours_to_destroy: branch.place === null ? [] : leftOf(ownHome),
	};
	await keepReceipt(database, signDocument(receipt, platformKey));
}

function leftOf(ownHome: boolean): ReceiptRemains[] {
	const volume = ownHome ? (['volume'] as const) : [];
	return ['copies_put_elsewhere', ...volume, 'what_other_servers_have', 'public_log'];
}

type WholeCopy = BackupRow & { readonly facts: NonNullable<BackupRow['facts']> };

function isWhole(row: BackupRow): row is WholeCopy {
	return row.state === 'done' && row.facts !== null;
}

function copyFacts({ id, facts }: WholeCopy): DeletionReceipt['last_copy'] {
	const { made, files, bytes, manifest } = facts;
	const isDigest = typeof manifest === 'string' && /^[0-9a-f]{64}$/.test(manifest);
	return { backup: id, made, files, bytes, manifest_sha256: isDigest ? manifest : null };
}
