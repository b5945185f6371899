import type { Database } from './database.ts';

/** Is a branch on its way to what is wanted of it: in one of these homes, in a cell, or anywhere? What is only listed is not. */
export async function isOnTheWay(
	database: Database,
	where: { readonly homes?: readonly string[]; readonly cell?: string } = {},
): Promise<boolean> {
	const query = database('condition')
		.join('branch', 'branch.id', 'condition.branch')
		.where('condition.type', 'Progressing')
		.whereNot('condition.status', 'False')
		.whereNot('branch.stage', 'listed');
	if (where.homes) query.whereIn('branch.place', [...where.homes]);
	if (where.cell !== undefined)
		query.join('home', 'home.name', 'branch.place').where('home.cell', where.cell);
	return (await query.first(database.raw('1 as one'))) !== undefined;
}
