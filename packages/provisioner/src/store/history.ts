import type { Database } from './database.ts';
import { type BranchRow, big, type LibraryRow, type OperationRow } from './rows.ts';

/** One thing that was done, or that was asked for. */
export interface HistoryLine {
	/** UTC milliseconds. */
	readonly at: number;
	readonly by: string;
	/** A word of the audit, an id of the API, or the kind of an operation. */
	readonly what: string;
	/** Of an operation, how it stands; null for a line of the audit. */
	readonly state: OperationRow['state'] | null;
	readonly problem: string | null;
	/** The id of an operation; null for a line of the audit. */
	readonly operation: string | null;
	/** What the audit names; null for an operation. */
	readonly subject: string | null;
	/** Where the list goes on after this line, see `Place`. */
	readonly place: string;
	/** The branch it is about; null when it is about none, or one that is not there. */
	readonly branch: { readonly slug: string; readonly name: string; readonly library: string } | null;
}

/**
 * A place in a list: after the line of a time that is an operation or a line of the audit. `1764316800000-17` as text: what comes meanwhile moves nothing.
 */
interface Place {
	readonly at: number;
	readonly operation: string | null;
	readonly number: string | null;
}

/** Whose history: a branch's, a library's with that of its branches, or, without either, the platform's. */
export interface HistoryReach {
	readonly library?: Pick<LibraryRow, 'id' | 'slug'>;
	readonly branch?: Pick<BranchRow, 'id' | 'slug'>;
}

/** Which lines of it; everything that is named has to be so. */
export interface HistoryFilter {
	/** Part of the name of who did it, in capitals or not. */
	readonly by?: string;
	readonly what?: string;
	/** UTC milliseconds: from this one on, and before that one. */
	readonly from?: number;
	readonly until?: number;
}

/**
 * Requests to the API that are told by what they did: by the operation they began, or by a line of the audit that says more. Each would stand there twice.
 */
const TOLD_OTHERWISE = [
	...['createBranch', 'changeBranch', 'startBranchOperation', 'startLibraryOperation', 'importLibraries'],
	'importBranches',
	...['cancelOperation', 'resumeOperation'],
	...['startSignInOperation', 'startSigningKeysOperation', 'beginUpgrade', 'steerUpgrade'],
	...['adoptPolicy', 'adoptRecords', 'changeBodies', 'proposeToMembers', 'suspendMember'],
	...['createTeam', 'offerTeam', 'agreeToTeam', 'endTeamPart'],
	...['addTeamMember', 'takeOffTeam', 'inviteTeamMember'],
];

/** So many people at most are looked up one by one, each from their newest line on; of more than these a line is near wherever one begins. */
const FEW = 1_000;

/**
 * What happened, newest first: operations, and decisions that the audit has; after a place of a list, when one is given. Each half is read from where the page begins, by an index,
 * and no further than the page is long (ADR 137).
 */
export async function historyOf(
	database: Database,
	reach: HistoryReach,
	{ limit, after, filter = {} }: { limit: number; after?: Place | undefined; filter?: HistoryFilter },
): Promise<HistoryLine[]> {
	const part = filter.by === undefined ? null : `%${filter.by.replaceAll(/[\\%_]/g, '\\$&')}%`;
	const names = part === null ? null : await actorsLike(database, part);
	if (names?.length === 0) return [];
	const asked = { reach, filter, names, after };
	const [operations, acts] = [linesFrom(OPERATIONS, asked), linesFrom(AUDIT, asked)];
	const { rows }: { rows: Found[] } = await database.raw(
		`select page.*, branch.slug, branch.name, library.slug as library
		from (
			(select created as at, created_by as actor, kind as what, state, problem ->> 'title' as problem,
				id as operation, null::bigint as number, null::text as subject, branch as about
			from ${operations} order by created desc, id desc limit :limit)
			union all
			(select at, actor, act, null, null, null, id, subject, branch
			from ${acts} order by at desc, id desc limit :limit)
			order by at desc, number desc nulls first, operation desc limit :limit
		) as page
		left join branch on branch.id = page.about
		left join library on library.id = branch.library
		order by page.at desc, page.number desc nulls first, page.operation desc`,
		{
			...{
				limit,
				names,
				part,
				what: filter.what ?? null,
				from: filter.from ?? null,
				until: filter.until ?? null,
			},
			...{ library: reach.library?.id ?? null, branch: reach.branch?.id ?? null },
			...{ at: after?.at ?? null, operation: after?.operation ?? null, number: after?.number ?? null },
			toldOtherwise: TOLD_OTHERWISE,
		} as never,
	);
	return rows.map(({ at, actor, what, state, problem, operation, number, subject, slug, name, library }) => ({
		...{ at: big(at), by: actor, what, state, problem, operation, subject },
		place: `${at}-${operation ?? number}`,
		branch: slug === null || name === null || library === null ? null : { slug, name, library },
	}));
}

