import type { RecordsProfile } from './records-profile.ts';
import { COLORADO } from './records-profiles/co.ts';
import { DEFAULT } from './records-profiles/default.ts';
import { ILLINOIS } from './records-profiles/il.ts';
import { MAINE } from './records-profiles/me.ts';
import { NORTH_CAROLINA } from './records-profiles/nc.ts';
import { OKLAHOMA } from './records-profiles/ok.ts';
import { VERMONT } from './records-profiles/vt.ts';
import { WASHINGTON } from './records-profiles/wa.ts';
import { WYOMING } from './records-profiles/wy.ts';

/** The states that were looked into, after the default. Which state a library is in says nothing by itself: it chooses. */
export const RECORDS_PROFILES: readonly RecordsProfile[] = [
	DEFAULT,
	COLORADO,
	ILLINOIS,
	MAINE,
	NORTH_CAROLINA,
	OKLAHOMA,
	VERMONT,
	WASHINGTON,
	WYOMING,
];

/** The profile of that id. */
export function recordsProfile(id: string): RecordsProfile | undefined {
	return RECORDS_PROFILES.find((profile) => profile.id === id);
}
