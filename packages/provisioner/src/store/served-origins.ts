import type { Database } from './database.ts';

/**
 * Does a process of this platform answer at this origin (`https://main.port.example`)? Those of a branch that is served, in whatever state, and
 * the card page and the accountability site of a library that has one. What is only listed has no address yet.
 */
export async function isServedOrigin(database: Database, origin: string): Promise<boolean> {
	const served = await database('branch')
		.join('library', 'library.id', 'branch.library')
		.whereNot('branch.stage', 'listed')
		.where((any) =>
			any
				.where('branch.origin', origin)
				.orWhere('library.card_origin', origin)
				.orWhere('library.accountability_origin', origin),
		)
		.first('branch.id');
	return served !== undefined;
}
