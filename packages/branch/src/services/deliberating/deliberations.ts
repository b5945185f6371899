import type { SignedRoster } from '@understory/core/register.ts';
import type { Deliberation } from '@understory/core/roster-change.ts';
import { domainOf } from '@understory/neighborhood/consent.ts';
import { isWellNamed } from '@understory/neighborhood/proposal.ts';
import { isReplyTo, voicesThatHold } from '@understory/neighborhood/tally.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../../context.ts';

/** Something that is proposed to the members of a neighborhood, and what this branch has to do with it. */
export interface Hearing extends Deliberation {
	readonly roster: SignedRoster;
	/** Is it about this branch? Then it has no voice, and reads of it before the others. */
	readonly own: boolean;
	/** Can this branch give its voice now: it is a member, and it is the time for it? */
	readonly open: boolean;
}

/**
 * What is proposed to the neighborhoods this branch stands on: only what their steward signed for this charter, with the voices that hold. What is not to be
 * answered yet is there for the branch it is about alone.
 */
export function hearings(context: Pick<BranchContext, 'book' | 'current' | 'clock' | 'origin'>): Hearing[] {
	const self = domainOf(context.origin);
	const now = context.clock.now();
	const rosters = new Map(context.book.rosters().map((roster) => [roster.id, roster]));
	return (context.current.register()?.deliberations ?? []).flatMap((one): Hearing[] => {
		const { proposal, voices, reply } = one;
		const roster = rosters.get(proposal.neighborhood);
		if (!roster || !isWellNamed(proposal) || !verifyDocument(proposal, [roster.steward])) return [];
		const own = proposal.domain === self;
		if (!own && now < proposal.opened) return [];
		const standing = new Map(roster.members.map(({ domain, key }) => [domain, key]));
		return [
			{
				...{ proposal, roster, own },
				voices: voicesThatHold(proposal, voices, standing),
				reply: reply && isReplyTo(proposal, reply) ? reply : null,
				open: standing.has(self) && now >= proposal.opened && now < proposal.until,
			},
		];
	});
}
