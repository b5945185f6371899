import type { Knex } from 'knex';

/** What a provisioner kept before anything came to it; each table or column since then has a file named for it. */
export async function first(database: Knex): Promise<void> {
	await database.raw(`
		create table library (
			id uuid primary key,
			source_key text unique,
			source_digest text,
			slug text not null unique,
			name text not null,
			region text not null,
			zone text not null,
			languages text[] not null,
			card_origin text not null unique,
			accountability_origin text not null unique,
			card_digits integer,
			sample boolean not null,
			address jsonb,
			phone text,
			created bigint not null
		);
		create table policy (
			library uuid not null references library on delete cascade,
			id text not null,
			version integer not null,
			document jsonb not null,
			primary key (library, id, version)
		);
		create table branch (
			id uuid primary key,
			library uuid not null references library on delete cascade,
			source_seq text,
			source_digest text,
			slug text not null,
			name text not null,
			code text not null,
			cloth text not null,
			kind text not null,
			stage text not null,
			origin text not null unique,
			federation text not null,
			address jsonb not null,
			phone text,
			door jsonb,
			policies text[] not null default '{}',
			appeal_partner text,
			proposed_closing text,
			home uuid,
			epoch integer not null default 1,
			generation bigint not null default 1,
			observed_generation bigint not null default 0,
			branch_key jsonb,
			consents jsonb not null default '[]',
			observed_state text,
			observed_message text,
			created bigint not null,
			unique (library, slug),
			unique (library, source_seq)
		);
		create index branch_behind on branch (library) where stage <> 'listed' and observed_generation < generation;
		create table condition (
			branch uuid not null references branch on delete cascade,
			type text not null,
			status text not null,
			reason text not null,
			message text not null,
			transition_at bigint not null,
			observed_generation bigint not null,
			primary key (branch, type)
		);
		create table intent (
			branch uuid primary key references branch on delete cascade,
			action text not null,
			generation bigint not null,
			state text not null,
			failures integer not null default 0,
			not_before bigint not null default 0,
			detail text,
			at bigint not null
		);
		create table neighborhood (
			id uuid primary key,
			library uuid not null references library on delete cascade,
			name text not null,
			url text not null,
			charter jsonb not null,
			roster jsonb,
			created bigint not null
		);
		create table neighborhood_branch (
			neighborhood uuid not null references neighborhood on delete cascade,
			branch uuid not null references branch on delete cascade,
			primary key (neighborhood, branch)
		);
		create table role (
			id uuid primary key,
			kind text not null,
			name text not null,
			key_id text not null unique,
			public_key text not null,
			internal_url text,
			seen_at bigint not null
		);
		create table enrolment_token (
			hash text primary key,
			kind text not null,
			expires bigint not null,
			used_by uuid
		);
		create table token (
			id uuid primary key,
			hash text not null unique,
			name text not null,
			role text not null,
			library uuid references library on delete cascade,
			expires bigint,
			created bigint not null
		);
		create table operation (
			id uuid primary key,
			kind text not null,
			library uuid,
			branch uuid,
			state text not null,
			done integer not null default 0,
			total integer,
			result jsonb,
			problem jsonb,
			created_by text not null,
			created bigint not null,
			finished bigint
		);
		create table import_row (
			operation uuid not null references operation on delete cascade,
			line integer not null,
			key text,
			outcome text not null,
			reason text,
			primary key (operation, line)
		);
		create table staff_grant (
			id uuid primary key,
			staff_id text not null,
			name text not null,
			role text not null,
			library uuid not null references library on delete cascade,
			branch uuid references branch on delete cascade,
			valid_from bigint not null,
			valid_until bigint
		);
		create table invitation (
			hash text primary key,
			library uuid not null references library on delete cascade,
			branch uuid references branch on delete cascade,
			role text not null,
			name text not null,
			expires bigint not null,
			accepted_by text
		);
		create table register (
			library uuid primary key references library on delete cascade,
			version bigint not null,
			digest text not null,
			document text not null
		);
		create table idempotency (
			key text not null,
			token text not null,
			request_digest text not null,
			subject uuid not null,
			answer text,
			at bigint not null,
			primary key (key, token)
		);
		create table audit (
			id bigserial primary key,
			at bigint not null,
			actor text not null,
			act text not null,
			subject text not null
		);
	`);
}

/** Whether a library's policy lets teens post for everyone at a branch. */
export async function teens(database: Knex): Promise<void> {
	await database.raw('alter table branch add column teens_public boolean not null default false');
}

