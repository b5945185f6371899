import type { Database } from './database.ts';

/** What is kept of a request with an Idempotency-Key. */
export interface Claim {
	readonly key: string;
	/** Id of the API token that sent it. */
	readonly token: string;
	readonly request_digest: string;
	/** The id of what the request makes; the same at every try. */
	readonly subject: string;
	/** Sealed; null while there is none. */
	readonly answer: string | null;
}

/** Claims a key, or finds who claimed it before. */
export async function claimKey(
	database: Database,
	claim: Omit<Claim, 'answer'>,
	now: number,
): Promise<Claim> {
	await database('idempotency')
		.insert({ ...claim, at: now })
		.onConflict(['key', 'token'])
		.ignore();
	const { key, token } = claim;
	const row: Claim | undefined = await database('idempotency')
		.where({ key, token })
		.first('key', 'token', 'request_digest', 'subject', 'answer');
	return row!;
}

export async function keepAnswer(
	database: Database,
	{ key, token }: Pick<Claim, 'key' | 'token'>,
	answer: string,
): Promise<void> {
	await database('idempotency').where({ key, token }).update({ answer });
}

export async function forgetKey(
	database: Database,
	{ key, token }: Pick<Claim, 'key' | 'token'>,
): Promise<void> {
	await database('idempotency').where({ key, token }).delete();
}
