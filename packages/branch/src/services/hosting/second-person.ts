import { countsAt, type Grant, holds } from '@understory/core/grants.ts';
import { allows } from '@understory/core/permissions.ts';

/** `here`: somebody who may decide at this branch. `partner`: a host of another branch of the library, who is its partner outside. */
export type SecondPerson = 'here' | 'partner';

/**
 * Who may agree that whoever asked opens what was sealed: anybody else who may decide at this branch, its moderation team among them. Only where there is none of these, the
 * hosts of the library's other branches, as with an appeal (ADR 71): so a branch with one host is not stuck. `now` is in UTC milliseconds.
 */
export function secondPersons(
	grants: readonly Grant[],
	{ branch, asker, now }: { readonly branch: string; readonly asker: string; readonly now: number },
): ReadonlyMap<string, SecondPerson> {
	const others = grants.filter(
		(grant) => grant.staff_id !== asker && allows([grant.role], 'moderate') && holds(grant, now),
	);
	const named = (all: readonly Grant[], as: SecondPerson) =>
		new Map(all.map(({ staff_id }) => [staff_id, as] as const));
	const here = others.filter((grant) => countsAt(grant, branch));
	return here.length > 0 ? named(here, 'here') : named(others, 'partner');
}