/** How each library checks its cards. Secrets in the settings are sealed to the bridge, whose key is told with its role. */
export async function signIn(database: Knex): Promise<void> {
	await database.raw(`
		alter table role add column box_key text;
		create table sign_in (
			library uuid primary key references library on delete cascade,
			settings jsonb not null,
			version bigint not null,
			test integer not null default 0,
			test_operation uuid,
			report jsonb,
			report_at bigint,
			changed_at bigint not null,
			changed_by text not null
		);
	`);
}

/** Who cosigns a library's log, and whose logs the library cosigns. */
export async function witnesses(database: Knex): Promise<void> {
	await database.raw(`
		alter table library add column witnesses jsonb not null default '[]';
		alter table library add column watches jsonb not null default '[]';
	`);
}

/** Servers that are no branches and sign people in through a library; an id that one had is never given out again. */
export async function clients(database: Knex): Promise<void> {
	await database.raw(`
		create table client (
			library uuid not null references library on delete cascade,
			id text not null,
			record jsonb not null,
			created bigint not null,
			primary key (library, id)
		);
		create table client_gone (
			library uuid not null references library on delete cascade,
			id text not null,
			primary key (library, id)
		);
	`);
}

/** Which home each branch lives in, written down before the home runs; the token of a home lets in that home and no other. */
export async function homes(database: Knex): Promise<void> {
	await database.raw(`
		create table home (
			name text primary key,
			kind text not null,
			created bigint not null
		);
		insert into home (name, kind, created)
			select name, 'shared', min(seen_at) from role where kind = 'home' group by name;
		alter table branch add column housing text not null default 'shared';
		alter table branch add column place text references home;
		update branch set place = (select name from role where role.id = branch.home) where home is not null;
		create index branch_place on branch (place);
		alter table enrolment_token add column name text;
	`);
}

/** Why a branch publishes sums of its decisions only, by language. */
export async function totalsOnly(database: Knex): Promise<void> {
	await database.raw('alter table branch add column totals_only jsonb');
}

/** Who named whom, and until when; an invitation can be spoken of without the address that is sent. */
export async function libraryStaff(database: Knex): Promise<void> {
	await database.raw(`
		alter table invitation add column id uuid not null unique default gen_random_uuid();
		alter table invitation alter column id drop default;
		alter table invitation add column invited_by text not null default '';
		alter table invitation alter column invited_by drop default;
		alter table invitation add column valid_until bigint;
		create index invitation_library on invitation (library);
		alter table staff_grant add column invited_by text not null default '';
		alter table staff_grant alter column invited_by drop default;
		alter table staff_grant add column ended_by text;
		create index staff_grant_library on staff_grant (library);
	`);
}

/** Whom to turn to besides the library and its branches: council members, the board, the ombuds. */
export async function contacts(database: Knex): Promise<void> {
	await database.raw(`
		create table contact (
			id uuid primary key,
			library uuid not null references library on delete cascade,
			branch uuid references branch on delete cascade,
			role text not null,
			name text,
			body text,
			division text,
			phone text,
			email text,
			languages jsonb not null default '[]',
			term_end text,
			source text not null,
			source_id text,
			checked_on text,
			checked_by text,
			broken_on text,
			sample boolean not null default false,
			created bigint not null,
			unique (library, source, source_id)
		);
	`);
}

/** Which signing keys the bridge says a library has, and which ones an operation withdraws. */
export async function signingKeys(database: Knex): Promise<void> {
	await database.raw(`
		create table signing_key_list (
			library uuid primary key references library on delete cascade,
			keys jsonb not null
		);
		create table signing_key_order (
			operation uuid primary key references operation on delete cascade,
			kids text[] not null
		);
	`);
}

/** In which networks that are not public a library's catalogue may be asked, by the platform's word; libraries said it themselves before. */
export async function catalogueNetworks(database: Knex): Promise<void> {
	await database.raw(`
		create table catalogue_network (
			id uuid primary key,
			library uuid not null references library on delete cascade,
			cidr text not null,
			port integer not null,
			allowed_at bigint not null,
			allowed_by text not null,
			ended_at bigint,
			ended_by text
		);
		create unique index catalogue_network_now on catalogue_network (library, cidr, port) where ended_at is null;
		update sign_in set settings = settings #- '{connector,private_network}';
	`);
}

/** What the bridge says library IT should know of sign-in. */
export async function signInAlerts(database: Knex): Promise<void> {
	await database.raw(`
		create table sign_in_alert (
			library uuid not null references library on delete cascade,
			kind text not null,
			since bigint not null,
			last bigint not null,
			primary key (library, kind)
		);
	`);
}
