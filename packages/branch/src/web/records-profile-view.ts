import { RETENTION_CLASSES, type RetentionClass, yearsAllowed } from '@understory/core/records-profile.ts';
import { recordsProfile } from '@understory/core/records-profiles.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Which profile of records holds here, and who adopted it; the same sentence on every page that says so (ADR 96). */
export function recordsProfileIn(web: Web, visit: Visit): string {
	const { records, zone } = web.context.current.library();
	const { design } = web.views;
	if (!records) return design.t(visit.language, 'cases.retention.not_adopted');
	const { [visit.language]: state = records.profile } = recordsProfile(records.profile)?.state ?? {};
	const day = web.views.formats(visit.language, { dateStyle: 'long', timeZone: zone });
	const date = day.format(Date.parse(`${records.adopted_on}T12:00:00Z`));
	return design.t(visit.language, 'cases.retention.adopted', { state, by: records.adopted_by, date });
}

/** Between how many years each class may be kept, in words. */
export function betweenYears(web: Web, visit: Visit): Readonly<Record<RetentionClass, string>> {
	const { records } = web.context.current.library();
	const said = RETENTION_CLASSES.map((kind) => [
		kind,
		web.views.design.t(visit.language, 'cases.retention.between', { ...yearsAllowed(records, kind) }),
	]);
	return Object.fromEntries(said) as Record<RetentionClass, string>;
}
