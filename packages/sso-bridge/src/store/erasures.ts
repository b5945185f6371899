import type { Knex } from 'knex';
import type { Database } from './database.ts';

/** Accounts that a desk was asked to delete, and when they are. */
export async function erasureTables(database: Knex): Promise<void> {
	await database.raw(`
		create table erasure (
			account uuid primary key references account on delete cascade,
			library uuid not null,
			due timestamptz not null
		);
		create index erasure_due on erasure (due);
	`);
}

/** Asks for it; a day that is set already stays. */
export async function askErasure(
	database: Database,
	row: { account: string; library: string; due: Date },
): Promise<void> {
	await database('erasure').insert(row).onConflict('account').ignore();
}

/** When an account is to be deleted, UTC milliseconds; null when nobody asked for it. */
export async function erasureDue(database: Database, account: string): Promise<number | null> {
	const row: { due: Date } | undefined = await database('erasure').where({ account }).first('due');
	return row?.due.getTime() ?? null;
}

/** Its owner keeps the account. */
export async function dropErasure(database: Database, account: string): Promise<void> {
	await database('erasure').where({ account }).delete();
}

/** Some of those whose day has come. */
export async function dueErasures(
	database: Database,
	now: number,
	limit: number,
): Promise<{ account: string; library: string }[]> {
	return database('erasure').where('due', '<=', new Date(now)).limit(limit).select('account', 'library');
}
