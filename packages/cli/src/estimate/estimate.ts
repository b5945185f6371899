import type { Assumptions } from './assumptions.ts';
import type { Measured } from './measured.ts';
import type { Tariff } from './tariff.ts';

const WEEKS_A_MONTH = 365 / 7 / 12;
const MB_A_GB = 1024;
const KB_A_GB = 1024 * 1024;

export interface Size {
	readonly branches: number;
	/** Cards of the whole library. */
	readonly cards: number;
}

/** What a month takes of something, and what that costs in the tariff's currency. */
export interface Line {
	readonly what: 'memory' | 'processors' | 'disk' | 'backups' | 'library IT' | 'hosts';
	readonly unit: 'GB' | 'CPU' | 'hours';
	readonly amount: number;
	readonly cost: number;
}

export interface Estimate {
	readonly lines: readonly Line[];
	/** Memory, processors, disk and backups: what a month of machines costs. */
	readonly machines: number;
	/** The hours of library IT and of hosts in a month, in money. */
	readonly people: number;
	/** Both for a year, divided by the cards; null when there are none. */
	readonly a_card_a_year: number | null;
}

/** What is on the machines whichever way the branches live. */
interface Machines {
	readonly mb: number;
	readonly cpu: number;
	readonly gb: number;
}

/**
 * What a library of this size takes in a month, with its branches in shared homes and with each in one of its own. What is paid for is what is
 * kept free: the larger of what the charts ask for and of what the busiest hour needs.
 */
export function estimate(
	size: Size,
	basis: { readonly measured: Measured; readonly assumptions: Assumptions; readonly tariff: Tariff },
): { readonly active: number; readonly shared: Estimate; readonly dedicated: Estimate } {
	const { assumptions: a, measured, tariff } = basis;
	const active = Math.round(size.cards * a.active_share);
	const folders = foldersGb(size, active, a);
	const busy = (copyMs: number) => busyProcessors(size, active, copyMs, a, measured);
	const homes = Math.ceil(size.branches / a.branches_per_home);
	const open = a.open_share * measured.open_branch_mb + (1 - a.open_share) * measured.idle_branch_mb;
	const shared: Machines = {
		mb: homes * a.shared_home_mb + size.branches * open,
		cpu: Math.max(homes * a.shared_home_cpu, busy(measured.hundred_copies_ms / 100)),
		gb: Math.max(homes * a.shared_home_gb, folders),
	};
	const dedicated: Machines = {
		mb: size.branches * a.dedicated_home_mb,
		cpu: Math.max(size.branches * a.dedicated_home_cpu, busy(measured.delivery_ms)),
		gb: Math.max(size.branches * a.dedicated_home_gb, folders),
	};
	const total = (machines: Machines) =>
		totalled(size, linesOf(withPlatform(machines, a), { folders, size, active, assumptions: a, tariff }));
	return { active, shared: total(shared), dedicated: total(dedicated) };
}

function neighborsOf({ branches }: Size, a: Assumptions): number {
	return Math.min(branches - 1, a.neighbors);
}

/** GB of all folders when the years that are kept have filled them. */
function foldersGb(size: Size, active: number, a: Assumptions): number {
	const copies = a.neighbor_share * neighborsOf(size, a) * a.copy_kb;
	return (active * a.posts * 12 * a.years * (a.post_kb + a.pictures_kb + copies)) / KB_A_GB;
}

/** Processors that the busiest hour needs; `copyMs` is what bringing a post to one neighbor takes. */
function busyProcessors(size: Size, active: number, copyMs: number, a: Assumptions, m: Measured): number {
	const copies = a.posts * a.neighbor_share * neighborsOf(size, a);
	const month = active * (a.pages * m.page_cpu_ms + a.sign_ins * m.sign_in_cpu_ms + copies * copyMs);
	return (month * a.busiest_hour * a.spare) / 3_600_000;
}

function withPlatform({ mb, cpu, gb }: Machines, a: Assumptions): Machines {
	return {
		mb: mb + a.platform_mb + a.postgresql_mb,
		cpu: cpu + a.platform_cpu + a.postgresql_cpu,
		gb: gb + a.platform_gb + a.postgresql_gb,
	};
}

function linesOf(
	{ mb, cpu, gb }: Machines,
	of: { folders: number; size: Size; active: number; assumptions: Assumptions; tariff: Tariff },
): Line[] {
	const { assumptions: a, tariff } = of;
	const it = a.it_hours + (of.size.branches / 100) * a.it_hours_a_hundred;
	const hosts = of.size.branches * a.host_hours_a_branch + (of.active / 100) * a.host_hours_a_hundred;
	const line = (what: Line['what'], unit: Line['unit'], amount: number, price: number): Line => ({
		...{ what, unit, amount },
		cost: amount * price,
	});
	return [
		line('memory', 'GB', mb / MB_A_GB, tariff.memory_gb_month),
		line('processors', 'CPU', cpu, tariff.cpu_month),
		line('disk', 'GB', gb, tariff.disk_gb_month),
		line('backups', 'GB', of.folders * a.backups, tariff.backup_gb_month),
		line('library IT', 'hours', it * WEEKS_A_MONTH, tariff.it_hour),
		line('hosts', 'hours', hosts * WEEKS_A_MONTH, tariff.host_hour),
	];
}

function totalled({ cards }: Size, lines: readonly Line[]): Estimate {
	const sum = (people: boolean) =>
		lines.filter(({ unit }) => (unit === 'hours') === people).reduce((all, { cost }) => all + cost, 0);
	const [machines, people] = [sum(false), sum(true)];
	return { lines, machines, people, a_card_a_year: cards > 0 ? ((machines + people) * 12) / cards : null };
}
