import { openDatabase } from '../../../packages/provisioner/src/store/database.ts';
import type { Bed } from '../../bench/platform/bed.ts';
import { until } from '../../e2e/platform/bed.ts';
import { BELMONT, LIBRARY } from '../fixtures/provisioned.ts';

/** Branches of a library. */
const IN_A_LIBRARY = 50;
/** Requests at once. */
const AT_ONCE = 8;

/** Which branches are made, by their numbers, and which of them get homes of their own. */
export interface Making {
	readonly from?: number;
	/** The first that is not made. */
	readonly until: number;
	readonly isDedicated: (at: number) => boolean;
}

/** Makes branches over the API, in libraries of fifty. */
export async function makeBranches(bed: Bed, { from = 0, until: end, isDedicated }: Making): Promise<void> {
	for (let at = Math.ceil(from / IN_A_LIBRARY); at * IN_A_LIBRARY < end; at += 1)
		await bed.made('POST', '/libraries', { ...LIBRARY, slug: libraryAt(at) });
	let next = from;
	const makeNext = async () => {
		while (next < end) {
			const at = next++;
			const home = isDedicated(at) ? 'dedicated' : 'shared';
			const library = libraryAt(Math.floor(at / IN_A_LIBRARY));
			await bed.made('POST', `/libraries/${library}/branches`, { ...BELMONT, slug: branchAt(at), home });
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, makeNext));
}

/** Where the branch of that number is in the API. */
export function pathOf(at: number): string {
	return `/libraries/${libraryAt(Math.floor(at / IN_A_LIBRARY))}/branches/${branchAt(at)}`;
}

export function branchAt(at: number): string {
	return `branch-${at}`;
}

function libraryAt(at: number): string {
	return `library-${at}`;
}

/** How it stands with all branches, from the tables of the provisioner. */
export async function whatIs(
	bed: Bed,
): Promise<{ branches: number; available: number; homes: number; routes: number }> {
	return inTables(bed, async (database) => {
		const count = async (query: string) => {
			const answer: { rows: { n: string }[] } = await database.raw(`select count(*) as n from ${query}`);
			return Number(answer.rows[0]!.n);
		};
		return {
			branches: await count("branch where stage <> 'listed' and retirement->'deleted' is null"),
			available: await count("condition where type = 'Available' and status = 'True'"),
			homes: await count('home'),
			routes: await count('route where address is not null'),
		};
	});
}

/** Waits until so many branches are there for people. What a home that is just coming answers is asked again after seconds, which nobody has to wait for otherwise. */
export async function untilAvailable(bed: Bed, many: number): Promise<void> {
	const look = async () => {
		await bed.provisioner.act('settle');
		return (await whatIs(bed)).available;
	};
	await until(`${many} branches that are served`, look, (available) => available === many, 120);
}

/** Does something with the tables of the provisioner. */
export async function inTables<T>(
	bed: Pick<Bed, 'databaseUrl'>,
	act: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>,
): Promise<T> {
	const database = await openDatabase(bed.databaseUrl);
	try {
		return await act(database);
	} finally {
		await database.destroy();
	}
}
