import type { RosterMember, SignedRoster } from '@understory/core/register.ts';
import type { Trust } from '@understory/core/scope.ts';
import type { VerifyBytes } from '@understory/transparency-log/remembered.ts';
import { digestCharter } from './charter.ts';
import { verifyConsent } from './consent.ts';
import { isConsistent } from './member.ts';

/** How far two clocks may be apart, in milliseconds. */
const CLOCKS_APART = 5 * 60_000;

/** What effective trust follows from. */
export interface TrustParts {
	/** Scheme, host and port of the branch whose trust this is. */
	readonly self: string;
	/** The last verified roster of each neighborhood (`verify.ts`). */
	readonly rosters: readonly SignedRoster[];
	/** Origins this branch has set aside. */
	readonly setAside: ReadonlySet<string>;
	/** UTC milliseconds; asked each time, so that a roster stops holding the moment it expires. */
	now(): number;
	/** What checks signatures, when they are not checked anew each time (`rememberVerified`). */
	readonly verify?: VerifyBytes | undefined;
}

/**
 * Who trusts whom (DESIGN 4.6): the neighbors of a branch are the members of every unexpired roster on which it stands itself,
 * each by its own consent, it included; whoever is set aside, or suspended from the roster for now, is nobody's neighbor here and has none. An origin that stands on no roster has
 * none either, except that `self` always has itself. Consents are checked once, here, even for rosters said to be verified.
 */
export function createTrust(parts: TrustParts): Trust {
	const standing = parts.rosters.map((roster) => ({ roster, origins: standingOn(roster, parts) }));
	/** Neighbors by the rosters that make them so, joined once: they are asked for with every post and every copy. */
	const joined = new Map<string, ReadonlySet<string>>();

	function together(
		rosters: readonly number[],
		self: readonly string[],
		away: ReadonlySet<string>,
	): ReadonlySet<string> {
		const name = [rosters.join(' '), self.length, ...away].join('|');
		const known = joined.get(name);
		if (known) return known;
		const members = rosters.flatMap((at) => [...standing[at]!.origins].filter((one) => !away.has(at + one)));
		const neighbors = new Set([...self, ...members]);
		joined.set(name, neighbors);
		return neighbors;
	}

	/** Who is suspended from which roster at the moment, by its place among the rosters and its origin. */
	function suspendedAt(now: number): ReadonlySet<string> {
		return new Set(standing.flatMap(({ roster }, at) => suspendedFrom(roster, now).map((one) => at + one)));
	}

	return {
		neighborsOf(origin) {
			const now = parts.now();
			const away = suspendedAt(now);
			const holding = standing.flatMap(({ roster, origins }, at) => {
				const holds = now >= roster.issued - CLOCKS_APART && now < roster.expires;
				return holds && origins.has(origin) && !away.has(at + origin) ? [at] : [];
			});
			return together(holding, origin === parts.self ? [origin] : [], away);
		},
	};
}

function suspendedFrom({ suspensions = [], members }: SignedRoster, now: number): string[] {
	if (suspensions.length === 0) return [];
	const away = new Set(suspensions.filter((one) => now < one.until).map(({ domain }) => domain));
	return members.filter(({ domain }) => away.has(domain)).map(({ origin }) => origin);
}

function standingOn(roster: SignedRoster, { setAside, verify }: TrustParts): ReadonlySet<string> {
	const charterDigest = digestCharter(roster.charter);
	const consents = (member: RosterMember) =>
		isConsistent(member) &&
		verifyConsent(member.consent, {
			neighborhood: roster.id,
			charterDigest,
			origin: member.origin,
			key: member.key,
			verify,
		}) === null;
	return new Set(
		roster.members
			.filter((member) => !setAside.has(member.origin) && consents(member))
			.map((member) => member.origin),
	);
}
