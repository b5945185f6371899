import type { Knex } from 'knex';
import type { Database } from './database.ts';

/** Sessions of the console that somebody ended before their time, by a digest of the cookie; and what is on its way, found without looking at what is not. */
export async function liveConsole(database: Knex): Promise<void> {
	await database.raw(`
		create table signed_out (
			session text primary key,
			until bigint not null
		);
		create index condition_underway on condition (branch) where type = 'Progressing' and status <> 'False'`);
}

/** Ends a session until it would have ended by itself, UTC milliseconds. */
export async function signOut(database: Database, session: string, until: number): Promise<void> {
	await database('signed_out').insert({ session, until }).onConflict('session').ignore();
}

export async function isSignedOut(database: Database, session: string): Promise<boolean> {
	return (await database('signed_out').where({ session }).first('session')) !== undefined;
}

/** Forgets those that are over by themselves. */
export async function forgetSignedOut(database: Database, now: number): Promise<void> {
	await database('signed_out').where('until', '<', now).delete();
}
