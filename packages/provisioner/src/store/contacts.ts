import type { Database } from './database.ts';

/** Somebody to turn to besides the library and its branches, as a row. */
export interface ContactRow {
	id: string;
	library: string;
	branch: string | null;
	role: string;
	name: string | null;
	body: string | null;
	division: string | null;
	phone: string | null;
	email: string | null;
	languages: string[];
	/** YYYY-MM-DD, as all days here. */
	term_end: string | null;
	source: string;
	/** What the source calls it; null for what somebody typed. */
	source_id: string | null;
	checked_on: string | null;
	checked_by: string | null;
	broken_on: string | null;
	sample: boolean;
	created: string;
}

/** The contacts of a library, by body, division, role and name. */
export async function contactRows(database: Database, library: string): Promise<ContactRow[]> {
	return database<ContactRow>('contact')
		.where({ library })
		.orderBy(['body', 'division', 'role', 'name', 'created', 'id']);
}

export async function findContact(
	database: Database,
	library: string,
	id: string,
): Promise<ContactRow | undefined> {
	return database<ContactRow>('contact').where({ library, id }).first();
}

export async function addContact(
	database: Database,
	row: Omit<ContactRow, 'created'> & { created: number },
): Promise<void> {
	await database('contact').insert({ ...row, languages: JSON.stringify(row.languages) });
}

export async function changeContact(
	database: Database,
	library: string,
	id: string,
	change: Partial<ContactRow>,
): Promise<void> {
	const { languages, ...rest } = change;
	await database('contact')
		.where({ library, id })
		.update({ ...rest, ...(languages ? { languages: JSON.stringify(languages) } : {}) });
}

/** Takes one away; false when it was not there. */
export async function removeContact(database: Database, library: string, id: string): Promise<boolean> {
	return (await database('contact').where({ library, id }).delete()) > 0;
}
