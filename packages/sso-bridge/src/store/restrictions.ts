import type { Database } from './database.ts';

export type RestrictionState = 'proposed' | 'in_force' | 'lifted' | 'ended';

export interface RestrictionRow {
	id: string;
	library: string;
	state: RestrictionState;
	/** `<policy>@<version>/<rule>`. */
	ground: string;
	/** YYYY-MM-DD on the library's wall, both included. */
	from_day: string;
	until_day: string;
	from_at: Date;
	until_at: Date;
	sealed: string | null;
	/** Staff ids. */
	proposed_by: string;
	confirmed_by: string | null;
	made_at: Date;
}

/** What is sealed of the restrictions of a library is bound to it; each names the restriction it belongs to inside. */
export function aboutRestrictions(library: string): string {
	return `restriction/${library}`;
}

/** A proposal that nobody confirms is forgotten after two weeks, and what is published a year after its end. */
const PROPOSED_DAYS = 14;
const PUBLISHED_DAYS = 365;
const DAY = 86_400_000;

/** Writes a proposal down, on the account that it is about. */
export async function addRestriction(
	database: Database,
	row: RestrictionRow,
	account: string | null,
): Promise<void> {
	await database.transaction(async (transaction) => {
		await transaction('restriction').insert(row);
		if (account === null) return;
		const { id: restriction, library } = row;
		await transaction('restricted_account').insert({ restriction, account, library, proven: true });
	});
}

/** Those of a library in these states, the newest first. */
export async function restrictionsOf(
	database: Database,
	library: string,
	states: readonly RestrictionState[],
): Promise<RestrictionRow[]> {
	return database('restriction')
		.where({ library })
		.whereIn('state', [...states])
		.orderBy([{ column: 'from_at', order: 'desc' }, 'id'])
		.select('*', ...daysOf(database));
}

/** What holds against an account now (UTC milliseconds), the longest; and whether its owner proved that it is on them. */
export async function restrictionAgainst(
	database: Database,
	account: string,
	now: number,
): Promise<(RestrictionRow & { proven: boolean }) | undefined> {
	const moment = new Date(now);
	return database('restriction')
		.join('restricted_account', 'restricted_account.restriction', 'restriction.id')
		.where({ account, state: 'in_force' })
		.where('from_at', '<=', moment)
		.where('until_at', '>', moment)
		.orderBy([
			{ column: 'proven', order: 'desc' },
			{ column: 'until_at', order: 'desc' },
		])
		.first('restriction.*', 'proven', ...daysOf(database));
}

function daysOf(database: Database) {
	return ['from_day', 'until_day'].map((day) => database.raw(`to_char(${day}, 'YYYY-MM-DD') as ${day}`));
}

/**
 * Puts a proposal in force: by somebody else than whoever proposed it, while both are of the panel (`panel`: staff ids), and only while nothing else is in force
 * against the same person. One of many who confirm at the same moment does.
 */
export async function confirmRestriction(
	database: Database,
	{ library, id, staff, panel }: { library: string; id: string; staff: string; panel: ReadonlySet<string> },
): Promise<'confirmed' | 'not_there' | 'already'> {
	return database.transaction(async (transaction) => {
		await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 2))', [
			`restrictions ${library}`,
		]);
		if (await isRestrictedBesides(transaction, id)) return 'already';
		const changed = await transaction('restriction')
			.where({ library, id, state: 'proposed' })
			.whereIn(
				'proposed_by',
				[...panel].filter((member) => member !== staff),
			)
			.update({ state: 'in_force', confirmed_by: staff });
		return changed === 1 ? 'confirmed' : 'not_there';
	});
}

/** Is another restriction in force against the same person: against one of their accounts, or by something they left behind? */
async function isRestrictedBesides(transaction: Database, id: string): Promise<boolean> {
	const { rows }: { rows: unknown[] } = await transaction.raw(
		`select 1 from restriction where state = 'in_force' and id <> :id and (
			exists (select 1 from restricted_account mine join restricted_account theirs using (account)
				where mine.restriction = :id and theirs.restriction = restriction.id)
			or exists (select 1 from restricted_link mine join restricted_link theirs using (library, kind, hash)
				where mine.restriction = :id and theirs.restriction = restriction.id)
		) limit 1`,
		{ id },
	);
	return rows.length > 0;
}

/** Takes a proposal back, which leaves nothing, or lifts what is in force, which stays published without anybody. */
export async function endRestriction(
	database: Database,
	{ library, id }: { library: string; id: string },
): Promise<boolean> {
	return database.transaction(async (transaction) => {
		const taken = await transaction('restriction').where({ library, id, state: 'proposed' }).delete();
		if (taken === 1) return true;
		return (await forget(transaction, 'lifted', (of) => of.where({ library, id }))) === 1;
	});
}

/** Ends what is over: who it was about and why are deleted. */
export async function sweepRestrictions(database: Database, now: number): Promise<void> {
	await database.transaction(async (transaction) => {
		await transaction('restriction')
			.where({ state: 'proposed' })
			.where('made_at', '<', new Date(now - PROPOSED_DAYS * DAY))
			.delete();
		await forget(transaction, 'ended', (of) => of.where('until_at', '<=', new Date(now)));
		await transaction('restriction')
			.whereIn('state', ['lifted', 'ended'])
			.where('until_at', '<', new Date(now - PUBLISHED_DAYS * DAY))
			.delete();
	});
}

async function forget(
	transaction: Database,
	state: 'lifted' | 'ended',
	which: (of: ReturnType<Database>) => ReturnType<Database>,
): Promise<number> {
	const rows: { id: string }[] = await which(transaction('restriction').where({ state: 'in_force' }))
		.update({ state, sealed: null })
		.returning('id');
	const ids = rows.map(({ id }) => id);
	for (const table of ['restricted_account', 'restricted_link', 'restricted_pass'])
		await transaction(table).whereIn('restriction', ids).delete();
	return rows.length;
}

/** Some ids of accounts of a library after another one, in their order. */
export async function accountsAfter(
	database: Database,
	library: string,
	after: string | null,
	limit: number,
): Promise<string[]> {
	const query = database('account').where({ library }).orderBy('id').limit(limit);
	if (after !== null) query.where('id', '>', after);
	const rows: { id: string }[] = await query.select('id');
	return rows.map(({ id }) => id);
}
