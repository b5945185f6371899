import type { Database } from './database.ts';
import { aboutHandles } from './foreign-handles.ts';
import { aboutRestrictions } from './restrictions.ts';
import { resealUpstreamKeys } from './upstream-keys.ts';

/** How what was sealed under the secret before is carried over to the new one. */
export interface Carrying {
	reseal(library: string, about: string, sealed: string): string;
	/** The sealed key of the pairwise subjects of a library that had none of its own yet. */
	subjectKey(library: string): string;
}

/** What the sealed key of a library's subjects is bound to. */
export function aboutSubjects(library: string): string {
	return `subject_key/${library}`;
}

/** What the sealed key that signs ID tokens is bound to. */
export function aboutSigning(library: string): string {
	return `signing_key/${library}`;
}

/** Tables with something sealed for each library, and what it is bound to. */
const SEALED = {
	signing_key: aboutSigning,
	subject_key: aboutSubjects,
	foreign_handle: aboutHandles,
	restriction: aboutRestrictions,
} as const;

/**
 * Carries everything that is sealed over to a new version of the secret, once, all or nothing. Libraries whose people were there before keep the
 * key of their subjects; a library that comes later has one of the new secret.
 */
export async function changeKeys(database: Database, version: number, carrying: Carrying): Promise<void> {
	await database.transaction(async (transaction) => {
		await transaction.raw("select pg_advisory_xact_lock(hashtextextended('keys', 0))");
		const done = await transaction('key_change').where({ version }).first('version');
		if (done) return;
		for (const [table, about] of Object.entries(SEALED)) {
			const rows: { library: string; sealed: string }[] = await transaction(table)
				.whereNotNull('sealed')
				.select('library', 'sealed');
			for (const { library, sealed } of rows) {
				const anew = carrying.reseal(library, about(library), sealed);
				await transaction(table).where({ library, sealed }).update({ sealed: anew });
			}
		}
		await resealUpstreamKeys(transaction, carrying.reseal);
		const libraries: { library: string }[] = await transaction('account').distinct('library');
		for (const { library } of libraries) {
			const row = { library, sealed: carrying.subjectKey(library) };
			await transaction('subject_key').insert(row).onConflict('library').ignore();
		}
		await transaction('key_change').insert({ version });
	});
}

/** The sealed keys of subjects that did not begin with the secret of today. */
export async function subjectKeys(database: Database): Promise<{ library: string; sealed: string }[]> {
	return database('subject_key').select('library', 'sealed');
}
