import type { PublicKeyRecord, SignedRoster } from '@understory/core/register.ts';
import type { MembersDecide, RosterEvent, RosterSuspension } from '@understory/core/roster-change.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { digestCharter } from './charter.ts';
import { isWayToDecide, isWellNamed } from './proposal.ts';
import { CLOCKS_APART, isReplyTo, type Standing, tally } from './tally.ts';

const DAY = 24 * 60 * 60_000;
/** A member is suspended for so many days at most, and not again before so many have gone by after it. */
export const LONGEST_SUSPENSION = 7;
export const BETWEEN_SUSPENSIONS = 30;

/** Why the changes of a roster do not hold. */
export type ChangeFault =
	| 'unreasonable_charter'
	| 'charter_changed_without_all'
	| 'history_changed'
	| 'proposal_not_of_steward'
	| 'proposal_twice'
	| 'decided_too_early'
	| 'voice_does_not_hold'
	| 'withdrawal_does_not_hold'
	| 'changed_without_members'
	| 'suspended_too_long';

/** A fault and the branch it is about. */
export interface ChangeProblem {
	readonly reason: ChangeFault;
	readonly detail: string;
	readonly domain: string | null;
}

/** What changes are held against. */
export interface ChangeCheck {
	readonly previous?: SignedRoster;
	readonly verify?: VerifyBytes | undefined;
}

/**
 * Does who stands on this roster follow from how its charter says that it changes (docs/adr/0101)? Where members decide, everybody on it began it or was let
 * in by enough voices since, and nobody is missing who neither withdrew nor was put out by enough of them. It is worked out anew from the
 * founders, so that whoever sees the roster for the first time can tell as well. Null when it does.
 */
export function changeFault(roster: SignedRoster, check: ChangeCheck): ChangeProblem | null {
	return (
		charterChange(roster, check.previous) ??
		suspensionFault(roster, check.previous) ??
		(roster.charter.changes ? historyFault(roster, roster.charter.changes, check) : null)
	);
}

/** Who stands on a roster whose members decide, by what happened; or what is wrong with it. `tell` hears what came of each proposal, in order. */
export function replay(
	roster: Pick<SignedRoster, 'id' | 'charter' | 'steward' | 'founders' | 'history'>,
	way: MembersDecide,
	verify?: VerifyBytes,
	tell: (outcome: Outcome) => void = () => {},
): Standing | ChangeProblem {
	const standing = new Map((roster.founders ?? []).map(({ domain, key }) => [domain, key]));
	/** The end of the consent that each came with is not known here, so a withdrawal counts once for each. */
	const proposals = new Set<string>();
	const withdrawals = new Set<string>();
	for (const event of roster.history ?? []) {
		const found =
			event.event === 'withdrew'
				? withdraw(roster.id, event, { standing, withdrawals, verify })
				: decide(roster, event, { standing, proposals, way, verify, tell });
		if (found) return found;
	}
	return standing;
}

/** One thing that members decided, and whether enough of those who stood there then wanted it. */
export interface Outcome {
	readonly event: Decided;
	readonly carried: boolean;
}

/** What was decided on a verified roster from this place of its history on, in order. */
export function outcomes(roster: SignedRoster, from = 0): Outcome[] {
	const way = roster.charter.changes;
	const history = roster.history ?? [];
	if (!way) return [];
	const all: Outcome[] = [];
	replay(
		roster,
		way,
		() => true,
		(outcome) => all.push(outcome),
	);
	const late = new Set(history.slice(from));
	return all.filter(({ event }) => late.has(event));
}

function historyFault(
	roster: SignedRoster,
	way: MembersDecide,
	{ previous, verify }: ChangeCheck,
): ChangeProblem | null {
	if (!isWayToDecide(way)) return fault('unreasonable_charter', 'Its charter names parts that are none.');
	if (!roster.founders || !roster.history) return fault('history_changed', 'It says of nobody who began it.');
	if (previous?.charter.changes && digestCharter(previous.charter) === digestCharter(roster.charter)) {
		const kept = roster.history.slice(0, previous.history?.length ?? 0);
		if (canonicalize([previous.founders, previous.history ?? []]) !== canonicalize([roster.founders, kept])) {
			return fault('history_changed', 'What happened before does not stand on it as it did.');
		}
	}
	const late = roster.history.find((event) => timeOf(event) > roster.issued + CLOCKS_APART);
	if (late) return fault('decided_too_early', 'Something on it happened after it was made.');
	const standing = replay(roster, way, verify);
	if ('reason' in standing) return standing;
	return membersFault(roster, standing);
}

function membersFault(roster: SignedRoster, standing: Standing): ChangeProblem | null {
	const members = new Map(roster.members.map(({ domain, key }) => [domain, key]));
	for (const [domain, key] of members) {
		if (isSame(standing.get(domain), key)) continue;
		return fault('changed_without_members', 'Nobody let it in: there are not enough voices for it.', domain);
	}
	for (const domain of standing.keys()) {
		if (members.has(domain)) continue;
		return fault(
			'changed_without_members',
			'It is missing, and there are not enough voices for that.',
			domain,
		);
	}
	return null;
}

