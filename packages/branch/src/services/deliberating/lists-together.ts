import type { SignedRoster } from '@understory/core/register.ts';
import type { SignedProposal } from '@understory/core/roster-change.ts';
import { type Outcome, outcomes } from '@understory/neighborhood/changes.ts';
import type { BranchContext } from '../../context.ts';
import { proposalAboutDeliberation } from '../../store/proposals.ts';
import { addServerList, serverLists } from '../../store/server-lists.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { MOST_LISTS, unreadList } from '../restricting/lists.ts';

/**
 * A newer roster says that its members want to follow a list, and this branch was one of those who said so: it follows it from this moment, in the transaction that keeps the roster
 * (docs/adr/0101). A list makes drafts and nothing else. One that is followed already, or one more than a branch follows, is left to the hosts.
 */
export function followTogether(
	writing: Writing,
	rosters: { readonly before: SignedRoster; readonly after: SignedRoster },
	{ self, now, nextId }: { readonly self: string; readonly now: number; nextId(): number },
): void {
	const domain = new URL(self).host;
	const isOurs = ({ event }: Outcome) =>
		event.voices.some((voice) => voice.domain === domain && voice.voice === 'yes');
	const fresh = outcomes(rosters.after, rosters.before.history?.length ?? 0);
	for (const { proposal } of wanted(fresh.filter(isOurs))) {
		// Whoever asked the people here answers for following it; without a question of ours the voice was not given from this folder.
		const question = proposalAboutDeliberation(writing, proposal.id);
		const lists = serverLists(writing);
		const known = lists.some(({ url }) => url === proposal.domain);
		if (!question || known || lists.length >= MOST_LISTS) continue;
		const { name, domain: url } = proposal;
		const list = { id: nextId(), name, url, staff_id: question.staff_id };
		addServerList(writing, unreadList(list, now));
	}
}

/** A list that members of a neighborhood want to follow, and whether this branch does. */
export interface ListTogether {
	readonly proposal: SignedProposal;
	readonly followed: boolean;
}

/** Lists that the neighborhoods of this branch decided to follow, the newest first, each address once. */
export function listsTogether(
	{ book }: Pick<BranchContext, 'book'>,
	reading: Reading,
): readonly ListTogether[] {
	const followed = new Set(serverLists(reading).map(({ url }) => url));
	const all = book.rosters().flatMap((roster) => wanted(outcomes(roster)));
	const newest = all.sort((one, other) => other.at - one.at);
	const byAddress = new Map<string, ListTogether>();
	for (const { proposal } of newest) {
		if (byAddress.has(proposal.domain)) continue;
		byAddress.set(proposal.domain, { proposal, followed: followed.has(proposal.domain) });
	}
	return [...byAddress.values()];
}

function wanted(all: readonly Outcome[]) {
	return all
		.filter(({ event, carried }) => carried && event.proposal.kind === 'follow_list')
		.map(({ event }) => event);
}
