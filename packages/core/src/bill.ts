/** What hosting costs; in `currency`. A GB is 1,024³ bytes. */
export interface Prices {
	/** Whose prices these are, and from when. */
	readonly name: string;
	readonly currency: string;
	/** A branch in a shared home, and one in a home of its own, for a month. */
	readonly shared_branch_month: number;
	readonly dedicated_branch_month: number;
	/** A GB of folders, and of copies, for a month. */
	readonly disk_gb_month: number;
	readonly backup_gb_month: number;
}

/** What was measured of a library on one day. */
export interface UsageDay {
	/** In the library's own zone. */
	readonly day: string;
	readonly shared: number;
	readonly dedicated: number;
	readonly folder_bytes: number;
	readonly copy_bytes: number;
}

export const BILL_LINES = ['shared', 'dedicated', 'disk', 'backups'] as const;

export interface BillLine {
	readonly what: (typeof BILL_LINES)[number];
	readonly unit: 'branch-days' | 'GB-days';
	readonly amount: number;
	/** Of one branch, or of a GB, for a whole month; null while nobody said prices. */
	readonly price_month: number | null;
	/** Rounded to hundredths, so that the lines add up to the total. */
	readonly cost: number | null;
}

/** A library's bill for one month. */
export interface Bill {
	readonly library: string;
	readonly name: string;
	/** `2026-11`. */
	readonly month: string;
	/** Days that the month has, and on how many of them anything was measured. */
	readonly days: number;
	readonly measured: number;
	readonly is_over: boolean;
	readonly lines: readonly BillLine[];
	readonly total: number | null;
	readonly currency: string | null;
	/** Whose prices. */
	readonly prices: string | null;
}

const GB = 1024 ** 3;

/**
 * The bill of a month from what was measured on its days. A day that nobody measured costs nothing. A branch that was there on every day of the
 * month costs the price of a month, whatever number of days it has.
 */
export function billOf(
	about: Pick<Bill, 'library' | 'name' | 'month' | 'is_over'>,
	usage: readonly UsageDay[],
	prices: Prices | null,
): Bill {
	const days = daysIn(about.month);
	const sum = (of: (day: UsageDay) => number) => usage.reduce((all, day) => all + of(day), 0);
	const gb = (of: (day: UsageDay) => number) => Math.round((sum(of) / GB) * 1_000) / 1_000;
	const cents = (amount: number, price: number) => Math.round((amount * price * 100) / days);
	const line = (
		what: BillLine['what'],
		unit: BillLine['unit'],
		amount: number,
		price_month: number | undefined,
	): BillLine => ({
		...{ what, unit, amount, price_month: price_month ?? null },
		cost: price_month === undefined ? null : cents(amount, price_month) / 100,
	});
	const lines = [
		line(
			'shared',
			'branch-days',
			sum((day) => day.shared),
			prices?.shared_branch_month,
		),
		line(
			'dedicated',
			'branch-days',
			sum((day) => day.dedicated),
			prices?.dedicated_branch_month,
		),
		line(
			'disk',
			'GB-days',
			gb((day) => day.folder_bytes),
			prices?.disk_gb_month,
		),
		line(
			'backups',
			'GB-days',
			gb((day) => day.copy_bytes),
			prices?.backup_gb_month,
		),
	];
	const total = prices && lines.reduce((all, { cost }) => all + Math.round((cost ?? 0) * 100), 0) / 100;
	return {
		...about,
		...{ days, measured: usage.length, lines, total },
		...{ currency: prices?.currency ?? null, prices: prices?.name ?? null },
	};
}

/** How many days a month such as `2026-11` has. */
function daysIn(month: string): number {
	const [year = 0, number = 0] = month.split('-').map(Number);
	return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

export function isMonth(text: string): boolean {
	return /^\d{4}-(?:0[1-9]|1[0-2])$/.test(text);
}

/** Bills as CSV (RFC 4180), a line of a bill a row; what a spreadsheet would take for a formula is held as text. */
export function billsCsv(bills: readonly Bill[]): string {
	const header =
		'library,name,month,is_over,days,measured_days,what,unit,amount,price_month,cost,currency,prices';
	const rows = bills.flatMap((bill) =>
		bill.lines.map(({ what, unit, amount, price_month, cost }) =>
			[
				...[bill.library, bill.name, bill.month, bill.is_over ? 'yes' : 'no', bill.days, bill.measured],
				...[what, unit, amount, price_month, cost?.toFixed(2) ?? null, bill.currency, bill.prices],
			]
				.map(cell)
				.join(','),
		),
	);
	return `${[header, ...rows].join('\r\n')}\r\n`;
}

function cell(value: string | number | null): string {
	const text = String(value ?? '');
	const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
