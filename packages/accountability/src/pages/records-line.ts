import { recordsProfile } from '@understory/core/records-profiles.ts';
import type { Reading } from './reading.ts';

/** Which profile of records the library's branches keep to, and who adopted it (ADR 96). */
export function recordsLine({ library, t, said, date }: Reading): string {
	const { records } = library.register.library;
	if (!records) return t('records.not_adopted');
	const { profile, adopted_by: by, adopted_on } = records;
	const state = said(recordsProfile(profile)?.state ?? { en: profile });
	return t('records.adopted', { state, by, date: date(adopted_on) });
}
