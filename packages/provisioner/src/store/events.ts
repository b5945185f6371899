import { type Database, lock } from './database.ts';
import { type BranchRow, big, type EventRow, type LibraryRow } from './rows.ts';

/** Events of a library, or of one of its branches. */
export interface EventsOf {
	readonly library: Pick<LibraryRow, 'id'>;
	readonly branch?: Pick<BranchRow, 'id'>;
}

/** An event with the name of its branch in addresses. */
export type ShownEvent = EventRow & { readonly slug: string };

/** For so long events are kept, in milliseconds: 90 days. */
const KEPT = 90 * 86_400_000;

/**
 * Gives numbers to the events of a library that have none. They are given here, under a lock, and not when events are written: numbers of
 * transactions that end in another order than they began would let somebody who goes on from the last number miss one. An event that is counted
 * once more loses its number and gets a new one.
 */
async function numberFresh(database: Database, library: string): Promise<void> {
	const fresh = await database<EventRow>('branch_event').where({ library }).whereNull('seq').first('id');
	if (!fresh) return;
	await database.transaction(async (transaction) => {
		await lock(transaction, `events:${library}`);
		await transaction.raw(
			`update branch_event set seq = numbered.next from (
				select id, nextval('branch_event_number') as next from (
					select id from branch_event where library = ? and seq is null order by turn for update skip locked
				) as fresh
			) as numbered where branch_event.id = numbered.id`,
			[library],
		);
	});
}

/** The newest first, those before a number when one is given. */
export async function newestEvents(
	database: Database,
	of: EventsOf,
	{ limit, before }: { readonly limit: number; readonly before?: number },
): Promise<ShownEvent[]> {
	await numberFresh(database, of.library.id);
	const query = numbered(database, of).orderBy('branch_event.seq', 'desc').limit(limit);
	return before === undefined ? query : query.where('branch_event.seq', '<', before);
}

/** What came after a number, in order. An event that was counted once more comes again, under its new number. */
export async function eventsAfter(
	database: Database,
	of: EventsOf,
	{ limit, after }: { readonly limit: number; readonly after: number },
): Promise<ShownEvent[]> {
	await numberFresh(database, of.library.id);
	return numbered(database, of)
		.where('branch_event.seq', '>', after)
		.orderBy('branch_event.seq')
		.limit(limit);
}

function numbered(database: Database, { library, branch }: EventsOf) {
	return database<ShownEvent>('branch_event')
		.join('branch', 'branch.id', 'branch_event.branch')
		.where({ 'branch_event.library': library.id, ...(branch && { 'branch_event.branch': branch.id }) })
		.whereNotNull('branch_event.seq')
		.select<ShownEvent[]>('branch_event.*', 'branch.slug');
}

/** The number of the newest event of a library; 0 before there is one. Whoever goes on from it misses nothing that comes. */
export async function lastEvent(database: Database, library: string): Promise<number> {
	await numberFresh(database, library);
	const { last } = (await database('branch_event').where({ library }).max('seq as last').first()) as {
		last: string | null;
	};
	return last === null ? 0 : big(last);
}

/** Forgets events that are old. The newest of each branch are bounded in number where they are written. */
export async function forgetEvents(database: Database, now: number): Promise<void> {
	await database('branch_event')
		.where('at', '<', now - KEPT)
		.delete();
}
