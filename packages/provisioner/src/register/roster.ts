import type { BranchRecord, RosterMember, SignedRoster } from '@understory/core/register.ts';
import type { RosterWords, SignedProposal } from '@understory/core/roster-change.ts';
import { isServed } from '@understory/core/stage.ts';
import { BETWEEN_SUSPENSIONS } from '@understory/neighborhood/changes.ts';
import { digestCharter } from '@understory/neighborhood/charter.ts';
import { verifyConsent } from '@understory/neighborhood/consent.ts';
import { memberOf } from '@understory/neighborhood/member.ts';
import { buildRoster, nextVersion, signRoster } from '@understory/neighborhood/roster.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { publicKeyOf } from '@understory/transparency-log/keys.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import type { Context } from '../context.ts';
import { branchesOf, setConditions, type ToldCondition } from '../store/branches.ts';
import { type Database, lock } from '../store/database.ts';
import { findLibrary } from '../store/libraries.ts';
import { type NeighborhoodWithBranches, neighborhoodsOf } from '../store/neighborhoods.ts';
import { openRosterProposals, settleRosterProposal } from '../store/roster-proposals.ts';
import type { BranchRow } from '../store/rows.ts';
import { RENEW_BEFORE } from '../store/upkeep.ts';
import { byMembers, foundersOf, type MembersRoster } from './members-roster.ts';

/**
 * Brings the rosters of a library up to date with the consents its branches signed: a new version only when somebody came, went or changed
 * the key, when members decided something, or when the old one nears its end. Nobody stands on it without a consent of their own (DESIGN 4.6), whose signature `verify` checks.
 */
export async function publishRosters(
	context: Context,
	libraryId: string,
	verify: VerifyBytes,
): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, `rosters:${libraryId}`);
		const library = await findLibrary(transaction, libraryId);
		if (!library) return;
		const branches = await branchesOf(transaction, libraryId);
		const standing: string[] = [];
		const waiting: string[] = [];
		for (const neighborhood of await neighborhoodsOf(transaction, libraryId)) {
			const own = branches.filter((branch) => neighborhood.branches.has(branch.id));
			const members = own.flatMap((branch) => memberFrom(branch, library.name, neighborhood, verify));
			const open = await openRosterProposals(transaction, neighborhood.row.id);
			const parts = { members, words: wordsOf(branches), open: open.map(({ proposal }) => proposal), own };
			const { roster, settled } = rosterAfter(context, neighborhood, parts);
			if (roster) {
				await transaction('neighborhood')
					.where({ id: neighborhood.row.id })
					.update({ roster: JSON.stringify(roster) });
			}
			for (const { id, carried } of settled) {
				await settleRosterProposal(transaction, id, { decided: context.clock.now(), carried });
			}
			const origins = (roster ?? neighborhood.row.roster)?.members.map((member) => member.origin) ?? [];
			standing.push(...origins);
			waiting.push(...members.map(({ origin }) => origin));
		}
		await tellNeighborly(context, transaction, branches, {
			standing: new Set(standing),
			waiting: new Set(waiting),
		});
	});
	context.afterStep('roster_published');
}

/** Says of each branch that runs whether it stands on a roster now. */
async function tellNeighborly(
	context: Context,
	database: Database,
	branches: readonly BranchRow[],
	by: { readonly standing: ReadonlySet<string>; readonly waiting: ReadonlySet<string> },
): Promise<void> {
	const condition = ({ origin }: BranchRow) =>
		by.standing.has(origin) ? ON_ROSTER : by.waiting.has(origin) ? WAITS_FOR_MEMBERS : NO_CONSENT;
	const told = branches
		.filter((branch) => isServed(branch.stage))
		.map((branch) => ({ branch, condition: condition(branch) }));
	await setConditions(database, told, context.clock.now());
}

const ON_ROSTER: ToldCondition<'Neighborly'> = {
	type: 'Neighborly',
	status: 'True',
	reason: 'OnRoster',
	message: 'The branch stands on its roster by its own consent.',
};
const WAITS_FOR_MEMBERS: ToldCondition<'Neighborly'> = {
	type: 'Neighborly',
	status: 'False',
	reason: 'WaitsForMembers',
	message: 'The branch has agreed, and the members of its neighborhood have not let it in.',
};
const NO_CONSENT: ToldCondition<'Neighborly'> = {
	type: 'Neighborly',
	status: 'False',
	reason: 'NoConsent',
	message: 'The branch has given no consent that holds, so it stands on no roster.',
};

