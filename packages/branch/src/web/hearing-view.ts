import type { SignedRoster } from '@understory/core/register.ts';
import type { Deliberation, MembersDecide } from '@understory/core/roster-change.ts';
import { replay } from '@understory/neighborhood/changes.ts';
import { tally } from '@understory/neighborhood/tally.ts';
import { hearings } from '../services/deliberating/deliberations.ts';
import { suspendedNow } from '../services/deliberating/suspensions.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** How many decisions of a neighborhood are shown, the newest first; all of them stand on the signed roster. */
const SHOWN = 10;

/** A proposal to the members of a neighborhood, with every voice and its reason; names of branches, never of people. */
export function hearingView(web: Web, visit: Visit, { proposal, voices, reply }: Deliberation) {
	const { id, kind, domain, name, reason, evidence, opened, until } = proposal;
	return {
		...{ id, domain, reason, evidence, opened, until },
		title: say(web, visit, `vote.${kind}`, { name }),
		expel: kind === 'expel',
		reply: reply?.text ?? null,
		voices: voices.map(({ domain: of, voice, reason: why, at }) => ({
			...{ domain: of, reason: why, at },
			yes: voice === 'yes',
			label: say(web, visit, `vote.${voice}`),
		})),
		counts: say(web, visit, 'vote.counts', {
			yes: voices.filter(({ voice }) => voice === 'yes').length,
			no: voices.filter(({ voice }) => voice === 'no').length,
		}),
	};
}

/** How members of a neighborhood decide, in a sentence. */
export function wayInWords(web: Web, visit: Visit, { share, quorum, days }: MembersDecide): string {
	return say(web, visit, 'vote.way', {
		share: share.join('/'),
		quorum: quorum.join('/'),
		days,
	});
}

/** What the members of a neighborhood are asked now, what they decided, and who is suspended: for its page. */
export function deliberatingView(web: Web, visit: Visit, roster: SignedRoster) {
	const way = roster.charter.changes;
	const now = web.context.clock.now();
	const suspended = suspendedNow(roster, now);
	if (!way) return { way: null, asked: [], decided: [], suspended };
	const asked = hearings(web.context)
		.filter(({ proposal }) => proposal.neighborhood === roster.id && now >= proposal.opened)
		.map((one) => hearingView(web, visit, one));
	return {
		way: wayInWords(web, visit, way),
		asked,
		decided: decidedView(web, visit, roster, way),
		suspended,
	};
}

/** Each decision with what came of it, which is worked out from who stood there then. */
function decidedView(web: Web, visit: Visit, roster: SignedRoster, way: MembersDecide) {
	const { history = [] } = roster;
	const from = Math.max(0, history.length - SHOWN);
	return history
		.flatMap((event, at) => {
			if (at < from || event.event !== 'decided') return [];
			const before = replay({ ...roster, history: history.slice(0, at) }, way, () => true);
			const carried =
				!('reason' in before) && tally(event.proposal, event.voices, before, way, () => true).carried;
			const outcome = say(web, visit, carried ? 'vote.carried' : 'vote.not_carried');
			return [{ ...hearingView(web, visit, event), at: event.at, outcome }];
		})
		.reverse();
}

function say(web: Web, visit: Visit, key: string, values: Readonly<Record<string, unknown>> = {}): string {
	return web.views.design.t(visit.language, `servers.${key}`, values);
}
