import { PublicError } from '@understory/core/errors.ts';
import { suspensionAt } from '@understory/core/suspension.ts';
import type { Context } from '../context.ts';
import type { Database } from '../store/database.ts';
import { roleOfHome } from '../store/homes.ts';
import type { BranchRow, ConditionType } from '../store/rows.ts';
import type { UpgradeRow } from '../store/upgrades.ts';

/** So many branches of a home are visited after a change of it; that each folder opens with the new program is seen at these. */
const VISITED = 20;

/**
 * Visits a home and branches in it by the way the provisioner has to it. Throws `PublicError` with the first that does not answer as it should: a branch
 * that opens its folder and shows its first page.
 */
export async function servesAll(context: Context, place: string): Promise<void> {
	const { database, clock } = context;
	const home = await roleOfHome(database, place);
	if (!home?.internal_url) throw new PublicError(502, 'home_silent', 'The home has not enrolled.');
	const visit = async (path: string, headers: Record<string, string> = {}) => {
		const asked = { url: `${home.internal_url}${path}`, headers, timeoutMs: 20_000 };
		return (await context.internal.request(asked)).status;
	};
	if ((await visit('/readyz')) !== 200)
		throw new PublicError(502, 'home_silent', 'The home does not say that it is ready.');
	const branches = await database<BranchRow>('branch')
		.where({ place, observed_state: 'serving' })
		.orderBy('id')
		.limit(VISITED);
	for (const branch of branches) {
		if (branch.retirement?.deleted !== undefined) continue;
		if (suspensionAt({ suspended: branch.suspension }, clock.now())) continue;
		const status = await visit(`/internal/v1/branches/${branch.id}/open`);
		if (status !== 204) {
			const sentence = `${branch.name} is not served: its folder does not open (${status}).`;
			throw new PublicError(502, 'branch_not_served', sentence);
		}
	}
}

/** Branches of the homes of an upgrade up to its wave that are not there for people although nobody suspended or ended them, by name; at most five. */
export async function missingAfter(
	database: Database,
	{ id, wave }: Pick<UpgradeRow, 'id' | 'wave'>,
): Promise<string[]> {
	const homes = database('upgrade_home').where({ upgrade: id }).where('wave', '<=', wave).select('name');
	const rows: { name: string }[] = await database('branch')
		.join('condition', 'condition.branch', 'branch.id')
		.whereIn('branch.place', homes)
		.where('condition.type', 'Available' satisfies ConditionType)
		.where('condition.status', 'False')
		.whereIn('condition.reason', ['Damaged', 'Refused'])
		.limit(5)
		.select('branch.name');
	return rows.map((row) => row.name);
}
