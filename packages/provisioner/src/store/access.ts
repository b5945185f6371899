import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import type { RoleRow } from './rows.ts';

/** Tokens are 32 random bytes, so a plain SHA-256 of them cannot be turned back. */
export function hashToken(token: string): string {
	return createHash('sha256').update(token).digest('hex');
}

export const API_ROLES = ['platform_admin', 'library_it', 'reader'] as const;
/** `platform_admin`: everything; `library_it`: one library; `reader`: looks only. */
export type ApiRole = (typeof API_ROLES)[number];

export interface TokenRow {
	id: string;
	hash: string;
	name: string;
	role: ApiRole;
	library: string | null;
	expires: string | null;
	created: string;
}

export async function findToken(database: Database, token: string): Promise<TokenRow | undefined> {
	return database<TokenRow>('token')
		.where({ hash: hashToken(token) })
		.first();
}

export async function addToken(
	database: Database,
	token: string,
	row: {
		id: string;
		name: string;
		role: ApiRole;
		library: string | null;
		expires: number | null;
		created: number;
	},
): Promise<void> {
	await database('token')
		.insert({ ...row, hash: hashToken(token) })
		.onConflict('hash')
		.ignore();
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
