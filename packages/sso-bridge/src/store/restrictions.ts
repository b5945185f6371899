import type { Link } from './accounts.ts';
import type { Database } from './database.ts';

export type RestrictionState = 'proposed' | 'in_force' | 'lifted' | 'ended';

export interface RestrictionRow {
	id: string;
	library: string;
	account: string | null;
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

export async function addRestriction(database: Database, row: RestrictionRow): Promise<void> {
	await database('restriction').insert(row);
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

/** What is in force against somebody, whether it has begun or not. */
export async function restrictionAgainst(
	database: Database,
	account: string,
): Promise<RestrictionRow | undefined> {
	return database('restriction')
		.where({ account, state: 'in_force' })
		.first('*', ...daysOf(database));
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
	try {
		const changed = await database('restriction')
			.where({ library, id, state: 'proposed' })
			.whereIn(
				'proposed_by',
				[...panel].filter((member) => member !== staff),
			)
			.update({ state: 'in_force', confirmed_by: staff });
		return changed === 1 ? 'confirmed' : 'not_there';
	} catch (error) {
		if ((error as { code?: string }).code === '23505') return 'already';
		throw error;
	}
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
		.update({ state, account: null, sealed: null })
		.returning('id');
	await transaction('restricted_link')
		.whereIn(
			'restriction',
			rows.map(({ id }) => id),
		)
		.delete();
	return rows.length;
}

/**
 * Before an account is deleted: what is proposed or in force against it stays with the keyed hashes of its cards, so that whoever deletes themselves and comes back with the
 * same card is not rid of it.
 */
export async function leaveLinks(transaction: Database, library: string, account: string): Promise<void> {
	await transaction.raw(
		`insert into restricted_link (restriction, library, kind, hash, key_version)
		select restriction.id, identity.library, identity.kind, identity.hash, identity.key_version
		from restriction join identity on identity.account = restriction.account
		where restriction.library = :library and restriction.account = :account
			and restriction.state in ('proposed', 'in_force')
		on conflict do nothing`,
		{ library, account },
	);
}

/** For an account that was made just now: what was in force against whoever had these cards is in force against it; of several the longest. */
export async function takeUpLinks(
	transaction: Database,
	{ library, account, links }: { library: string; account: string; links: readonly Link[] },
): Promise<void> {
	const found = await transaction('restricted_link')
		.join('restriction', 'restriction.id', 'restricted_link.restriction')
		.where({ 'restricted_link.library': library })
		.where((any) => {
			for (const { kind, hash } of links)
				any.orWhere((one) =>
					one.where({ kind }).whereIn('hash', hash.before === null ? [hash.hash] : [hash.hash, hash.before]),
				);
		})
		.whereNull('restriction.account')
		.orderByRaw("(restriction.state = 'in_force') desc, restriction.until_at desc")
		.first('restriction.id');
	if (!found) return;
	await transaction('restriction').where({ id: found.id }).update({ account });
	await transaction('restricted_link').where({ restriction: found.id }).delete();
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
