import type { PublicKeyRecord } from './register.ts';

/** A part of a whole, exactly: `[2, 3]` is two thirds. */
export type Part = readonly [part: number, of: number];

/** How members decide together whom they let in and put out; a part of the charter (docs/adr/0101). Each member branch has one voice. */
export interface MembersDecide {
	readonly by: 'members';
	/** So many of those who give their voice have to say yes: half of them at least. */
	readonly share: Part;
	/** So many of those who have a voice have to give it. */
	readonly quorum: Part;
	/** For so many days a proposal can be answered. */
	readonly days: number;
}

/** What is proposed to the members of a neighborhood: to let a branch in, to put one out, or to follow a list of servers. Signed by the steward. Times are UTC milliseconds. */
export interface RosterProposal {
	readonly type: 'understory/roster-proposal/v1';
	/** Random UUIDv4. */
	readonly id: string;
	readonly neighborhood: string;
	readonly charter_digest: string;
	readonly kind: 'admit' | 'expel' | 'follow_list';
	/** The branch it is about; for a list its address on the web, which no branch has as its domain. */
	readonly domain: string;
	readonly name: string;
	/** Another key would be another branch. A list has none. */
	readonly key?: PublicKeyRecord;
	readonly reason: string;
	/** What it rests on, in words; it names no person. */
	readonly evidence: string;
	readonly opened: number;
	readonly until: number;
}

/** A number of people as it is published: five or more, or `few` for less, nobody too. */
export type PeopleTouched = number | 'few';

/** A member's voice, signed by its branch key. */
export interface RosterVoice {
	readonly type: 'understory/roster-voice/v1';
	/** Digest of the signed proposal, so that a voice cannot be counted for anything else. */
	readonly proposal: string;
	readonly domain: string;
	readonly voice: 'yes' | 'no';
	readonly reason: string;
	/** About a list, if its hosts say so: how many people of the branch have to do with somebody at a server on it. */
	readonly people?: PeopleTouched;
	readonly at: number;
}

/** What the branch that a proposal is about says to it, signed by its key. */
export interface RosterReply {
	readonly type: 'understory/roster-reply/v1';
	readonly proposal: string;
	readonly domain: string;
	readonly text: string;
	readonly at: number;
}

/** A member leaves; signed by its key. It ends the consent that began at `since`, and no later one. */
export interface RosterWithdrawal {
	readonly type: 'understory/roster-withdrawal/v1';
	readonly neighborhood: string;
	readonly domain: string;
	readonly since: number;
	readonly at: number;
}

interface Signed {
	readonly key_id: string;
	readonly sig: string;
}

export type SignedProposal = RosterProposal & Signed;
export type SignedVoice = RosterVoice & Signed;
export type SignedReply = RosterReply & Signed;
export type SignedWithdrawal = RosterWithdrawal & Signed;

/** A proposal with what was said about it: while it is open, and as it stands on the roster once it was decided. */
export interface Deliberation {
	readonly proposal: SignedProposal;
	/** One of each member at most, in the order of their domains. */
	readonly voices: readonly SignedVoice[];
	readonly reply: SignedReply | null;
}

/** Everything a branch says about its rosters, each signed by its branch key. */
export interface RosterWords {
	readonly voices: readonly SignedVoice[];
	readonly replies: readonly SignedReply[];
	readonly withdrawals: readonly SignedWithdrawal[];
}

/** What happened to a roster whose members decide, in order; nothing is ever taken out of it. */
export type RosterEvent =
	| (Deliberation & { readonly event: 'decided'; readonly at: number })
	| { readonly event: 'withdrew'; readonly withdrawal: SignedWithdrawal };

/** Who stood on the roster when its members began to decide. */
export interface Founder {
	readonly domain: string;
	readonly key: PublicKeyRecord;
}

/** A member that is nobody's neighbor for a while, because it could not wait: at most seven days, and it ends by itself. */
export interface RosterSuspension {
	readonly domain: string;
	readonly reason: string;
	readonly from: number;
	readonly until: number;
}
