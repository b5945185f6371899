import type { CopyAway } from '@understory/core/copy-away.ts';
import type { Database } from './database.ts';
import type { BackupRow } from './rows.ts';

/** So many copies are asked about in one sweep, whichever: a storage that is away for a day makes no sweep long. */
const AT_ONCE = 500;

/** A copy that is whole in its home and not in the object storage yet. */
export const NOT_AWAY = `state = 'done' and facts @> '{"away": {"state": "not_yet"}}'`;

/** Those of a branch that lie in one home. */
export async function copiesNotAway(database: Database, branch: string, place: string): Promise<BackupRow[]> {
	return database<BackupRow>('backup').where({ branch, place }).whereRaw(NOT_AWAY).orderBy('asked');
}

/** Branches with such a copy in the home they live in. */
export async function branchesWithCopiesNotAway(database: Database): Promise<string[]> {
	const answer: { rows: { id: string }[] } = await database.raw(
		`select distinct id from (
			select branch.id from backup join branch on branch.id = backup.branch and branch.place = backup.place
			where ${NOT_AWAY} order by random() limit ${AT_ONCE}
		) as chosen`,
	);
	return answer.rows.map(({ id }) => id);
}

/** What its home says of where a copy lies; null: nowhere else. */
export async function noteWhereCopyLies(
	database: Database,
	id: string,
	away: CopyAway | null,
): Promise<void> {
	await database.raw(
		`update backup set facts = (facts - 'away') || :away::jsonb where id = :id and facts is not null`,
		{ id, away: JSON.stringify(away === null ? {} : { away }) },
	);
}