/** Reads a place that a list was told to go on from; null for what is none. */
export function readPlace(text: string): Place | null {
	const [, at, operation, number] =
		/^(\d{1,15})-(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(\d{1,18}))$/.exec(text) ?? [];
	return at === undefined ? null : { at: Number(at), operation: operation ?? null, number: number ?? null };
}

/** What was done at all, as words of the audit, ids of the API and kinds of operations. */
export async function deedsIn(database: Database, { library, branch }: HistoryReach): Promise<string[]> {
	const reach = branch ? 'branch = :branch' : library ? 'library = :library' : 'true';
	const { rows }: { rows: { what: string }[] } = await database.raw(
		`select what from (
			${eachOnce('kind', 'operation', reach)}
			union
			select what from (${eachOnce('act', 'audit', reach)}) as act where not what = any(:toldOtherwise)
		) as word order by what limit 200`,
		{ library: library?.id ?? null, branch: branch?.id ?? null, toldOtherwise: TOLD_OTHERWISE } as never,
	);
	return rows.map(({ what }) => what);
}

/** Each value of a column once: from one to the next by an index, however many rows have it. */
function eachOnce(column: string, table: string, reach: string): string {
	const next = (more: string) =>
		`select ${column} from ${table} where ${reach} ${more} order by ${column} limit 1`;
	return `select what from (
		with recursive word as (
			select (${next('')}) as what
			union all
			select (${next(`and ${column} > word.what`)}) from word where word.what is not null
		) select what from word where what is not null
	) as ${table}_word`;
}

/** Those who did something and whose name is like that, in capitals or not; one more than a few says that they are many. */
async function actorsLike(database: Database, part: string): Promise<string[]> {
	const rows: { name: string }[] = await database('history_actor')
		.whereILike('name', part)
		.limit(FEW + 1)
		.select('name');
	return rows.map(({ name }) => name);
}

/** Where one half of a history is kept, and what its columns are called. */
interface Half {
	readonly table: string;
	readonly at: string;
	readonly by: string;
	readonly what: string;
	/** What always holds of its lines, and what holds of those after a place. */
	readonly always: string;
	after(place: Place): string;
}

const OPERATIONS: Half = {
	...{ table: 'operation', at: 'created', by: 'created_by', what: 'kind', always: 'true' },
	after: ({ operation }) =>
		operation === null ? 'created < :at' : '(created, id) < (:at, cast(:operation as uuid))',
};
/** Of one moment operations come first. */
const AUDIT: Half = {
	...{ table: 'audit', at: 'at', by: 'actor', what: 'act', always: 'not act = any(:toldOtherwise)' },
	after: ({ number }) => (number === null ? 'at <= :at' : '(at, id) < (:at, :number)'),
};

/** The table of a half with what is asked of its lines, up to the order. */
function linesFrom(
	half: Half,
	asked: {
		readonly reach: HistoryReach;
		readonly filter: HistoryFilter;
		readonly names: readonly string[] | null;
		readonly after: Place | undefined;
	},
): string {
	const { reach, filter, names, after } = asked;
	const { table, at, by, what } = half;
	const where = [
		half.always,
		...(reach.branch ? ['branch = :branch'] : reach.library ? ['library = :library'] : []),
		...(filter.what === undefined ? [] : [`${what} = :what`]),
		...(filter.from === undefined ? [] : [`${at} >= :from`]),
		...(filter.until === undefined ? [] : [`${at} < :until`]),
		...(after === undefined ? [] : [half.after(after)]),
	];
	if (names === null) return `${table} where ${where.join(' and ')}`;
	if (names.length > FEW) return `${table} where ${by} ilike :part and ${where.join(' and ')}`;
	if (reach.library) return `${table} where ${by} = any(:names) and ${where.join(' and ')}`;
	// On the whole platform, what somebody did long ago stands behind what everybody else did.
	return `${table} where id in (
		select line.id from unnest(cast(:names as text[])) as named (name) cross join lateral (
			select ${at}, id from ${table} where ${by} = named.name and ${where.join(' and ')}
			order by ${at} desc, id desc limit :limit
		) as line order by line.${at} desc, line.id desc limit :limit
	)`;
}

interface Found {
	at: string;
	actor: string;
	what: string;
	state: OperationRow['state'] | null;
	problem: string | null;
	operation: string | null;
	number: string | null;
	subject: string | null;
	slug: string | null;
	name: string | null;
	library: string | null;
}
