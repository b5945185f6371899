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
	/** The branch it is about; null when it is about none, or one that is not there. */
	readonly branch: { readonly slug: string; readonly name: string; readonly library: string } | null;
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
	...['startSignInOperation', 'startSigningKeysOperation', 'beginUpgrade', 'steerUpgrade'],
	...['adoptPolicy', 'adoptRecords', 'changeBodies', 'proposeToMembers', 'suspendMember'],
	...['createTeam', 'offerTeam', 'agreeToTeam', 'endTeamPart'],
	...['addTeamMember', 'takeOffTeam', 'inviteTeamMember'],
];

/** What happened, newest first: operations, and decisions that the audit has. */
export async function historyOf(
	database: Database,
	reach: HistoryReach,
	{ limit, skip = 0, filter = {} }: { limit: number; skip?: number; filter?: HistoryFilter },
): Promise<HistoryLine[]> {
	const { lines, values } = linesOf(reach);
	const asked = {
		...values,
		...{ limit, skip, what: filter.what ?? null, from: filter.from ?? null, until: filter.until ?? null },
		by: filter.by ? `%${filter.by.replaceAll(/[\\%_]/g, '\\$&')}%` : null,
	};
	const { rows }: { rows: Found[] } = await database.raw(
		`select page.*, branch.slug, branch.name, library.slug as library
		from (
			select * from (${lines}) as line
			where (cast(:by as text) is null or actor ilike :by) and (cast(:what as text) is null or what = :what)
				and (cast(:from as bigint) is null or at >= :from) and (cast(:until as bigint) is null or at < :until)
			order by at desc, number desc nulls first, operation
			limit :limit offset :skip
		) as page
		left join branch on branch.id = coalesce(
			page.about, case when page.subject ~ '^branch [0-9a-f-]{36}$' then substr(page.subject, 8)::uuid end
		)
		left join library on library.id = branch.library
		order by page.at desc, page.number desc nulls first, page.operation`,
		asked as never,
	);
	return rows.map(({ at, actor, what, state, problem, operation, subject, slug, name, library }) => ({
		...{ at: big(at), by: actor, what, state, problem, operation, subject },
		branch: slug === null || name === null || library === null ? null : { slug, name, library },
	}));
}

/** What was done at all, as words of the audit, ids of the API and kinds of operations. */
export async function deedsIn(database: Database, reach: HistoryReach): Promise<string[]> {
	const { lines, values } = linesOf(reach);
	const { rows }: { rows: { what: string }[] } = await database.raw(
		`select distinct what from (${lines}) as line order by what limit 200`,
		values as never,
	);
	return rows.map(({ what }) => what);
}

interface Found {
	at: string;
	actor: string;
	what: string;
	state: OperationRow['state'] | null;
	problem: string | null;
	operation: string | null;
	subject: string | null;
	slug: string | null;
	name: string | null;
	library: string | null;
}

/** All lines of a reach as a query, and what is filled in there. */
function linesOf(reach: HistoryReach): { lines: string; values: Record<string, unknown> } {
	const { operations, acts, values } = boundsOf(reach);
	const lines = `
		select created as at, created_by as actor, kind as what, state, problem ->> 'title' as problem,
			id::text as operation, null::bigint as number, null::text as subject, branch as about
		from operation where ${operations}
		union all
		select at, actor, act, null, null, null, id, subject,
			null
		from audit where ${acts} and not act = any(:toldOtherwise)`;
	return { lines, values: { ...values, toldOtherwise: TOLD_OTHERWISE } };
}

/**
 * Which operations and which lines of the audit belong to a reach. A subject is a branch or a library by its id, alone or in a sentence, or the path of a
 * request, which names them by their slugs or ids.
 */
function boundsOf({ library, branch }: HistoryReach) {
	if (library && branch) {
		const paths = [library.slug, library.id].map((name) => `/libraries/${name}/branches/${branch.slug}`);
		return {
			operations: 'branch = cast(:branch as uuid)',
			acts: `(subject = 'branch ' || :branch or subject = any(:paths) or subject like any(:below))`,
			values: { branch: branch.id, paths, below: paths.map((path) => `${path}/%`) },
		};
	}
	if (library) {
		const paths = [library.slug, library.id].map((name) => `/libraries/${name}`);
		return {
			operations: 'library = cast(:library as uuid)',
			acts: `(subject = :library or subject like '%library ' || :library || '%' or subject = any(:paths)
				or subject like any(:below)
				or subject in (select 'branch ' || id::text from branch where library = cast(:library as uuid)))`,
			values: { library: library.id, paths, below: paths.map((path) => `${path}/%`) },
		};
	}
	return { operations: 'true', acts: 'true', values: {} };
}
