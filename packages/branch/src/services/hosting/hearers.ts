import { countsAt, type Grant, holds } from '@understory/core/grants.ts';
import { allows } from '@understory/core/permissions.ts';

/** As what somebody decides an appeal; the log says it so. */
export type Hearer = 'host' | 'moderation_team' | 'appeal_partner';

/** The appeal that is to be decided, as far as it matters who does. */
export interface Hearing {
	/** Branch id. */
	readonly branch: string;
	readonly step: number;
	/** Members of the staff who decided before: they never decide again. */
	readonly before: readonly string[];
	readonly now: number;
}

/**
 * Who may decide an appeal, and as what (reference/accountability.md 3.4): never somebody who decided before. The first step is for another host of the
 * branch or the moderation team that serves it; only where there is none of these, for the hosts of the library's other branches, who are the partners outside.
 * The second is for that team alone.
 */
export function hearersOf(grants: readonly Grant[], hearing: Hearing): ReadonlyMap<string, Hearer> {
	const { branch, step, before, now } = hearing;
	const moderate = grants.filter(
		(grant) => allows([grant.role], 'moderate') && !before.includes(grant.staff_id) && holds(grant, now),
	);
	const named = (all: readonly Grant[], as: Hearer) => all.map(({ staff_id }) => [staff_id, as] as const);
	const onTeam = (grant: Grant) => grant.role === 'moderation_team';
	const team = named(
		moderate.filter((grant) => onTeam(grant) && countsAt(grant, branch)),
		'moderation_team',
	);
	if (step > 1) return new Map(team);
	const here = named(
		moderate.filter((grant) => !onTeam(grant) && grant.branch === branch),
		'host',
	);
	if (here.length + team.length > 0) return new Map([...team, ...here]);
	return new Map(named(moderate, 'appeal_partner'));
}
