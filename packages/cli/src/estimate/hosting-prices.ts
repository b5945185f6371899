import type { Prices } from '@understory/core/bill.ts';
import type { Assumptions } from './assumptions.ts';
import type { Measured } from './measured.ts';
import type { Tariff } from './tariff.ts';

const MB_A_GB = 1024;

/**
 * What a branch and a GB cost for a month by a tariff: of a branch the memory and the processors that the charts keep free for it, or its part of
 * what they keep free for a shared home with what one more open branch was measured to take. Hours of people are no part of a bill.
 */
export function hostingPrices(
	tariff: Tariff,
	{ assumptions: a, measured }: { readonly assumptions: Assumptions; readonly measured: Measured },
): Prices {
	const month = (mb: number, cpu: number) =>
		Math.round(((mb / MB_A_GB) * tariff.memory_gb_month + cpu * tariff.cpu_month) * 10_000) / 10_000;
	const part = 1 / a.branches_per_home;
	return {
		...{ name: tariff.name, currency: tariff.currency },
		shared_branch_month: month(a.shared_home_mb * part + measured.open_branch_mb, a.shared_home_cpu * part),
		dedicated_branch_month: month(a.dedicated_home_mb, a.dedicated_home_cpu),
		...{ disk_gb_month: tariff.disk_gb_month, backup_gb_month: tariff.backup_gb_month },
	};
}
