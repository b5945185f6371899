import type { Database } from './database.ts';

/**
 * What the other ways in remember. Nothing a provider says of a person is in a column: keyed hashes, and what is needed for some minutes or
 * for the length of a session, sealed by a key the database has not.
 */
export async function upstreamTables(database: Database): Promise<void> {
	await database.raw(`
		create table upstream_once (
			library uuid not null,
			hash text not null,
			sealed text not null,
			expires_at timestamptz not null,
			primary key (library, hash)
		);
		create table upstream_used (
			library uuid not null,
			hash text not null,
			expires_at timestamptz not null,
			primary key (library, hash)
		);
		create table upstream_session (
			id uuid primary key,
			library uuid not null,
			upstream text not null,
			subject text not null,
			session_index text,
			interaction text,
			session text,
			sealed text,
			sealed_until timestamptz not null,
			expires_at timestamptz not null
		);
		create index upstream_session_subject on upstream_session (library, upstream, subject);
		create index upstream_session_index on upstream_session (library, upstream, session_index);
		create index upstream_session_ours on upstream_session (library, session) where session is not null;
		create table upstream_key (
			library uuid not null,
			purpose text not null,
			number integer not null,
			sealed text not null,
			certificate text not null,
			primary key (library, purpose, number)
		);
		create table upstream_provider (
			file text not null,
			entity text not null,
			provider text not null,
			read_at timestamptz not null,
			primary key (file, entity)
		);
	`);
}

/**
 * Forgets what is over, and the provider's side of every session of ours that has ended. `now` is the role's clock in UTC milliseconds; sessions
 * of the issuer are counted by the machine's own time, as it does itself.
 */
export async function sweepUpstreams(database: Database, now: number): Promise<void> {
	await database('upstream_once').where('expires_at', '<', new Date(now)).delete();
	await database('upstream_used').where('expires_at', '<', new Date(now)).delete();
	await database('upstream_session').where('expires_at', '<', new Date(now)).delete();
	await database('upstream_session')
		.where('sealed_until', '<', new Date(now))
		.whereNotNull('sealed')
		.update({ sealed: null });
	await database.raw(
		`delete from upstream_session where session is not null and not exists (
			select 1 from oidc where oidc.library = upstream_session.library and oidc.model = 'Session'
				and oidc.uid = upstream_session.session and oidc.expires_at > ?
		)`,
		[new Date()],
	);
}
