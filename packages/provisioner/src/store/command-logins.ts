import type { Database } from './database.ts';

/** A command that asks to be let in, as RFC 8628 has it. The secret and the code are hashes. */
export interface CommandLoginRow {
	id: string;
	secret: string;
	code: string;
	computer: string;
	created: string;
	expires: string;
	/** Id of the token of whoever allowed it. */
	allowed_by: string | null;
	refused: boolean;
}

export async function addCommandLogin(
	database: Database,
	row: Pick<CommandLoginRow, 'id' | 'secret' | 'code' | 'computer'> & { created: number; expires: number },
): Promise<void> {
	await database('command_login').where('expires', '<=', row.created).delete();
	await database('command_login').insert(row);
}

/** One that nobody answered yet, by its code. */
export async function commandLoginByCode(
	database: Database,
	{ code, now }: { code: string; now: number },
): Promise<CommandLoginRow | undefined> {
	return waiting(database, now).where({ code }).first();
}

/** Says yes by a token, or no (null). False when somebody answered before, or it is too late. */
export async function answerCommandLogin(
	database: Database,
	{ id, by, now }: { id: string; by: string | null; now: number },
): Promise<boolean> {
	const answer = by === null ? { refused: true } : { allowed_by: by };
	return (await waiting(database, now).where({ id }).update(answer)) === 1;
}

export async function commandLoginBySecret(
	database: Database,
	{ secret, now }: { secret: string; now: number },
): Promise<CommandLoginRow | undefined> {
	return database<CommandLoginRow>('command_login').where({ secret }).where('expires', '>', now).first();
}

/** Takes one that was answered, so that it counts once. */
export async function takeCommandLogin(database: Database, id: string): Promise<boolean> {
	return (await database('command_login').where({ id }).delete()) === 1;
}

function waiting(database: Database, now: number) {
	return database<CommandLoginRow>('command_login')
		.where({ allowed_by: null, refused: false })
		.where('expires', '>', now);
}
