import type { BranchContext } from '../../context.ts';
import type { Person } from '../../store/people.ts';
import { knownOrigins } from '../../store/restrictions.ts';
import type { Reading } from '../../store/store.ts';
import { type Concerned, concernedOf, type Touched, touchedBy } from '../../store/touched.ts';
import { csvRow } from '../csv.ts';
import { isUnder } from './restrictions.ts';

const WEEK = 7 * 24 * 60 * 60_000;
/** Conversations count that went on so many weeks ago or later. */
export const WEEKS = 8;

/** What would be lost here, in numbers: for each person it touches, and in all. */
export interface Preview {
	readonly touched: readonly Touched[];
	readonly sums: Omit<Touched, 'person'> & { readonly people: number };
	/** Is it a neighbor, so that neighborhood posts are exchanged with it? */
	readonly neighbor: boolean;
}

/** Counts what this branch would lose if nothing were exchanged with a server, and those below it (reference/fediverse.md 6.6). */
export function previewOf(context: BranchContext, reading: Reading, host: string): Preview {
	const origins = originsUnder(reading, host);
	const touched = touchedBy(reading, {
		origins,
		users: context.at.below('/ap/users/'),
		since: recently(context),
	});
	const sums = { people: touched.length, follows: 0, followers: 0, talks: 0, lists: 0 };
	for (const one of touched) {
		sums.follows += one.follows;
		sums.followers += one.followers;
		sums.talks += one.talks;
		sums.lists += one.lists;
	}
	const neighbors = [...context.book.trust().neighborsOf(context.origin)];
	return { touched, sums, neighbor: neighbors.some((origin) => isUnder(origin, host)) };
}

/** So many people are listed on a page; all of them are in the file. */
const LISTED = 200;

/** Exactly whom it is about for one person here, for their eyes. */
export function concernedFor(
	context: BranchContext,
	person: Person,
	host: string,
	limit = LISTED,
): readonly Concerned[] {
	return context.store.read((reading) =>
		concernedOf(reading, {
			origins: originsUnder(reading, host),
			person: person.id,
			actor: context.at.person(person.id),
			since: recently(context),
			limit,
		}),
	);
}

/** The same as a file: first the columns with which Mastodon takes in whom somebody follows, then what else is known (reference/fediverse.md 6.2). */
export function concernedCsv(context: BranchContext, person: Person, hosts: readonly string[]): string {
	const head = [
		'Account address',
		'Show boosts',
		'Notify on new posts',
		'Languages',
		'Page',
		'You follow',
		'Follows you',
		'Lists',
	];
	const all = hosts.flatMap((host) => concernedFor(context, person, host, Number.MAX_SAFE_INTEGER));
	// A server and one below its name may both be asked about.
	const rows = [...new Map(all.map((one) => [one.uri, one])).values()].map((one) => [
		...[`${one.handle}@${one.host}`, 'true', 'false', '', one.url ?? one.uri],
		...[String(one.follows === 1), String(one.follower === 1), (one.lists ?? '').replaceAll('\n', '; ')],
	]);
	return [head, ...rows].map(csvRow).join('');
}

function originsUnder(reading: Reading, host: string): string[] {
	return knownOrigins(reading).filter((origin) => isUnder(origin, host));
}

function recently({ clock }: Pick<BranchContext, 'clock'>): number {
	return clock.now() - WEEKS * WEEK;
}
