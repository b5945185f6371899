import { isZone } from '@understory/core/calendar.ts';
import type { Door } from '@understory/core/door.ts';
import { type Location, locationWritten } from '@understory/core/location.ts';
import type { Address } from '@understory/core/register.ts';
import { isLabel } from '@understory/core/slug.ts';
import type { HomeKind } from '../store/rows.ts';
import { HOME_KINDS } from '../store/rows.ts';
import type { SurveyRow } from '../survey/rows.ts';
import type { FileRow } from './file-row.ts';
import { readHours } from './hours.ts';
import type { Why } from './reasons.ts';

/** A branch of a list of our own form. What the file does not say is null, and is left as it is. */
export interface ListedBranch {
	/** Its label in the web. */
	readonly branch: string;
	readonly name: string;
	readonly address: Address;
	readonly phone: string | null;
	readonly location: Location | null;
	readonly home: HomeKind | null;
	readonly door: Door | null;
	/** What a library needs that is not there yet. */
	readonly libraryName: string | null;
	readonly region: string;
	readonly zone: string | null;
}

/** Columns that a list needs, and those that it may have. */
export const LIST_COLUMNS = {
	needed: ['library', 'branch', 'name', 'city'],
	others: [
		...['library_name', 'region', 'zone', 'street', 'postcode', 'phone', 'north', 'east', 'home'],
		...['host', 'place', 'hours', 'deputy'],
	],
} as const;

const LONGEST = 200;

/** Reads one row of a list. Never throws; a row that cannot be used is refused with a sentence that names the column. */
export function readListed({ line, columns }: SurveyRow): FileRow {
	const text = (column: string) => (columns[column] ?? '').replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
	const [library, branch, name] = ['library', 'branch', 'name'].map(text) as [string, string, string];
	const refuse = (code: Why['code'], values?: Why['values']): FileRow => ({
		...{ what: 'none', line, library: library || null, outcome: 'refused' },
		why: { code, ...(values && { values }) },
		key: library && branch ? `${library}/${branch}`.slice(0, LONGEST) : null,
	});
	const long = [...LIST_COLUMNS.needed, ...LIST_COLUMNS.others].find(
		(column) => text(column).length > LONGEST,
	);
	if (long) return refuse('too_long', { column: long, most: LONGEST });
	if (!isLabel(library)) return refuse('library_label');
	if (!isLabel(branch)) return refuse('branch_label');
	if (!name || name.length > 100) return refuse('name');
	if (!text('city')) return refuse('city');
	const home = text('home') || null;
	if (home !== null && !HOME_KINDS.includes(home as HomeKind)) return refuse('home');
	const zone = text('zone') || null;
	if (zone !== null && !isZone(zone)) return refuse('zone');
	const location = locationWritten(text('north'), text('east'));
	if (location === undefined) return refuse('location');
	const door = doorOf(text);
	if (typeof door === 'string') return refuse(door);
	const address = {
		street: text('street'),
		city: text('city'),
		region: text('region'),
		postcode: text('postcode'),
	};
	return {
		...{ what: 'listed', line, library },
		row: {
			...{ branch, name, address, phone: text('phone') || null, location, door, zone },
			...{ home: home as HomeKind | null, libraryName: text('library_name') || null, region: address.region },
		},
	};
}

/** Null when nothing is said of it, a reason when it is half a door. */
function doorOf(text: (column: string) => string): Door | null | 'half_a_door' | 'hours' {
	const [host, place, hours, deputy] = ['host', 'place', 'hours', 'deputy'].map(text) as [
		...[string, string, string, string],
	];
	if (!host && !place && !hours && !deputy) return null;
	if (!host || !place || !hours || !deputy) return 'half_a_door';
	const read = readHours(hours);
	if (!read) return 'hours';
	return { host, place, hours: read, deputy, phone: text('phone') || null };
}
