import type { PublicKeyRecord, RosterMember, SignedRoster } from '@understory/core/register.ts';
import type {
	Founder,
	MembersDecide,
	RosterEvent,
	RosterWords,
	SignedProposal,
	SignedReply,
} from '@understory/core/roster-change.ts';
import { replay } from '@understory/neighborhood/changes.ts';
import { isReplyTo, type Standing, tally, voicesThatHold } from '@understory/neighborhood/tally.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';

/** What the next version of a roster whose members decide is made of. */
export interface MembersRosterParts {
	/** The version that stands; its charter is the one that holds. */
	readonly previous: SignedRoster;
	readonly way: MembersDecide;
	/** Branches whose consent holds now. */
	readonly candidates: readonly RosterMember[];
	/** What nobody has decided, the one that ends first at the top. */
	readonly open: readonly SignedProposal[];
	/** Everything branches said. */
	readonly words: RosterWords;
	/** UTC milliseconds. */
	readonly now: number;
}

/** What came of it. */
export interface MembersRoster {
	readonly history: readonly RosterEvent[];
	readonly members: readonly RosterMember[];
	readonly settled: readonly { readonly id: string; readonly carried: boolean }[];
}

/**
 * Who stands on the roster after what members said (docs/adr/0101): whoever withdrew is gone, and each proposal whose time is over, or that everybody has answered, is
 * decided by the voices that hold. A branch that is to be let in and has taken its consent back meanwhile is waited for. The same words always make the same roster.
 */
export function byMembers(parts: MembersRosterParts): MembersRoster {
	const { previous, way, candidates, words, now } = parts;
	const history: RosterEvent[] = [...(previous.history ?? [])];
	const standing = () => standingAfter(previous, history, way);
	for (const withdrawal of words.withdrawals) {
		const digest = digestDocument(withdrawal);
		const known = history.some(
			(event) => event.event === 'withdrew' && digestDocument(event.withdrawal) === digest,
		);
		const event: RosterEvent = { event: 'withdrew', withdrawal };
		if (!known && isFitting(previous, [...history, event], way)) history.push(event);
	}
	const settled: { id: string; carried: boolean }[] = [];
	for (const proposal of parts.open) {
		const standingNow = standing();
		const voices = voicesThatHold(proposal, words.voices, standingNow);
		const { complete, carried } = tally(proposal, voices, standingNow, way);
		if (now < proposal.until && !complete) continue;
		const { kind, domain, key } = proposal;
		if (carried && kind === 'admit' && key && !entryOf(candidates, domain, key)) continue;
		const event: RosterEvent = {
			event: 'decided',
			at: now,
			proposal,
			voices,
			reply: replyTo(proposal, words),
		};
		if (!isFitting(previous, [...history, event], way)) continue;
		history.push(event);
		settled.push({ id: proposal.id, carried });
	}
	const members = [...standing()].flatMap(([domain, key]) => {
		const entry = entryOf(candidates, domain, key) ?? entryOf(previous.members, domain, key);
		return entry ? [entry] : [];
	});
	return { history, members, settled };
}

/** Those who begin to decide together. */
export function foundersOf(members: readonly RosterMember[]): Founder[] {
	return members.map(({ domain, key }) => ({ domain, key: { id: key.id, publicKey: key.publicKey } }));
}

/** The answer of the branch that a proposal is about, the last it gave. */
export function replyTo(
	proposal: SignedProposal,
	{ replies }: Pick<RosterWords, 'replies'>,
): SignedReply | null {
	const own = replies.filter((reply) => isReplyTo(proposal, reply));
	return own.sort((a, b) => b.at - a.at)[0] ?? null;
}

function standingAfter(
	previous: SignedRoster,
	history: readonly RosterEvent[],
	way: MembersDecide,
): Standing {
	const standing = replay({ ...previous, history }, way);
	// What stands was published and verified; a history of ours that does not hold is a mistake of this program.
	if ('reason' in standing)
		throw new Error(`the history of ${previous.id} does not hold: ${standing.reason}`);
	return standing;
}

function isFitting(previous: SignedRoster, history: readonly RosterEvent[], way: MembersDecide): boolean {
	return !('reason' in replay({ ...previous, history }, way));
}

function entryOf(
	members: readonly RosterMember[],
	domain: string,
	key: PublicKeyRecord,
): RosterMember | undefined {
	return members.find((member) => member.domain === domain && member.key.publicKey === key.publicKey);
}