type Decided = Extract<RosterEvent, { event: 'decided' }>;

function decide(
	roster: Pick<SignedRoster, 'id' | 'charter' | 'steward'>,
	event: Decided,
	by: {
		readonly standing: Map<string, PublicKeyRecord>;
		readonly proposals: Set<string>;
		readonly way: MembersDecide;
		readonly verify: VerifyBytes | undefined;
		readonly tell: (outcome: Outcome) => void;
	},
): ChangeProblem | null {
	const { proposal, voices, reply, at } = event;
	const { domain, kind, key } = proposal;
	const mine =
		isWellNamed(proposal) &&
		verifyDocument(proposal, [roster.steward], by.verify) &&
		proposal.neighborhood === roster.id &&
		proposal.charter_digest === digestCharter(roster.charter) &&
		proposal.until >= proposal.opened + by.way.days * DAY;
	if (!mine) return fault('proposal_not_of_steward', 'A proposal on it is not one by this charter.', domain);
	if (by.proposals.has(proposal.id)) return fault('proposal_twice', 'A proposal was decided twice.', domain);
	by.proposals.add(proposal.id);
	if (reply && !isReplyTo(proposal, reply, by.verify)) {
		return fault('voice_does_not_hold', 'The answer on it is not by the branch it is about.', domain);
	}
	const counted = tally(proposal, voices, by.standing, by.way, by.verify);
	if (counted.yes + counted.no !== voices.length) {
		return fault('voice_does_not_hold', 'A voice on it is not one that counts.', domain);
	}
	if (at < proposal.until && !counted.complete) {
		return fault('decided_too_early', 'Members still had time to answer.', domain);
	}
	by.tell({ event, carried: counted.carried });
	// A list changes nothing about who stands there.
	if (!counted.carried || !key) return null;
	if (kind === 'admit' && !by.standing.has(domain)) by.standing.set(domain, key);
	if (kind === 'expel' && isSame(by.standing.get(domain), key)) by.standing.delete(domain);
	return null;
}

function withdraw(
	neighborhood: string,
	{ withdrawal }: Extract<RosterEvent, { event: 'withdrew' }>,
	by: {
		readonly standing: Map<string, PublicKeyRecord>;
		readonly withdrawals: Set<string>;
		readonly verify: VerifyBytes | undefined;
	},
): ChangeProblem | null {
	const { domain, since } = withdrawal;
	const key = by.standing.get(domain);
	const once = `${domain} ${since}`;
	const holds =
		key !== undefined &&
		withdrawal.neighborhood === neighborhood &&
		!by.withdrawals.has(once) &&
		verifyDocument(withdrawal, [key], by.verify);
	if (!holds) return fault('withdrawal_does_not_hold', 'It did not withdraw by its own signature.', domain);
	by.withdrawals.add(once);
	by.standing.delete(domain);
	return null;
}

/** From members to anything else only with everybody: each of them stands on it by consent to the new charter. */
function charterChange(roster: SignedRoster, previous: SignedRoster | undefined): ChangeProblem | null {
	if (!previous?.charter.changes || digestCharter(previous.charter) === digestCharter(roster.charter)) {
		return null;
	}
	const missing = previous.members.find(
		(member) =>
			!roster.members.some(({ domain, key }) => domain === member.domain && isSame(key, member.key)),
	);
	if (!missing) return null;
	return fault(
		'charter_changed_without_all',
		'The charter is another one, and not everybody agreed to it.',
		missing.domain,
	);
}

function suspensionFault(roster: SignedRoster, previous: SignedRoster | undefined): ChangeProblem | null {
	const suspensions = roster.suspensions ?? [];
	for (const [at, one] of suspensions.entries()) {
		const again = suspensions.findIndex(({ domain }) => domain === one.domain) !== at;
		const isShort = one.until > one.from && one.until - one.from <= LONGEST_SUSPENSION * DAY;
		if (again || !isShort || one.from > roster.issued + CLOCKS_APART) return tooLong(one);
	}
	for (const before of previous?.suspensions ?? []) {
		if (before.until + BETWEEN_SUSPENSIONS * DAY <= roster.issued) continue;
		const now = suspensions.find(({ domain }) => domain === before.domain);
		// It may end earlier than it was said; it may not begin anew, nor be forgotten so that it could.
		if (!now || now.from !== before.from || now.until > before.until) return tooLong(before);
	}
	return null;
}

function tooLong({ domain }: RosterSuspension): ChangeProblem {
	return fault('suspended_too_long', 'A member can be suspended once in a while, for seven days.', domain);
}

function timeOf(event: RosterEvent): number {
	return event.event === 'decided' ? event.at : event.withdrawal.at;
}

function isSame(one: PublicKeyRecord | undefined, other: PublicKeyRecord): boolean {
	return one?.publicKey === other.publicKey;
}

function fault(reason: ChangeFault, detail: string, domain: string | null = null): ChangeProblem {
	return { reason, detail, domain };
}
