import type { BackupFacts } from '@understory/core/backup.ts';
import type { Gone } from '@understory/core/gone.ts';
import { NOT_AWAY } from './copies-away.ts';
import type { Database } from './database.ts';
import { type BackupRow, big, type RestoreRow } from './rows.ts';
import { isUuid } from './uuid.ts';

/** A restore in one of these has not ended. */
export const RESTORING: readonly RestoreRow['state'][] = ['carrying', 'laying_out', 'switching', 'undoing'];
/** Until one of these is over a restore can be cancelled. */
export const BEFORE_THE_SWITCH: readonly RestoreRow['state'][] = ['carrying', 'laying_out'];

/** Copies of a branch, newest first. */
export async function backupsOf(database: Database, branch: string, limit = 100): Promise<BackupRow[]> {
	return database<BackupRow>('backup').where({ branch }).orderBy('asked', 'desc').limit(limit);
}

/** The newest copy of each of these branches that was asked for since a moment, UTC milliseconds. */
export async function newestSince(
	database: Database,
	branches: readonly string[],
	since: number | string,
): Promise<Map<string, BackupRow>> {
	const rows = await database<BackupRow>('backup')
		.distinctOn('branch')
		.whereIn('branch', [...branches])
		.where('asked', '>=', since)
		.orderBy([{ column: 'branch' }, { column: 'asked', order: 'desc' }]);
	return new Map(rows.map((row) => [row.branch, row]));
}

export async function findBackup(
	database: Database,
	branch: string,
	id: string,
): Promise<BackupRow | undefined> {
	return isUuid(id) ? database<BackupRow>('backup').where({ id, branch }).first() : undefined;
}

/** Notes that a copy is wanted; one of that id that is there stays as it is. */
export async function insertBackup(
	database: Database,
	row: { id: string; branch: string; place: string; asked: number; asked_by: string; scheduled?: boolean },
): Promise<void> {
	await database('backup')
		.insert({ ...row, state: 'underway' })
		.onConflict('id')
		.ignore();
}

export async function backupsUnderway(database: Database, branch: string): Promise<BackupRow[]> {
	return database<BackupRow>('backup').where({ branch, state: 'underway' }).orderBy('asked');
}

/** Ends a copy that is being made. False when it had ended, or somebody cancelled it. */
export async function endBackup(
	database: Database,
	id: string,
	end: { facts: BackupFacts } | { message: string },
): Promise<boolean> {
	const change =
		'facts' in end
			? { state: 'done', facts: JSON.stringify(end.facts) }
			: { state: 'failed', message: end.message };
	return (await database('backup').where({ id, state: 'underway' }).update(change)) === 1;
}

export async function findRestore(database: Database, id: string): Promise<RestoreRow | undefined> {
	return database<RestoreRow>('restore').where({ id }).first();
}

/** The restore of a branch that has not ended. */
export async function restoreUnderway(database: Database, branch: string): Promise<RestoreRow | undefined> {
	return database<RestoreRow>('restore')
		.where({ branch })
		.whereIn('state', [...RESTORING])
		.first();
}

export async function insertRestore(
	database: Database,
	row: Pick<RestoreRow, 'id' | 'branch' | 'backup' | 'epoch' | 'state'> & { asked: number },
): Promise<void> {
	await database('restore').insert(row).onConflict('id').ignore();
}

/** Takes a restore from the state it was seen in to the next. False when somebody cancelled it meanwhile. */
export async function advanceRestore(
	database: Database,
	{ id, state: seen }: Pick<RestoreRow, 'id' | 'state'>,
	state: RestoreRow['state'],
): Promise<boolean> {
	return (await database('restore').where({ id, state: seen }).update({ state })) === 1;
}

/** Has nothing come of a restore, where that is still possible. False where it is too late. */
export async function stopRestore(database: Database, id: string, by: string): Promise<boolean> {
	const stopped = await database('restore')
		.where({ id })
		.whereIn('state', [...BEFORE_THE_SWITCH])
		.update({ state: 'undoing' satisfies RestoreRow['state'], cancelled_by: by });
	return stopped === 1;
}

/** Those of these branches with a copy or a restore that has not ended, a copy that is not in the object storage yet, or with copies that are to be removed. Of most that is all there is to ask. */
export async function copyingAmong(database: Database, branches: readonly string[]): Promise<Set<string>> {
	const answer: { rows: { branch: string }[] } = await database.raw(
		`select branch from backup where branch = any(:branches) and state = 'underway'
			union select branch from restore where branch = any(:branches) and state = any(:restoring)
			union select branch from removal where branch = any(:branches)
			union select branch from backup where branch = any(:branches) and ${NOT_AWAY}`,
		{ branches: [...branches], restoring: [...RESTORING] },
	);
	return new Set(answer.rows.map((row) => row.branch));
}

/** Branches with a copy or a restore that has not ended. */
export async function branchesWithCopies(database: Database): Promise<string[]> {
	const rows: { branch: string }[] = await database('backup')
		.where({ state: 'underway' })
		.select('branch')
		.union(
			database('restore')
				.whereIn('state', [...RESTORING])
				.select('branch'),
		);
	return rows.map((row) => row.branch);
}

/** Everything that is to stay gone at a branch. */
export async function goneOf(database: Database, branch: string): Promise<Gone[]> {
	const rows: { what: Gone['what']; id: string; decision: string | null; at: string }[] = await database(
		'gone',
	)
		.where({ branch })
		.select('what', 'id', 'decision', 'at');
	return rows.map(({ what, id, decision, at }) => ({ what, id: big(id), decision, at: big(at) }));
}

/** Adds what is gone. What was deleted stays for ever; what is hidden is what the newest report says. */
export async function keepGone(database: Database, branch: string, gone: readonly Gone[]): Promise<void> {
	await database.transaction(async (transaction) => {
		await transaction('gone').where({ branch, what: 'hidden' }).delete();
		const rows = gone.map((one) => ({ branch, ...one }));
		for (let at = 0; at < rows.length; at += 5_000) {
			await transaction('gone')
				.insert(rows.slice(at, at + 5_000))
				.onConflict(['branch', 'what', 'id'])
				.ignore();
		}
	});
}

/** The copy of the closed folder that a move brought is a backup in the home it came to; the one that made it lets go of its own. */
export async function insertArrived(
	database: Database,
	arrived: {
		readonly id: string;
		readonly place: string;
		readonly branch: string;
		readonly asked: number;
		readonly asked_by: string;
		readonly facts: BackupFacts;
	},
): Promise<void> {
	const { facts, ...row } = arrived;
	await database('backup')
		.insert({ ...row, state: 'done', facts: JSON.stringify(facts) })
		.onConflict('id')
		.ignore();
}
