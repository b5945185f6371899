import { createHash } from 'node:crypto';
import type { Scope } from '../access/permissions.ts';
import type { Database } from './database.ts';
import type { RoleRow } from './rows.ts';

/** Tokens are 32 random bytes, so a plain SHA-256 of them cannot be turned back. */
export function hashToken(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}

export interface TokenRow extends Scope {
	id: string;
	hash: string;
	name: string;
	/** `bootstrap`: the one that whoever runs the platform wrote into its settings. */
	kind: 'token' | 'bootstrap' | 'session';
	/** UTC milliseconds; null for the bootstrap token, and for those made before every token had an end. */
	expires: string | null;
	created: string;
	made_by: string | null;
	/** The day it was last used, in UTC; never the hour. */
	used_on: string | null;
	/** The grant that it came from and ends with; null for what was made by a token. */
	console_grant: string | null;
}

/** The token that somebody sent, when its time is not over; `now` is in UTC milliseconds. */
export async function findToken(
	database: Database,
	token: string,
	now: number,
): Promise<TokenRow | undefined> {
	return holding(database, now)
		.where({ hash: hashToken(token) })
		.first();
}

/** A token by its id, when its time is not over. */
export async function tokenById(database: Database, id: string, now: number): Promise<TokenRow | undefined> {
	return holding(database, now).where({ id }).first();
}

function holding(database: Database, now: number) {
	return database<TokenRow>('token')
		.where((any) => any.whereNull('expires').orWhere('expires', '>', now))
		.whereRaw(
			`(console_grant is null or exists (select 1 from console_grant g
				where g.id = token.console_grant and g.ended_at is null and (g.valid_until is null or g.valid_until > ?)))`,
			[now],
		);
}

/** Tokens that somebody may see: all, or those of a library. Of those whose time is over, the ones that people keep; not who was signed in. */
export async function listTokens(
	database: Database,
	{ library, now }: { library: string | null; now: number },
): Promise<TokenRow[]> {
	const all = database<TokenRow>('token')
		.where((any) => any.whereNot({ kind: 'session' }).orWhere('expires', '>', now))
		.orderBy(['created', 'id']);
	return library === null ? all : all.where({ library });
}

export interface NewTokenRow extends Scope {
	readonly id: string;
	readonly name: string;
	readonly expires: number;
	readonly created: number;
	readonly made_by: string;
	readonly console_grant: string | null;
}

/** Keeps a token by its hash; one that is there already stays as it is, as when a request is sent again. */
export async function addToken(database: Database, token: string, row: NewTokenRow): Promise<void> {
	await database('token')
		.insert({ ...row, branches: row.branches && JSON.stringify(row.branches), hash: hashToken(token) })
		.onConflict('hash')
		.ignore();
}

/** Keeps that somebody came in by a grant, as long as it holds; forgets who came in before and is out. Its secret leads nowhere: a browser holds the id, signed. */
export async function beginStaffSession(
	database: Database,
	secret: string,
	about: { id: string; name: string; grant: Scope & { id: string }; created: number; expires: number },
): Promise<TokenRow> {
	const { id, name, created, expires } = about;
	const { role, library, branches, id: console_grant } = about.grant;
	await database('token').where({ kind: 'session' }).where('expires', '<=', created).delete();
	const scope = { role, library, branches: branches && JSON.stringify(branches) };
	const row = {
		id,
		name,
		...scope,
		created,
		expires,
		console_grant,
		kind: 'session',
		hash: hashToken(secret),
	};
	const [made]: TokenRow[] = await database('token').insert(row).returning('*');
	return made!;
}

/** Keeps the token of a command that somebody let in: it reaches as far as theirs, and ends with their grant, or else with their token. */
export async function addCommandSession(
	database: Database,
	secret: string,
	about: { id: string; by: TokenRow; computer: string; created: number; expires: number },
): Promise<void> {
	const { id, by, computer, created, expires } = about;
	await database('token').insert({
		...{ id, role: by.role, library: by.library, created, expires, made_by: by.name },
		branches: by.branches && JSON.stringify(by.branches),
		name: `${by.name} (${computer})`,
		kind: 'session',
		hash: hashToken(secret),
		console_grant: by.console_grant,
		parent: by.console_grant === null ? by.id : null,
	});
}

/** Keeps the token that the settings name, and ends the one that they named before. */
export async function keepBootstrapToken(
	database: Database,
	token: string,
	row: { id: string; created: number },
): Promise<void> {
	const hash = hashToken(token);
	await database.transaction(async (transaction) => {
		await transaction('token').where({ kind: 'bootstrap' }).whereNot({ hash }).delete();
		await transaction('token')
			.insert({ ...row, hash, name: 'administrator', role: 'platform_admin', kind: 'bootstrap' })
			.onConflict('hash')
			.ignore();
	});
}

/** Writes down that a token was used on a day, once a day. */
export async function markUsed(
	database: Database,
	{ id, used_on }: Pick<TokenRow, 'id' | 'used_on'>,
	day: string,
) {
	if (used_on !== day) await database('token').where({ id }).update({ used_on: day });
}

/** Lets a token end at a time, or when it would have ended before that. */
export async function endTokenBy(database: Database, id: string, at: number): Promise<void> {
	await database('token')
		.where({ id })
		.where((any) => any.whereNull('expires').orWhere('expires', '>', at))
		.update({ expires: at });
}

export async function roleByKey(database: Database, keyId: string): Promise<RoleRow | undefined> {
	return database<RoleRow>('role').where({ key_id: keyId }).first();
}

/** What was done to a subject, newest first. */
export async function auditOf(
	database: Database,
	subject: string,
	limit: number,
): Promise<{ at: string; actor: string; act: string }[]> {
	return database('audit').select('at', 'actor', 'act').where({ subject }).orderBy('id', 'desc').limit(limit);
}

/** Who did what to what, for library IT. Subjects are libraries, branches and tokens, never patrons. */
export async function addAudit(
	database: Database,
	row: { at: number; actor: string; act: string; subject: string },
): Promise<void> {
	await database('audit').insert(row);
}
