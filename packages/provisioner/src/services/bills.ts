import { type Bill, billOf, isMonth, type Prices } from '@understory/core/bill.ts';
import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, type Fault } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { pricesIn, setPrices } from '../store/quotas.ts';
import type { LibraryRow } from '../store/rows.ts';
import { usageIn } from '../store/usage.ts';

const PRICES = [
	'shared_branch_month',
	'dedicated_branch_month',
	'disk_gb_month',
	'backup_gb_month',
] as const satisfies readonly (keyof Prices)[];

/** The bills of libraries for a month, the one that goes on unless said otherwise. Throws `BadInput` for what is no month, or one that is to come. */
export async function billsFor(
	context: Context,
	libraries: readonly LibraryRow[],
	month: string | undefined,
): Promise<Bill[]> {
	const now = context.clock.now();
	if (month !== undefined && !isMonth(month))
		throw new BadInput('There is no such month.', [{ field: 'month', text: 'Write it as 2026-11.' }]);
	const bills: Bill[] = [];
	const byMonth = Map.groupBy(libraries, ({ zone }) => month ?? dateIn(zone, now).slice(0, 7));
	for (const [asked, all] of byMonth) {
		const prices = await pricesIn(context.database, asked);
		const ids = all.map(({ id }) => id);
		const usage = await usageIn(context.database, asked, ids);
		for (const { id, slug, name, zone } of all) {
			const current = dateIn(zone, now).slice(0, 7);
			if (asked > current)
				throw new BadInput('This month is still to come.', [
					{ field: 'month', text: 'At the latest this month.' },
				]);
			const about = { library: slug, name, month: asked, is_over: asked < current };
			bills.push(billOf(about, usage.get(id) ?? [], prices?.document ?? null));
		}
	}
	return bills.toSorted((a, b) => (a.library < b.library ? -1 : 1));
}

/** The prices that hold now, and since which month; null when nobody said any. */
export async function shownPrices(context: Context): Promise<(Prices & { since: string }) | null> {
	const row = await pricesIn(context.database, thisMonth(context));
	return row ? { ...row.document, since: row.since } : null;
}

/**
 * Says what hosting costs from this month on, or from one to come; bills of months that are over stay as they were. Throws `BadInput` with each
 * fault.
 */
export async function changePrices(
	context: Context,
	{ since = thisMonth(context), ...document }: Prices & { readonly since?: string },
	by: string,
): Promise<Prices & { since: string }> {
	const faults: Fault[] = PRICES.flatMap((field) =>
		Number.isFinite(document[field]) && document[field] >= 0 && document[field] <= 1_000_000
			? []
			: [{ field, text: 'A number from 0.' }],
	);
	if (!document.name.trim()) faults.push({ field: 'name', text: 'Say whose prices these are.' });
	if (!/^[A-Z]{3}$/.test(document.currency))
		faults.push({ field: 'currency', text: 'Three capital letters, such as USD.' });
	if (!isMonth(since) || since < thisMonth(context))
		faults.push({ field: 'since', text: 'This month or one to come, as 2026-11.' });
	if (faults.length > 0) throw new BadInput('These prices cannot be used.', faults);
	const now = context.clock.now();
	await setPrices(context.database, { since, document, set_at: now, set_by: by });
	await addAudit(context.database, { at: now, actor: by, act: 'setPrices', subject: `/prices/${since}` });
	return { ...document, since };
}

/** Of the platform, whose clock is UTC. */
function thisMonth({ clock }: Context): string {
	return dateIn('UTC', clock.now()).slice(0, 7);
}
