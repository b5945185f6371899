import type { SignedRoster } from '@understory/core/register.ts';
import type { Deliberation, MembersDecide, PeopleTouched } from '@understory/core/roster-change.ts';
import { outcomes } from '@understory/neighborhood/changes.ts';
import { hearings } from '../services/deliberating/deliberations.ts';
import { listsTogether } from '../services/deliberating/lists-together.ts';
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
		list: kind === 'follow_list' ? domain : null,
		reply: reply?.text ?? null,
		voices: voices.map(({ domain: of, voice, reason: why, people, at }) => ({
			...{ domain: of, reason: why, at },
			people: people === undefined ? null : peopleInWords(web, visit, people),
			yes: voice === 'yes',
			label: say(web, visit, `vote.${voice}`),
		})),
		counts: say(web, visit, 'vote.counts', {
			yes: voices.filter(({ voice }) => voice === 'yes').length,
			no: voices.filter(({ voice }) => voice === 'no').length,
		}),
		sum: kind === 'follow_list' ? sumInWords(web, visit, voices) : null,
	};
}

function peopleInWords(web: Web, visit: Visit, people: PeopleTouched): string {
	return people === 'few'
		? say(web, visit, 'vote.people_few')
		: say(web, visit, 'vote.people', { count: people });
}

/** What the members that said a number say together. Those under five are never in it, so it says no more about any of them than they did. */
function sumInWords(web: Web, visit: Visit, voices: Deliberation['voices']): string | null {
	const told = voices.flatMap(({ people }) => (people === undefined ? [] : [people]));
	if (told.length === 0) return null;
	const known = told.filter((people) => people !== 'few');
	const count = known.reduce((sum, people) => sum + people, 0);
	const few = told.length - known.length;
	const parts = [
		...(known.length > 0 ? [say(web, visit, 'vote.people_sum', { count })] : []),
		...(few > 0 ? [say(web, visit, 'vote.people_few_sum', { count: few })] : []),
	];
	return parts.join(' ');
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
		decided: decidedView(web, visit, roster),
		suspended,
	};
}

/** Each decision with what came of it, which is worked out from who stood there then. */
function decidedView(web: Web, visit: Visit, roster: SignedRoster) {
	const from = Math.max(0, (roster.history?.length ?? 0) - SHOWN);
	const followed = new Set(
		web.context.store
			.read((reading) => listsTogether(web.context, reading))
			.flatMap((one) => (one.followed ? [one.proposal.domain] : [])),
	);
	return outcomes(roster, from)
		.map(({ event, carried }) => {
			const { kind, domain } = event.proposal;
			const outcome = say(web, visit, carried ? 'vote.carried' : 'vote.not_carried');
			const isList = carried && kind === 'follow_list';
			const here = isList
				? say(web, visit, followed.has(domain) ? 'vote.follows' : 'vote.follows_not')
				: null;
			return { ...hearingView(web, visit, event), at: event.at, outcome, here };
		})
		.reverse();
}

function say(web: Web, visit: Visit, key: string, values: Readonly<Record<string, unknown>> = {}): string {
	return web.views.design.t(visit.language, `servers.${key}`, values);
}
