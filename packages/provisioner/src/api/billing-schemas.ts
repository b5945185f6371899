import { BILL_LINES } from '@understory/core/bill.ts';
import { list, object, ref, text, textOrNull, timeOrNull } from './schema-parts.ts';

const number = { type: 'number' } as const;
const numberOrNull = { type: ['number', 'null'] } as const;
const most = { type: ['integer', 'null'], description: 'null: no limit' } as const;
const month = { ...text, description: 'such as 2026-11' } as const;
const quota = object({ used: number, most });
const prices = {
	name: { ...text, description: 'whose prices these are' },
	currency: { ...text, description: 'three capital letters, such as USD' },
	shared_branch_month: { ...number, description: 'of a branch in a shared home' },
	dedicated_branch_month: { ...number, description: 'of a branch in a home of its own' },
	disk_gb_month: { ...number, description: 'of a GB (1,024³ bytes) of folders' },
	backup_gb_month: { ...number, description: 'of a GB of copies' },
} as const;

/** What the API says of quotas and bills. */
export const billingSchemas: Readonly<Record<string, object>> = {
	Quotas: object({
		branches: quota,
		dedicated: { ...quota, description: 'branches in homes of their own' },
		storage_gb: { ...quota, description: 'folders and copies together' },
		ask: { ...textOrNull, description: 'whom to ask for more' },
		set_at: timeOrNull,
		set_by: textOrNull,
	}),
	WantedQuotas: object(
		{
			branches: most,
			dedicated: most,
			storage_gb: most,
			ask: { ...text, description: 'whom to ask for more: it stands in the refusal' },
		},
		['ask'],
	),
	Bill: object({
		library: text,
		name: text,
		month,
		days: { type: 'integer', description: 'of the month' },
		measured: { type: 'integer', description: 'days on which something was measured' },
		is_over: { type: 'boolean', description: 'false: this is what the month has come to so far' },
		lines: {
			type: 'array',
			items: object({
				what: { enum: BILL_LINES },
				unit: { enum: ['branch-days', 'GB-days'] },
				amount: number,
				price_month: numberOrNull,
				cost: { ...numberOrNull, description: 'rounded to hundredths; the lines add up to the total' },
			}),
		},
		total: { ...numberOrNull, description: 'null: nobody said what hosting costs' },
		currency: textOrNull,
		prices: { ...textOrNull, description: 'whose prices' },
	}),
	Bills: list(ref('Bill')),
	Prices: object({ ...prices, since: month }),
	WantedPrices: object({ ...prices, since: { ...month, description: 'this month unless said otherwise' } }, [
		...(Object.keys(prices) as (keyof typeof prices)[]),
	]),
};
