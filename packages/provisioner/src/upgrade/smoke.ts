import { PublicError } from '@understory/core/errors.ts';
import { suspensionAt } from '@understory/core/suspension.ts';
import type { Context } from '../context.ts';
import type { ReasonOf } from '../reconcile/reasons.ts';
import type { Database } from '../store/database.ts';
import { CLOSED_AS_WANTED } from '../store/home-numbers.ts';
import { roleOfHome } from '../store/homes.ts';
import { type BranchRow, big, type ConditionType } from '../store/rows.ts';
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

/** Nobody expects these to be there for people, or they never were: no version is to blame. */
const NO_LOSS: readonly ReasonOf<'Available'>[] = [...CLOSED_AS_WANTED, 'NotLookedYet', 'NotYet'];
/** These do not pass by themselves. */
const FOR_GOOD: readonly ReasonOf<'Available'>[] = ['Damaged', 'Refused', 'GivenUp', 'HomeGivenUp'];
/** How long a branch may be away, as homes are that a cluster carries to another node, before it counts as lost. */
const MAY_BE_AWAY = 15 * 60_000;

/** What is not as it should be after a wave. */
export interface Missing {
	/** Not there for people and not coming back by themselves, or away too long; at most five, by name. */
	readonly lost: readonly string[];
	/** Not known to be there just now; at most five hundred, by id. */
	readonly away: readonly string[];
}

/**
 * Branches of the homes that an upgrade is done with that were there for people when it was asked for and are not now, although nobody suspended, moved
 * or ended them. `now` in UTC milliseconds.
 */
export async function missingAfter(
	database: Database,
	{ id, asked }: Pick<UpgradeRow, 'id' | 'asked'>,
	now: number,
): Promise<Missing> {
	const homes = database('upgrade_home').where({ upgrade: id, state: 'done' }).select('name');
	const rows: { id: string; name: string; reason: string; transition_at: string }[] = await database('branch')
		.join('condition', 'condition.branch', 'branch.id')
		.whereIn('branch.place', homes)
		.where('condition.type', 'Available' satisfies ConditionType)
		.whereNot('condition.status', 'True')
		.whereNotIn('condition.reason', [...NO_LOSS])
		.where('condition.transition_at', '>=', asked)
		.orderByRaw('condition.reason = any(?) desc, condition.transition_at', [[...FOR_GOOD]])
		.limit(500)
		.select('branch.id', 'branch.name', 'condition.reason', 'condition.transition_at');
	const { lost = [], away = [] } = Object.groupBy(rows, ({ reason, transition_at }) =>
		FOR_GOOD.some((known) => known === reason) || big(transition_at) <= now - MAY_BE_AWAY ? 'lost' : 'away',
	);
	return { lost: lost.slice(0, 5).map(({ name }) => name), away: away.map(({ id: branch }) => branch) };
}

/** Why an upgrade stops that left branches behind. */
export function notServed({ wave }: Pick<UpgradeRow, 'wave'>, lost: Missing['lost']): string {
	return `After homes of wave ${wave + 1} had the version these are not served: ${lost.join(', ')}.`;
}
