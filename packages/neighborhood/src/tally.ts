import type { PublicKeyRecord } from '@understory/core/register.ts';
import type {
	MembersDecide,
	SignedProposal,
	SignedReply,
	SignedVoice,
} from '@understory/core/roster-change.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import { digestDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';

/** How far two clocks may be apart, in milliseconds. */
export const CLOCKS_APART = 5 * 60_000;

/** Who stands on a roster, by domain, with the key of each. */
export type Standing = ReadonlyMap<string, PublicKeyRecord>;

/** What came of the voices. */
export interface Tally {
	/** Members that have a voice: all but the branch it is about. */
	readonly electorate: number;
	readonly yes: number;
	readonly no: number;
	/** Has everybody who has a voice given it? Then nobody need be waited for. */
	readonly complete: boolean;
	/** Is it enough, by the charter? */
	readonly carried: boolean;
}

/**
 * Counts the voices that hold: each signed by a member that stands on the roster now, about exactly this proposal, within its time, and one of each
 * member (the latest; of two at once the no). The branch it is about has none, nor has anybody who left or was put out meanwhile.
 */
export function tally(
	proposal: SignedProposal,
	voices: readonly SignedVoice[],
	standing: Standing,
	{ share, quorum }: MembersDecide,
	verify?: VerifyBytes,
): Tally {
	const counted = voicesThatHold(proposal, voices, standing, verify);
	const electorate = [...standing.keys()].filter((domain) => domain !== proposal.domain).length;
	const yes = counted.filter(({ voice }) => voice === 'yes').length;
	const given = counted.length;
	// Whole numbers throughout, so that two thirds of three are two.
	const enough = given > 0 && given * quorum[1] >= electorate * quorum[0];
	const carried = enough && yes * share[1] >= given * share[0];
	return { electorate, yes, no: given - yes, complete: electorate > 0 && given === electorate, carried };
}

/** The voices that count, one of each member, in the order of their domains. */
export function voicesThatHold(
	proposal: SignedProposal,
	voices: readonly SignedVoice[],
	standing: Standing,
	verify?: VerifyBytes,
): SignedVoice[] {
	const digest = digestDocument(proposal);
	const latest = new Map<string, SignedVoice>();
	for (const voice of voices) {
		const key = standing.get(voice.domain);
		const holds =
			key !== undefined &&
			voice.type === 'understory/roster-voice/v1' &&
			voice.proposal === digest &&
			voice.domain !== proposal.domain &&
			voice.at >= proposal.opened - CLOCKS_APART &&
			voice.at <= proposal.until + CLOCKS_APART &&
			verifyDocument(voice, [key], verify);
		const known = latest.get(voice.domain);
		if (holds && (!known || isLater(voice, known))) latest.set(voice.domain, voice);
	}
	return [...latest.values()].sort((a, b) => (a.domain < b.domain ? -1 : 1));
}

/** Is this the answer of the branch that the proposal is about? A list gives none. */
export function isReplyTo(proposal: SignedProposal, reply: SignedReply, verify?: VerifyBytes): boolean {
	return (
		proposal.key !== undefined &&
		reply.type === 'understory/roster-reply/v1' &&
		reply.proposal === digestDocument(proposal) &&
		reply.domain === proposal.domain &&
		verifyDocument(reply, [proposal.key], verify)
	);
}

function isLater(voice: SignedVoice, known: SignedVoice): boolean {
	return voice.at > known.at || (voice.at === known.at && voice.voice === 'no');
}
