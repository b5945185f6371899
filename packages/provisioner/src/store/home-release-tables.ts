import type { Knex } from 'knex';

/** What each home was brought to and ran well with last, and of what homes of a version are made. */
export async function homeReleases(database: Knex): Promise<void> {
	await database.raw(`
		create table home_release (
			home text primary key,
			version text,
			chart_digest text,
			values_digest text,
			revision integer,
			manifest_digest text,
			good_version text,
			good_chart_digest text,
			good_values_digest text,
			good_revision integer,
			good_manifest_digest text,
			failures integer not null default 0,
			failed_at bigint,
			failed_why text,
			failed_outside boolean not null default false
		);
		create table home_version (
			version text primary key,
			making text not null
		);
	`);
}
