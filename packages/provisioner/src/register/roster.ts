import type { BranchRecord, RosterMember, SignedRoster } from '@understory/core/register.ts';
import { isServed } from '@understory/core/stage.ts';
import { digestCharter } from '@understory/neighborhood/charter.ts';
import { verifyConsent } from '@understory/neighborhood/consent.ts';
import { memberOf } from '@understory/neighborhood/member.ts';
import { buildRoster, nextVersion, signRoster } from '@understory/neighborhood/roster.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { publicKeyOf } from '@understory/transparency-log/keys.ts';
import type { Context } from '../context.ts';
import { branchesOf, setConditions, type ToldCondition } from '../store/branches.ts';
import { type Database, lock } from '../store/database.ts';
import { findLibrary } from '../store/libraries.ts';
import { type NeighborhoodWithBranches, neighborhoodsOf } from '../store/neighborhoods.ts';
import type { BranchRow } from '../store/rows.ts';
import { RENEW_BEFORE } from '../store/upkeep.ts';

/**
 * Brings the rosters of a library up to date with the consents its branches signed: a new version only when somebody came, went or changed
 * the key, or when the old one nears its end. Nobody stands on it without a consent of their own (DESIGN 4.6).
 */
export async function publishRosters(context: Context, libraryId: string): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, `rosters:${libraryId}`);
		const library = await findLibrary(transaction, libraryId);
		if (!library) return;
		const branches = await branchesOf(transaction, libraryId);
		const standing: string[] = [];
		for (const neighborhood of await neighborhoodsOf(transaction, libraryId)) {
			const members = branches
				.filter((branch) => neighborhood.branches.has(branch.id))
				.flatMap((branch) => memberFrom(branch, library.name, neighborhood));
			const roster = rosterAfter(context, neighborhood, members);
			if (roster) {
				await transaction('neighborhood')
					.where({ id: neighborhood.row.id })
					.update({ roster: JSON.stringify(roster) });
			}
			standing.push(...((roster ?? neighborhood.row.roster)?.members.map((member) => member.origin) ?? []));
		}
		await tellNeighborly(context, transaction, branches, new Set(standing));
	});
	context.afterStep('roster_published');
}

/** Says of each branch that runs whether it stands on a roster now. */
async function tellNeighborly(
	context: Context,
	database: Database,
	branches: readonly BranchRow[],
	standing: ReadonlySet<string>,
): Promise<void> {
	const told = branches
		.filter((branch) => isServed(branch.stage))
		.map((branch) => ({ branch, condition: standing.has(branch.origin) ? ON_ROSTER : NO_CONSENT }));
	await setConditions(database, told, context.clock.now());
}

const ON_ROSTER: ToldCondition = {
	type: 'Neighborly',
	status: 'True',
	reason: 'OnRoster',
	message: 'The branch stands on its roster by its own consent.',
};
const NO_CONSENT: ToldCondition = {
	type: 'Neighborly',
	status: 'False',
	reason: 'NoConsent',
	message: 'The branch has given no consent that holds, so it stands on no roster.',
};

function memberFrom(branch: BranchRow, library: string, { row }: NeighborhoodWithBranches): RosterMember[] {
	const key: BranchRecord['branch_key'] = branch.branch_key;
	if (!key || !isServed(branch.stage) || branch.stage === 'retired') return [];
	const about = {
		neighborhood: row.id,
		charterDigest: digestCharter(row.charter),
		origin: branch.origin,
		key,
	};
	const consent = branch.consents.find((candidate) => verifyConsent(candidate, about) === null);
	return consent ? [memberOf({ origin: branch.origin, name: branch.name, library, key, consent })] : [];
}

function rosterAfter(
	context: Context,
	{ row }: NeighborhoodWithBranches,
	members: RosterMember[],
): SignedRoster | null {
	const issued = context.clock.now();
	const { id, name, url, charter, roster: previous } = row;
	if (!previous) {
		if (members.length === 0) return null;
		const steward = publicKeyOf(context.platformKey);
		return signRoster(buildRoster({ id, name, url, charter, steward, members, issued }), context.platformKey);
	}
	const next = nextVersion(previous, { members, charter, name, url, issued });
	const same = canonicalize(next.members) === canonicalize(previous.members) && next.name === previous.name;
	if (same && previous.expires - issued > RENEW_BEFORE) return null;
	return signRoster(next, context.platformKey);
}
