import { dateIn, isZone } from '@understory/core/calendar.ts';
import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import { isLabel } from '@understory/core/slug.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { libraryCharter } from '@understory/neighborhood/charter.ts';
import type { Context } from '../context.ts';
import type { Database } from '../store/database.ts';
import { addPolicy, findLibrary, insertLibrary } from '../store/libraries.ts';
import { insertNeighborhood } from '../store/neighborhoods.ts';
import type { LibraryRow } from '../store/rows.ts';

/** What a library needs to come into being. */
export interface NewLibrary {
	readonly slug: string;
	readonly name: string;
	readonly region: string;
	readonly zone: string;
	readonly languages?: readonly string[];
	readonly card_digits?: number | null;
	readonly address?: LibraryRow['address'];
	readonly phone?: string | null;
	readonly source?: { readonly key: string; readonly digest: string };
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
	if (!isZone(wanted.zone))
		faults.push({ field: 'zone', text: 'Write a time zone such as America/Los_Angeles.' });
	if (faults.length > 0) throw new BadInput('This library cannot be made as it stands.', faults);
	return context.database.transaction(async (transaction) => {
		if (await findLibrary(transaction, wanted.slug)) {
			throw new Conflict(`There is already a library "${wanted.slug}".`, 'slug_taken');
		}
		return insertWhole(context, transaction, wanted);
	});
}

/** The rows of a library: itself, its first rules, its neighborhood. Shared with the survey's import. */
export async function insertWhole(
	context: Context,
	database: Database,
	wanted: NewLibrary,
): Promise<LibraryRow> {
	const now = context.clock.now();
	const id = context.randomId();
	const row = {
		id,
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
		sample: context.sample,
		address: wanted.address ?? null,
		phone: wanted.phone ?? null,
		created: now,
	};
	await insertLibrary(database, row);
	await addPolicy(database, id, starterPolicy(row.name, dateIn(row.zone, now)));
	const neighborhood = context.randomId();
	await insertNeighborhood(database, {
		id: neighborhood,
		library: id,
		name: row.name,
		url: `${row.accountability_origin}/neighborhoods/${neighborhood}/roster`,
		charter: libraryCharter(row.name),
		created: now,
	});
	return { ...row, created: String(now) };
}
