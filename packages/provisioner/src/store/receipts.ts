import type { DeletionReceipt } from '@understory/core/receipt.ts';
import type { Signature } from '@understory/transparency-log/signed-document.ts';
import type { Database } from './database.ts';
import { big } from './rows.ts';

export type SignedReceipt = DeletionReceipt & Signature;

/** Keeps the receipt of a branch. One that is there stays: a branch is destroyed once. */
export async function keepReceipt(database: Database, receipt: SignedReceipt): Promise<void> {
	await database('receipt')
		.insert({ branch: receipt.branch.id, document: JSON.stringify(receipt) })
		.onConflict('branch')
		.ignore();
}

export async function receiptOf(database: Database, branch: string): Promise<SignedReceipt | undefined> {
	const row: { document: string } | undefined = await database('receipt').where({ branch }).first();
	return row && (JSON.parse(row.document) as SignedReceipt);
}

/** Who did something last, and when, by the audit. */
export async function lastAct(
	database: Database,
	{ act, subject }: { readonly act: string; readonly subject: string },
): Promise<{ at: number; by: string } | undefined> {
	const row: { at: string; actor: string } | undefined = await database('audit')
		.where({ act, subject })
		.orderBy('id', 'desc')
		.first('at', 'actor');
	return row && { at: big(row.at), by: row.actor };
}
