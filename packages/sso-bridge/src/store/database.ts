import knex, { type Knex } from 'knex';
import { canaryTables } from './canary-verdicts.ts';
import { deskTables } from './desk-tables.ts';
import { erasureTables } from './erasures.ts';
import { guessingTables } from './guessing-tables.ts';
import { identityOverTime } from './identity-over-time.ts';
import { listTables } from './listed-cards.ts';
import { passkeyTables } from './passkey-tables.ts';
import { restrictedPeople, restrictionTables } from './restriction-tables.ts';
import { signInTables } from './sign-in-tables.ts';
import { withdrawnSigningKeys } from './signing-key-tables.ts';
import { upstreamTables } from './upstream-tables.ts';

export type Database = Knex;

const STEPS = [
	{ name: '0001-first', up: first },
	{ name: '0002-staff-candidates', up: staffCandidates },
	{ name: '0003-expired-of-issuers', up: expiredOfIssuers },
	{ name: '0004-identity-over-time', up: identityOverTime },
	{ name: '0005-guessing', up: guessingTables },
	{ name: '0006-logout-notices', up: logoutNotices },
	{ name: '0007-sign-ins', up: signInTables },
	{ name: '0008-listed-cards', up: listTables },
	{ name: '0009-foreign-handles', up: foreignHandles },
	{ name: '0010-several-signing-keys', up: severalSigningKeys },
	{ name: '0011-vouched-weeks', up: vouchedWeeks },
	{ name: '0012-passkeys', up: passkeyTables },
	{ name: '0013-desk', up: deskTables },
	{ name: '0014-upstreams', up: upstreamTables },
	{ name: '0015-restrictions', up: restrictionTables },
	{ name: '0016-erasures', up: erasureTables },
	{ name: '0017-restricted-people', up: restrictedPeople },
	{ name: '0018-canaries', up: canaryTables },
	{ name: '0019-withdrawn-signing-keys', up: withdrawnSigningKeys },
];

const migrations: Knex.MigrationSource<(typeof STEPS)[number]> = {
	getMigrations: async () => [...STEPS],
	getMigrationName: (step) => step.name,
	getMigration: async (step) => ({ up: step.up, down: async () => undefined }),
};

/** Opens the bridge's own schema and brings it up to date. */
export async function openDatabase(url: string): Promise<Database> {
	// Whoever asks is told when it fails; knex' own notes would go past our log, with addresses in them.
	const log = { warn: () => undefined, error: () => undefined };
	const pool = { min: 0, max: 8 };
	const database = knex({ client: 'pg', connection: url, pool, log, asyncStackTraces: false });
	// Processes that begin at the same moment bring it up to date one after the other; knex itself trips over its own tables then.
	await database.transaction(async (transaction) => {
		await transaction.raw("select pg_advisory_xact_lock(hashtextextended('schema', 0))");
		await database.migrate.latest({ migrationSource: migrations, tableName: 'migration' });
	});
	return database;
}

/** No column holds a card, a PIN, a name or a birth date: keyed hashes, random ids, months (DESIGN 4.7, library-sso.md 7.3). */
async function first(database: Knex): Promise<void> {
	await database.raw(`
		create table oidc (
			library uuid not null,
			model text not null,
			id text not null,
			payload jsonb not null,
			grant_id text,
			uid text,
			consumed_at timestamptz,
			expires_at timestamptz,
			primary key (library, model, id)
		);
		create index oidc_grant on oidc (library, grant_id) where grant_id is not null;
		create index oidc_uid on oidc (library, uid) where uid is not null;
		create table account (
			id uuid primary key,
			library uuid not null,
			age_band text not null,
			standing text not null,
			staff_id uuid unique,
			created_month text not null,
			seen_month text not null
		);
		create table identity (
			library uuid not null,
			kind text not null,
			hash text not null,
			key_version integer not null,
			account uuid not null references account on delete cascade,
			primary key (library, kind, hash)
		);
		create table attempt (
			library uuid not null,
			hash text not null,
			failures integer not null,
			until timestamptz not null,
			primary key (library, hash)
		);
		create table signing_key (
			library uuid primary key,
			sealed text not null
		);
	`);
}

/** A staff id that was offered and not yet granted anything is not yet a claim. */
async function staffCandidates(database: Knex): Promise<void> {
	await database.raw('alter table account add column staff_candidate uuid unique');
}

/** What has expired is found without reading everything. */
async function expiredOfIssuers(database: Knex): Promise<void> {
	await database.raw('create index oidc_expires on oidc (expires_at) where expires_at is not null');
}

/** Who has to be told that somebody signed out; and the card session that a client knows by its own name for it. */
async function logoutNotices(database: Knex): Promise<void> {
	await database.raw(`
		create table logout_notice (
			library uuid not null,
			client text not null,
			sid text not null,
			account uuid not null references account on delete cascade,
			tries integer not null default 0,
			next_at timestamptz not null,
			until timestamptz not null,
			primary key (library, client, sid)
		);
		create index logout_notice_next on logout_notice (next_at);
		create index oidc_session on oidc using gin (payload jsonb_path_ops) where model = 'Session';
	`);
}

/** The handle that somebody chose once at a server that is no branch; that it was given out stays in `tombstone`. */
async function foreignHandles(database: Knex): Promise<void> {
	await database.raw(`
		create table foreign_handle (
			library uuid not null,
			sector text not null,
			account uuid not null references account on delete cascade,
			sealed text not null,
			primary key (library, sector, account)
		);
	`);
}

/** A library has a key of each kind that signs, and others that are published because they will or did. The first one was RSA and signs on. */
async function severalSigningKeys(database: Knex): Promise<void> {
	await database.raw(`
		alter table signing_key drop constraint signing_key_pkey;
		alter table signing_key add column id uuid not null default gen_random_uuid();
		alter table signing_key alter column id drop default;
		alter table signing_key add primary key (id);
		alter table signing_key add column alg text not null default 'RS256';
		alter table signing_key alter column alg drop default;
		alter table signing_key add column made timestamptz not null default 'epoch';
		alter table signing_key alter column made drop default;
		alter table signing_key add column signs_from timestamptz not null default 'epoch';
		alter table signing_key alter column signs_from drop default;
		alter table signing_key add column ends timestamptz;
		create index signing_key_library on signing_key (library);
	`);
}

/** The last week in which a catalogue vouched for anybody is found without reading every account. */
async function vouchedWeeks(database: Knex): Promise<void> {
	await database.raw('create index account_vouched on account (library, vouched_week)');
}
