import type { PublicKeyRecord, RosterMember, SignedRoster } from '@understory/core/register.ts';
import { failed, ok, type Result } from '@understory/core/result.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import { digestDocument, verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { type ChangeFault, changeFault } from './changes.ts';
import { digestCharter } from './charter.ts';
import { type ConsentFault, verifyConsent } from './consent.ts';
import { isConsistent } from './member.ts';
import { createRosterReader } from './roster-schema.ts';

/** The compiled schema: a constant, made once because compiling is dear. */
const read = createRosterReader();

/** How far a steward's clock may be ahead of ours, in milliseconds. */
const AHEAD = 5 * 60_000;

/** Why a roster does not hold. */
export type RosterFault =
	| 'unreadable'
	| 'bad_signature'
	| 'unknown_steward'
	| 'expired'
	| 'not_yet'
	| 'another_neighborhood'
	| 'version_back'
	| 'forked'
	| 'broken_chain'
	| 'duplicate_member'
	| 'member_contradicts_itself'
	| ConsentFault
	| 'consent_from_the_future'
	| ChangeFault;

/** A fault with a sentence for the person who has to mend it; `member` is the domain it is about. */
export interface RosterProblem {
	readonly reason: RosterFault;
	readonly detail: string;
	readonly member: string | null;
}

/** What to hold a roster against. */
export interface RosterCheck {
	/** UTC milliseconds. */
	readonly now: number;
	/** The last version that was verified: the new one must follow from it. */
	readonly previous?: SignedRoster;
	/** Stewards we know. Without them the steward of `previous` stands; without either, the document's own (first use). */
	readonly stewardKeys?: readonly PublicKeyRecord[];
	/** What checks signatures, when they are not checked anew each time (`rememberVerified`). */
	readonly verify?: VerifyBytes | undefined;
}

/**
 * The one function that decides whether a roster holds: readable, signed by its steward, in its time, following from
 * the version before (gaps are allowed, since only the newest is published; a fork or a step back is not), and every member
 * there by its own consent (DESIGN 4.6). One member without consent spoils the whole: a steward that adds somebody who did
 * not agree cannot be believed about the others. Where the charter says that members decide, who stands there has to follow from
 * their voices (docs/adr/0101). Never throws for a bad document.
 */
export function verifyRoster(document: unknown, check: RosterCheck): Result<SignedRoster, RosterProblem> {
	const shape = read(document);
	if (!shape.ok) return failed(problem('unreadable', shape.error));
	const roster = shape.value;
	const found =
		signatureFault(roster, check) ??
		timeFault(roster, check.now) ??
		chainFault(roster, check.previous) ??
		membersFault(roster, check.verify) ??
		changesFault(roster, check);
	return found ? failed(found) : ok(roster);
}

function signatureFault(roster: SignedRoster, check: RosterCheck): RosterProblem | null {
	if (!verifyDocument(roster, [roster.steward], check.verify)) {
		return problem('bad_signature', 'The signature is not that of the steward it names.');
	}
	const known = check.stewardKeys ?? (check.previous ? [check.previous.steward] : null);
	if (known?.some((key) => key.publicKey === roster.steward.publicKey) === false) {
		return problem('unknown_steward', 'It is signed by somebody who is not the steward we know.');
	}
	return null;
}

function timeFault(roster: SignedRoster, now: number): RosterProblem | null {
	if (roster.expires <= roster.issued || roster.expires <= now) {
		return problem('expired', `It held until ${new Date(roster.expires).toISOString()}.`);
	}
	if (roster.issued > now + AHEAD) {
		return problem(
			'not_yet',
			`It is dated ${new Date(roster.issued).toISOString()}, which is still to come.`,
		);
	}
	return null;
}

function chainFault(roster: SignedRoster, previous: SignedRoster | undefined): RosterProblem | null {
	if ((roster.version === 1) !== (roster.prev === null)) {
		return problem('broken_chain', 'The first version, and only the first, has nothing before it.');
	}
	if (!previous) return null;
	if (roster.id !== previous.id) {
		return problem('another_neighborhood', `It is about ${roster.id}, not about ${previous.id}.`);
	}
	if (roster.version < previous.version) {
		return problem('version_back', `We already hold version ${previous.version}; this is ${roster.version}.`);
	}
	const held = digestDocument(previous);
	if (roster.version === previous.version && digestDocument(roster) !== held) {
		return problem('forked', `There are two different documents of version ${roster.version}.`);
	}
	if (roster.version === previous.version + 1 && roster.prev !== held) {
		return problem('broken_chain', `It does not follow from the version ${previous.version} that we hold.`);
	}
	return null;
}

function membersFault(roster: SignedRoster, verify: VerifyBytes | undefined): RosterProblem | null {
	const seen = new Set<string>();
	const charterDigest = digestCharter(roster.charter);
	for (const member of roster.members) {
		const names = [`domain ${member.domain}`, `key ${member.key.publicKey}`];
		if (names.some((name) => seen.has(name))) {
			return problem('duplicate_member', 'It, or its key, stands on the roster twice.', member);
		}
		for (const name of names) seen.add(name);
		const found = memberFault(roster, member, { charterDigest, verify });
		if (found) return found;
	}
	return null;
}

function memberFault(
	roster: SignedRoster,
	member: RosterMember,
	by: { readonly charterDigest: string; readonly verify: VerifyBytes | undefined },
): RosterProblem | null {
	if (!isConsistent(member)) {
		return problem('member_contradicts_itself', 'Domain, origin, server actor and key do not agree.', member);
	}
	const { origin, key } = member;
	const fault = verifyConsent(member.consent, { ...by, neighborhood: roster.id, origin, key });
	if (fault) return problem(fault, 'It has not agreed, by its own signature, to stand here.', member);
	if (member.consent.since > roster.issued + AHEAD) {
		return problem('consent_from_the_future', 'Its consent begins after the roster was made.', member);
	}
	return null;
}

function changesFault(roster: SignedRoster, check: RosterCheck): RosterProblem | null {
	const found = changeFault(roster, check);
	return found && { reason: found.reason, detail: found.detail, member: found.domain };
}

function problem(reason: RosterFault, detail: string, member: RosterMember | null = null): RosterProblem {
	return { reason, detail, member: member?.domain ?? null };
}
