import type { AgeBand } from '@understory/core/claims.ts';
import type { Database } from './database.ts';

export interface RecoveryCodeRow {
	account: string;
	library: string;
	locator: string;
	salt: string;
	hash: string;
	/** YYYY-MM. */
	made_month: string;
}

/** Puts it in the place of the one before. False when another account's begins alike. */
export async function keepRecoveryCode(database: Database, row: RecoveryCodeRow): Promise<boolean> {
	const { rowCount }: { rowCount: number } = await database.raw(
		`insert into recovery_code (account, library, locator, salt, hash, made_month)
		select :account, :library, :locator, :salt, :hash, :made_month
		where not exists (select 1 from recovery_code where library = :library and locator = :locator)
		on conflict (account) do update set
			locator = excluded.locator, salt = excluded.salt, hash = excluded.hash, made_month = excluded.made_month`,
		{ ...row },
	);
	return rowCount === 1;
}

export async function recoveryCodeAt(
	database: Database,
	library: string,
	locator: string,
): Promise<RecoveryCodeRow | undefined> {
	return database<RecoveryCodeRow>('recovery_code').where({ library, locator }).first();
}

/** The month in which the code of an account was made, or null when it has none. */
export async function recoveryCodeMonth(database: Database, account: string): Promise<string | null> {
	const row: { made_month: string } | undefined = await database('recovery_code')
		.where({ account })
		.first('made_month');
	return row?.made_month ?? null;
}

/** Takes it away; true for the one of many at the same moment that did. */
export async function spendRecoveryCode(
	database: Database,
	{ account, hash }: RecoveryCodeRow,
): Promise<boolean> {
	return (await database('recovery_code').where({ account, hash }).delete()) === 1;
}

/** What a code from a desk is good for: the porch; an account with a new card, and so everything; a newcomer's first day. */
export type DeskCodeOpens = 'porch' | 'card' | 'day';

/** A code that somebody got at a desk. */
export interface DeskCodeRow {
	library: string;
	hash: string;
	/** Null: for a newcomer. */
	account: string | null;
	opens: DeskCodeOpens;
	/** Of a newcomer, as the desk saw them; else null. */
	age_band: AgeBand | null;
	valid_from: Date;
	until: Date;
}

export async function keepDeskCode(database: Database, row: DeskCodeRow): Promise<void> {
	await database('desk_code').insert(row);
}

/** The code while it is good, without using it up. */
export async function deskCode(
	database: Database,
	{ library, hash, now }: { library: string; hash: string; now: number },
): Promise<DeskCodeRow | undefined> {
	const moment = new Date(now);
	return database<DeskCodeRow>('desk_code')
		.where({ library, hash })
		.where('valid_from', '<=', moment)
		.where('until', '>', moment)
		.first();
}

/** Uses it up; the one of many at the same moment that did gets it. */
export async function spendDeskCode(
	database: Database,
	{ library, hash, now }: { library: string; hash: string; now: number },
): Promise<DeskCodeRow | null> {
	const moment = new Date(now);
	const rows: DeskCodeRow[] = await database('desk_code')
		.where({ library, hash })
		.where('valid_from', '<=', moment)
		.where('until', '>', moment)
		.delete('*');
	return rows[0] ?? null;
}

/** Takes back every code that was made for an account and not used. Returns how many. */
export async function takeBackDeskCodes(database: Database, account: string): Promise<number> {
	return database('desk_code').where({ account }).delete();
}

/** How many codes for this account wait to be used. */
export async function waitingDeskCodes(database: Database, account: string, now: number): Promise<number> {
	const codes = database('desk_code').where({ account }).where('until', '>', new Date(now));
	const row = await codes.count({ n: '*' }).first();
	return Number(row?.n ?? 0);
}

/** Forgets codes whose time is over. */
export async function sweepDeskCodes(database: Database, now: number): Promise<void> {
	await database('desk_code').where('until', '<=', new Date(now)).delete();
}
