import type { Database } from './database.ts';

/** Somebody who was sent to a provider and has not come back. All but the sealed part are hashes. */
export interface SentRow {
	state: string;
	provider: string;
	browser: string;
	sealed: string;
	expires: string;
}

/** Somebody who came back and has more than one grant to choose from. */
export interface ChoiceRow {
	id: string;
	browser: string;
	who: string;
	grants: string[];
	next: string;
	expires: string;
}

/** Keeps whom we sent away, and forgets those who never came back. */
export async function keepSent(
	database: Database,
	row: Omit<SentRow, 'expires'> & { expires: number },
	now: number,
): Promise<void> {
	await database('staff_sign_in').where('expires', '<=', now).delete();
	await database('staff_sign_in').insert(row);
}

/** Takes what was kept, so that it counts once. */
export async function takeSent(
	database: Database,
	{ state, now }: { state: string; now: number },
): Promise<SentRow | undefined> {
	const [row]: SentRow[] = await database<SentRow>('staff_sign_in').where({ state }).delete().returning('*');
	return row && Number(row.expires) > now ? row : undefined;
}

export async function keepChoice(
	database: Database,
	row: Omit<ChoiceRow, 'grants' | 'expires'> & { grants: readonly string[]; expires: number },
	now: number,
): Promise<void> {
	await database('staff_choice').where('expires', '<=', now).delete();
	await database('staff_choice').insert({ ...row, grants: JSON.stringify(row.grants) });
}

export async function findChoice(
	database: Database,
	{ id, now }: { id: string; now: number },
): Promise<ChoiceRow | undefined> {
	return database<ChoiceRow>('staff_choice').where({ id }).where('expires', '>', now).first();
}

export async function dropChoice(database: Database, id: string): Promise<boolean> {
	return (await database('staff_choice').where({ id }).delete()) === 1;
}
