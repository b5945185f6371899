import type { Db } from './database.ts';

/** For each branch of a library, a text that changes with every entry of it that is published and shown. */
export async function branchStamps(db: Db, libraryId: string): Promise<Map<string, string>> {
	// A branch's entries are published in the order they came, so its last one tells them all; it is found by the index, once for each branch.
	const { rows } = await db.raw<{ rows: { branch_id: string; last: string }[] }>(
		`select chains.branch_id, newest.seq as last from chains cross join lateral (
			select seq from entries
			where library_id = ? and branch_id = chains.branch_id and published and not sealed order by seq desc limit 1
		) as newest`,
		[libraryId],
	);
	return new Map(rows.map(({ branch_id, last }) => [branch_id, last]));
}

/** For each entry of which something became, a text that changes with it: later entries that name it, who withdrew its texts, and who showed them. */
export async function statementStamps(db: Db, libraryId: string): Promise<Map<string, string>> {
	const stamps = new Map<string, string>();
	const about = await db('entries')
		.where({ library_id: libraryId, published: true, sealed: false })
		.whereRaw("refs <> '{}'")
		.select<{ ref: string; count: string }[]>(db.raw('unnest(refs) as ref, count(*) as count'))
		.groupBy('ref');
	for (const { ref, count } of about) stamps.set(ref, count);
	const withdrawn = await db('entries')
		.where({ library_id: libraryId })
		.whereNotNull('withdrawn_by')
		.select<{ id: string; withdrawn_by: string }[]>('id', 'withdrawn_by');
	for (const { id, withdrawn_by } of withdrawn) stamps.set(id, `${stamps.get(id) ?? 0} ${withdrawn_by}`);
	const unsealed = await db('entries as about')
		.join('entries as unsealing', db.raw('about.id = unsealing.refs[1]'))
		.where({ 'unsealing.library_id': libraryId, 'unsealing.kind': 'unsealing' })
		.orderBy('unsealing.seq')
		.select<{ id: string; by: string; placed: boolean; shown: boolean }[]>(
			...['about.id', { by: 'unsealing.id', placed: 'about.published', shown: 'unsealing.published' }],
		);
	for (const { id, by, placed, shown } of unsealed)
		stamps.set(id, `${stamps.get(id) ?? 0} ${by} ${placed} ${shown}`);
	return stamps;
}