function memberFrom(
	branch: BranchRow,
	library: string,
	{ row }: NeighborhoodWithBranches,
	verify: VerifyBytes,
): RosterMember[] {
	const key: BranchRecord['branch_key'] = branch.branch_key;
	if (!key || !isServed(branch.stage) || branch.stage === 'retired') return [];
	const about = {
		neighborhood: row.id,
		charterDigest: digestCharter(row.charter),
		origin: branch.origin,
		key,
		verify,
	};
	const consent = branch.consents.find((candidate) => verifyConsent(candidate, about) === null);
	return consent ? [memberOf({ origin: branch.origin, name: branch.name, library, key, consent })] : [];
}

interface RosterNow {
	/** Branches whose consent to the charter holds. */
	readonly members: readonly RosterMember[];
	readonly words: RosterWords;
	readonly open: readonly SignedProposal[];
	/** Every branch that is to stand there. */
	readonly own: readonly BranchRow[];
}
interface RosterAfter {
	/** Null when the version that stands goes on. */
	readonly roster: SignedRoster | null;
	readonly settled: MembersRoster['settled'];
}

function rosterAfter(context: Context, { row }: NeighborhoodWithBranches, now: RosterNow): RosterAfter {
	const issued = context.clock.now();
	const { id, name, url, charter, roster: previous } = row;
	const { members } = now;
	const suspensions = row.suspensions.filter(({ until }) => until + BETWEEN_SUSPENSIONS * DAY > issued);
	const parts = { id, name, url, charter, suspensions, issued };
	const founders = charter.changes ? { founders: foundersOf(members), history: [] } : {};
	if (!previous) {
		if (members.length === 0) return STAYS;
		const steward = publicKeyOf(context.platformKey);
		const first = buildRoster({ ...parts, ...founders, steward, members });
		return { roster: signRoster(first, context.platformKey), settled: [] };
	}
	const isOther = digestCharter(previous.charter) !== digestCharter(charter);
	if (isOther && !haveAllAgreed(previous, now)) return renewed(context, previous, issued);
	const way = charter.changes;
	const said =
		way && !isOther
			? byMembers({ previous, way, candidates: members, open: now.open, words: now.words, now: issued })
			: { members, settled: [], ...founders };
	const { settled, ...changed } = said;
	const { founders: _, history: __, ...plain } = previous;
	const next = nextVersion(way ? previous : plain, { ...parts, ...changed });
	const same = (key: 'members' | 'history' | 'suspensions' | 'charter' | 'name') =>
		canonicalize(next[key] ?? []) === canonicalize(previous[key] ?? []);
	const isSame = (['members', 'history', 'suspensions', 'charter', 'name'] as const).every(same);
	if (isSame && previous.expires - issued > RENEW_BEFORE) return STAYS;
	return { roster: signRoster(next, context.platformKey), settled };
}

const STAYS: RosterAfter = { roster: null, settled: [] };

/** Another charter holds from when everybody who stands there has signed it. Whoever runs no more cannot, and need not where the steward decides. */
function haveAllAgreed(previous: SignedRoster, { members, own }: RosterNow): boolean {
	const agreed = new Set(members.map(({ domain, key }) => `${domain} ${key.publicKey}`));
	const running = new Set(
		own.filter(({ stage }) => isServed(stage) && stage !== 'retired').map(({ origin }) => origin),
	);
	return previous.members.every(
		({ domain, key, origin }) =>
			agreed.has(`${domain} ${key.publicKey}`) || (!previous.charter.changes && !running.has(origin)),
	);
}

function renewed(context: Context, previous: SignedRoster, issued: number): RosterAfter {
	if (previous.expires - issued > RENEW_BEFORE) return STAYS;
	return { roster: signRoster(nextVersion(previous, { issued }), context.platformKey), settled: [] };
}

/** What branches of this library say about rosters, all of it together. */
export function wordsOf(branches: readonly BranchRow[]): RosterWords {
	const all = branches.flatMap(({ roster_words }) => (roster_words ? [roster_words] : []));
	return {
		voices: all.flatMap(({ voices }) => voices),
		replies: all.flatMap(({ replies }) => replies),
		withdrawals: all.flatMap(({ withdrawals }) => withdrawals),
	};
}

const DAY = 24 * 60 * 60_000;
