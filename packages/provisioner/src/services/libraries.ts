import { dateIn, isZone } from '@understory/core/calendar.ts';
import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import { isLabel } from '@understory/core/slug.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { libraryCharter } from '@understory/neighborhood/charter.ts';
import type { Context } from '../context.ts';
import { type Database, lock } from '../store/database.ts';
import { findLibrary } from '../store/libraries.ts';
import type { LibraryRow } from '../store/rows.ts';

/** What a library needs to come into being. */
export interface NewLibrary {
	/** Given when the same request may come twice, so that it makes one library. */
	readonly id?: string;
	readonly slug: string;
	readonly name: string;
	readonly region: string;
	readonly zone: string;
	readonly languages?: readonly string[];
	readonly card_digits?: number | null;
	readonly address?: LibraryRow['address'];
	readonly phone?: string | null;
	/** The survey's key, and the digest of its row when the systems file has been read. */
	readonly source?: { readonly key: string; readonly digest: string | null };
}

/** Makes a library with the starter rules and a neighborhood of its own. Throws `BadInput` with each fault, `Conflict` for a taken slug. */
export async function createLibrary(context: Context, wanted: NewLibrary): Promise<LibraryRow> {
	const faults: Fault[] = [];
	if (!isLabel(wanted.slug)) {
		faults.push({
			field: 'slug',
			text: 'Use small letters, digits and hyphens; card, www and a few others are taken.',
		});
	}
	if (!wanted.name.trim()) faults.push({ field: 'name', text: 'Write the name of the library.' });
	if (!wanted.region.trim()) faults.push({ field: 'region', text: 'Write the state or region.' });
	if (!isZone(wanted.zone))
		faults.push({ field: 'zone', text: 'Write a time zone such as America/Los_Angeles.' });
	if (faults.length > 0) throw new BadInput('This library cannot be made as it stands.', faults);
	return context.database.transaction(async (transaction) => {
		await lock(transaction, `library:${wanted.slug}`);
		const known = await findLibrary(transaction, wanted.slug);
		if (known && known.id === wanted.id) return known;
		if (known) {
			throw new Conflict(`There is already a library "${wanted.slug}".`, 'slug_taken');
		}
		const [row] = await insertLibraries(context, transaction, [wanted]);
		return row!;
	});
}

/** The rows of libraries: themselves, their first rules, their neighborhoods; three statements for any number. Shared with the survey. */
export async function insertLibraries(
	context: Context,
	database: Database,
	wanted: readonly NewLibrary[],
): Promise<LibraryRow[]> {
	const now = context.clock.now();
	const rows = wanted.map((library) => libraryRow(context, library, now));
	await database('library').insert(
		rows.map(
			({
				witnesses,
				watches,
				bodies,
				backup_schedule: _none,
				hosting_days: _default,
				upgrade_hours: _any,
				...row
			}) => ({
				...row,
				address: JSON.stringify(row.address),
				witnesses: JSON.stringify(witnesses),
				watches: JSON.stringify(watches),
				bodies: JSON.stringify(bodies),
			}),
		),
	);
	await database('policy').insert(
		rows.map((row) => {
			const policy = starterPolicy(row.name, dateIn(row.zone, now));
			return { library: row.id, id: policy.id, version: policy.version, document: JSON.stringify(policy) };
		}),
	);
	await database('neighborhood').insert(
		rows.map((row) => {
			const id = context.randomId();
			const url = `${row.accountability_origin}/neighborhoods/${id}/roster`;
			const charter = JSON.stringify(libraryCharter(row.name));
			return { id, library: row.id, name: row.name, url, charter, created: now };
		}),
	);
	return rows;
}

function libraryRow(context: Context, wanted: NewLibrary, now: number): LibraryRow {
	return {
		id: wanted.id ?? context.randomId(),
		source_key: wanted.source?.key ?? null,
		source_digest: wanted.source?.digest ?? null,
		slug: wanted.slug,
		name: wanted.name.trim(),
		region: wanted.region,
		zone: wanted.zone,
		languages: [...(wanted.languages ?? ['en', 'es'])],
		card_origin: context.addresses.card(wanted.slug),
		accountability_origin: context.addresses.accountability(wanted.slug),
		card_digits: wanted.card_digits ?? 14,
		witnesses: [],
		watches: [],
		bodies: [],
		records: null,
		backup_schedule: null,
		hosting_days: null,
		upgrade_hours: null,
		sample: context.sample,
		address: wanted.address ?? null,
		phone: wanted.phone ?? null,
		created: String(now),
	};
}
