import type { Grant } from '@understory/core/grants.ts';
import { scheduleOf } from '../../services/hosting/retention.ts';
import { today } from '../../services/hosting/standing-release.ts';
import { FILES_WAIT } from '../../services/media-sweep.ts';
import { REMEMBER } from '../../services/worker.ts';
import { countAccesses } from '../../store/accesses.ts';
import { countReleases } from '../../store/releases.ts';
import { say, show } from '../frame.ts';
import { recordsProfileIn } from '../records-profile-view.ts';
import { SESSION_LIFE } from '../session-store.ts';
import type { Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Honest sight (DESIGN 4.12): made from what runs now, so that it cannot promise more than is true. */
export const SIGHT_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/who-can-see', need: 'nobody', run: whoCanSee },
];

const DAY = 24 * 60 * 60_000;

function whoCanSee(web: Web, visit: Visit): void {
	const frame = { title: say(web, visit, 'who.title'), path: '/who-can-see' };
	show(web, visit, 'who-can-see', frame, sightOf(web, visit));
}

/** What the page says, for whoever shows it. */
export function sightOf(web: Web, visit: Visit): object {
	const { current, book, origin, store, clock, matchLists, copiesAway } = web.context;
	const grants = (current.register()?.grants ?? []).filter(
		(grant) =>
			current.rolesOf(grant.staff_id).includes(grant.role) &&
			(grant.branch === null || grant.branch === web.context.id),
	);
	const roles = [...new Set(grants.map((grant) => grant.role))].map((role) => ({
		role: web.views.design.t(visit.language, `common.role.${role}`),
		names: grants.filter((grant) => grant.role === role).map((grant) => nameWith(web, visit, grant)),
	}));
	return {
		roles,
		team: grants.some(({ role }) => role === 'moderation_team'),
		others: othersIn(visit, grants),
		neighbors: book.trust().neighborsOf(origin).size,
		names: neighborNames(web),
		opened: store.read((reading) => countAccesses(reading, 'removed', clock.now() - REMEMBER)),
		released: store.read((reading) => countReleases(reading, today(web.context))),
		years: store.read((reading) => scheduleOf(web.context, reading)).reports,
		profile: recordsProfileIn(web, visit),
		noticeDays: current.library().records?.notice_days ?? 0,
		mode: say(web, visit, `who.mode.${current.branch().federation}`),
		sample: current.library().sample,
		days: {
			session: SESSION_LIFE / DAY,
			outbox: REMEMBER / DAY,
			files: FILES_WAIT / DAY,
			import: REMEMBER / DAY,
		},
		library: current.library().name,
		copiesAway,
		lists: new Intl.ListFormat(visit.language, { type: 'conjunction' }).format(matchLists?.names() ?? []),
		issuer: new URL(current.library().card_origin).host,
	};
}

/** With where they come from, for whoever is of another library. */
function nameWith(web: Web, visit: Visit, { name, team }: Grant): string {
	if (!team) return name;
	return team.from === null
		? say(web, visit, 'who.in_team', { name, team: team.name })
		: say(web, visit, 'who.from_library', { name, team: team.name, library: team.from });
}

/** Libraries besides this one whose people can read here, each once. */
function othersIn(visit: Visit, grants: readonly Grant[]): string {
	const names = [...new Set(grants.flatMap(({ team }) => team?.from ?? []))].sort();
	return new Intl.ListFormat(visit.language, { type: 'conjunction' }).format(names);
}

/** Who else may hold copies of neighborhood posts, by name. */
function neighborNames(web: Web): string[] {
	const { book, origin } = web.context;
	const others = [...book.trust().neighborsOf(origin)].filter((other) => other !== origin);
	const members = book.rosters().flatMap((roster) => roster.members);
	return others
		.map((other) => members.find((member) => member.origin === other)?.name ?? new URL(other).host)
		.sort((a, b) => a.localeCompare(b));
}
