import type { Scope } from '../access/permissions.ts';
import type { Database } from './database.ts';

export const MATCHES = ['email', 'group', 'subject'] as const;
export type Match = (typeof MATCHES)[number];

/** Whom a provider's word lets in, as what. */
export interface ConsoleGrantRow extends Scope {
	id: string;
	provider: string;
	/** What of the provider's word has to be the value. */
	kind: Match;
	value: string;
	/** Whose it is, for people. */
	name: string;
	valid_until: string | null;
	made_at: string;
	made_by: string;
	ended_at: string | null;
	ended_by: string | null;
}

/** Grants that hold now, of a library or all; `now` is in UTC milliseconds. */
export async function consoleGrants(
	database: Database,
	{ library, now }: { library: string | null; now: number },
): Promise<ConsoleGrantRow[]> {
	const all = holding(database, now).orderBy(['made_at', 'id']);
	return library === null ? all : all.where({ library });
}

/** Those that hold now by what one provider says. */
export async function grantsOfProvider(
	database: Database,
	{ provider, now }: { provider: string; now: number },
): Promise<ConsoleGrantRow[]> {
	return holding(database, now).where({ provider }).orderBy(['made_at', 'id']);
}

/** Those of a provider that one of these words meets. */
export async function grantsFor(
	database: Database,
	{ provider, words, now }: { provider: string; words: readonly (readonly [Match, string])[]; now: number },
): Promise<ConsoleGrantRow[]> {
	if (words.length === 0) return [];
	return holding(database, now)
		.where({ provider })
		.where((any) => {
			for (const [kind, value] of words) any.orWhere({ kind, value });
		})
		.orderBy(['made_at', 'id']);
}

export async function findConsoleGrant(
	database: Database,
	id: string,
	now: number,
): Promise<ConsoleGrantRow | undefined> {
	return holding(database, now).where({ id }).first();
}

export async function addConsoleGrant(
	database: Database,
	row: Omit<ConsoleGrantRow, 'valid_until' | 'made_at' | 'ended_at' | 'ended_by'> & {
		valid_until: number | null;
		made_at: number;
	},
): Promise<void> {
	const branches = row.branches && JSON.stringify(row.branches);
	await database('console_grant')
		.insert({ ...row, branches })
		.onConflict('id')
		.ignore();
}

/** Lets whoever a grant lets in reach these branches, from their next sign-in on. */
export async function widenConsoleGrant(
	database: Database,
	id: string,
	branches: readonly string[],
): Promise<void> {
	await database('console_grant')
		.where({ id })
		.update({ branches: JSON.stringify(branches) });
}

/** Ends a grant now, and with it whoever is signed in by it. False when it held no more. */
export async function endConsoleGrant(
	database: Database,
	{ id, by, now }: { id: string; by: string; now: number },
): Promise<boolean> {
	return database.transaction(async (transaction) => {
		const ended = await holding(transaction, now)
			.where({ id })
			.update({ ended_at: String(now), ended_by: by });
		await transaction('token').where({ console_grant: id }).delete();
		return ended === 1;
	});
}

/** Ends whoever is signed in by a provider's word. */
export async function endSessionsOf(database: Database, provider: string): Promise<void> {
	const grants = database('console_grant').where({ provider }).select('id');
	await database('token').whereIn('console_grant', grants).delete();
}

function holding(database: Database, now: number) {
	return database<ConsoleGrantRow>('console_grant')
		.whereNull('ended_at')
		.where((any) => any.whereNull('valid_until').orWhere('valid_until', '>', now));
}
