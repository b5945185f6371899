import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { lock, type Transaction } from '../store/database.ts';
import { type QuotaRow, quotaOf, setQuota, type Used, usedBy } from '../store/quotas.ts';
import { big, type LibraryRow } from '../store/rows.ts';

const GB = 1024 ** 3;
const KINDS = ['branches', 'dedicated', 'storage_gb'] as const;
type Kind = (typeof KINDS)[number];

/** What a library may have, beside what it has. */
export interface ShownQuotas extends Record<Kind, { readonly used: number; readonly most: number | null }> {
	readonly ask: string | null;
	readonly set_at: number | null;
	readonly set_by: string | null;
}

export type WantedQuotas = Partial<Record<Kind, number | null>> & { readonly ask: string };

export async function shownQuotas(context: Context, library: LibraryRow): Promise<ShownQuotas> {
	const row = await quotaOf(context.database, library.id);
	const used = await usedBy(context.database, library.id);
	const of = (kind: Kind) => ({ used: amountOf(kind, used), most: row?.[kind] ?? null });
	return {
		...{ branches: of('branches'), dedicated: of('dedicated'), storage_gb: of('storage_gb') },
		...{ ask: row?.ask ?? null, set_at: row ? big(row.set_at) : null, set_by: row?.set_by ?? null },
	};
}

/** Says how much a library may have from now on; what it has stays, also over a new quota. Throws `BadInput` with each fault. */
export async function changeQuotas(
	context: Context,
	library: LibraryRow,
	wanted: WantedQuotas,
	by: string,
): Promise<ShownQuotas> {
	const faults: Fault[] = KINDS.flatMap((field) => {
		const most = wanted[field] ?? null;
		const isGood = most === null || (Number.isInteger(most) && most >= 0 && most <= 1_000_000);
		return isGood ? [] : [{ field, text: 'A whole number from 0, or nothing for no limit.' }];
	});
	const ask = wanted.ask.trim();
	if (!ask || ask.length > 200)
		faults.push({ field: 'ask', text: 'Write whom to ask for more, at most 200 letters.' });
	if (faults.length > 0) throw new BadInput('These quotas cannot be set like that.', faults);
	const now = context.clock.now();
	await context.database.transaction(async (transaction) => {
		await lock(transaction, lockOfQuotas(library));
		const { branches = null, dedicated = null, storage_gb = null } = wanted;
		const row = { library: library.id, branches, dedicated, storage_gb, ask, set_at: now, set_by: by };
		await setQuota(transaction, row);
		const subject = `/libraries/${library.slug}/quotas`;
		await addAudit(transaction, { at: now, actor: by, act: 'setQuotas', subject });
	});
	return shownQuotas(context, library);
}

/**
 * Holds a library to its quotas, in the transaction in which it gets more and after it has: so whoever comes at the same time is counted. Copies are
 * never refused, since they are what protects. Throws `Conflict` with a sentence that says which quota, and whom to ask.
 */
export async function holdToQuotas(
	transaction: Transaction,
	library: Pick<LibraryRow, 'id' | 'name' | 'slug'>,
	more: readonly Kind[] = KINDS,
): Promise<void> {
	const row = await quotaOf(transaction, library.id);
	if (!row) return;
	await lock(transaction, lockOfQuotas(library));
	const used = await usedBy(transaction, library.id);
	for (const kind of more) {
		const most = row[kind];
		if (most !== null && amountOf(kind, used) > most)
			throw new Conflict(sentenceOf(kind, library, amountOf(kind, used), { ...row, most }), `quota_${kind}`);
	}
}

function sentenceOf(
	kind: Kind,
	{ name }: Pick<LibraryRow, 'name'>,
	would: number,
	{ most, ask }: Pick<QuotaRow, 'ask'> & { readonly most: number },
): string {
	const what = {
		branches: `The quota of branches of ${name} is ${most}, and this would make ${would}.`,
		dedicated: `The quota of homes of their own for branches of ${name} is ${most}, and this would make ${would}.`,
		storage_gb: `The quota of ${name} for folders and copies is ${most} GB, and there are ${would} already.`,
	}[kind];
	return `${what} For more, ask ${ask}.`;
}

function amountOf(kind: Kind, { branches, dedicated, bytes }: Used): number {
	if (kind === 'branches') return branches;
	return kind === 'dedicated' ? dedicated : Math.round((bytes / GB) * 100) / 100;
}

/** Whoever gets more, or says how much there may be, holds this lock meanwhile. */
export function lockOfQuotas({ id }: Pick<LibraryRow, 'id'>): string {
	return `quotas:${id}`;
}
