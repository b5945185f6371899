import { Unavailable } from '@understory/core/errors.ts';
import {
	byPressure,
	MOST_WAITING,
	type TeamBranch,
	type TeamList,
	type Waiting,
} from '@understory/core/team-list.ts';
import { type WaitingHere, waitingHere } from '../../services/hosting/waiting-for-team.ts';
import { show } from '../frame.ts';
import { asked, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What waits for the moderation team over all branches where whoever asks is on it. What it is stands at its own branch alone. */
export const TEAM_LIST_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/team', need: 'see_team_list', run: list },
	{ method: 'get', path: '/staff/team/:id', need: 'see_team_list', run: lead },
];

async function list(web: Web, visit: Visit): Promise<void> {
	const found = await teamList(web, staffOf(visit));
	const now = web.context.clock.now();
	const branches = new Map(found.branches.map((one) => [one.id, one]));
	show(
		web,
		visit,
		'team-list',
		{ title: t(web, visit, 'title'), sign: 'staff', path: '/staff/team' },
		{
			gone: asked(visit, 'gone') !== '',
			alone: !found.asked,
			items: found.items.map((item) => lineOf(web, visit, item, branches.get(item.branch)!, now)),
			branches: found.branches.map((branch) => ({ ...branch, here: branch.id === web.context.id })),
			more: found.branches.reduce((sum, { total }) => sum + total, 0) - found.items.length,
		},
	);
}

/** Where a link of the list leads: to the page of this branch where it is done, while it waits. */
function lead(web: Web, visit: Visit): void {
	const found = waitingHere(web.context).find(({ id }) => id === part(visit, 'id'));
	goTo(visit, found?.href ?? '/staff/team?gone=yes');
}

/** How many wait, for the staff page: here, and over all branches; the second null while nobody can say. */
export async function teamCounts(web: Web, staffId: string) {
	const { asked, branches } = await teamList(web, staffId);
	const here = branches.find(({ id }) => id === web.context.id)!.total;
	return { here, all: asked ? branches.reduce((sum, { total }) => sum + total, 0) : null };
}

/** The platform's list, with what this branch itself knows better. `asked`: the platform answered. */
async function teamList(web: Web, staffId: string): Promise<TeamList & { readonly asked: boolean }> {
	const { context } = web;
	const own = waitingHere(context);
	const here = hereIn(web, own);
	const listed = await context.teamList(staffId).catch((error: unknown) => {
		if (!(error instanceof Unavailable)) throw error;
		context.log.warn('no_team_list', { branch: context.id, error });
		return null;
	});
	const elsewhere = <T>(all: readonly T[] | undefined, idOf: (one: T) => string) =>
		(all ?? []).filter((one) => idOf(one) !== context.id);
	const items = [
		...own.map(({ href, ...item }) => ({ ...item, branch: context.id })),
		...elsewhere(listed?.items, ({ branch }) => branch),
	];
	return {
		asked: listed !== null,
		branches: [here, ...elsewhere(listed?.branches, ({ id }) => id)],
		items: items.sort(byPressure).slice(0, MOST_WAITING),
	};
}

function hereIn({ context }: Web, own: readonly WaitingHere[]): TeamBranch {
	const { name } = context.current.branch();
	return {
		...{ id: context.id, name, library: context.current.library().name, origin: context.origin },
		...{ total: own.length, as_of: context.clock.now(), silent: false },
	};
}

function lineOf(
	web: Web,
	visit: Visit,
	{ id, kind, due, taken }: Waiting,
	{ name, library, origin, silent, as_of }: TeamBranch,
	now: number,
) {
	return {
		...{ href: `${origin}/staff/team/${id}`, kind: t(web, visit, `kind.${kind}`) },
		...{ urgent: kind === 'emergency', due, taken, late: due < now },
		...{ branch: name, library, silent, as_of },
	};
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `team.${key}`);
}
