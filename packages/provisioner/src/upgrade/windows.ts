import { hourIn } from '@understory/core/calendar.ts';
import type { Database } from '../store/database.ts';
import { type UpgradeRow, zonesToUpgrade } from '../store/upgrades.ts';
import { isInWindow } from './waves.ts';

/** Whether it is the hour of a home of an upgrade that was not begun. */
export async function openHours(
	database: Database,
	upgrade: UpgradeRow,
	now: number,
): Promise<(home: string) => boolean> {
	const { hours } = upgrade.settings;
	if (hours === null) return () => true;
	const zones = new Map<string, { zone: string; branches: number }>();
	for (const row of await zonesToUpgrade(database, upgrade)) {
		const known = zones.get(row.name);
		if (!known || known.branches < row.branches) zones.set(row.name, row);
	}
	return (home) => isInWindow(hourIn(zones.get(home)?.zone ?? 'UTC', now), hours);
}
