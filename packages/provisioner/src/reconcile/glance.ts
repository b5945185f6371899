import type { Context } from '../context.ts';
import { branchesToGlance, type GlancedBranch, glancedFacts, type IdRange } from '../store/glances.ts';
import { isAtRest } from './at-rest.ts';
import { driftOf, seeHome } from './see-home.ts';

/** So many branches are read at once. */
const PAGE = 500;
/** Homes that the driver is asked about side by side: as many as looks that go on side by side. */
const HOMES_AT_ONCE = 6;
const MINUTE = 60_000;

export interface Glance {
	/** The name of the cell. */
	readonly cell: string;
	readonly range: IdRange;
	/** Has the branches looked at that are not at rest. */
	look(branches: readonly string[]): Promise<void>;
	/** Asked between two pages: is nobody waiting for the rest any more? */
	isOver?(): boolean;
}

/**
 * Glances at many branches of a cell at once: reads what a pass over each would read, in a few questions for hundreds of them, and hands on whatever a pass
 * would do something about. It acts on nothing and writes nothing, so it needs no lock; whoever is handed on is observed anew by the pass.
 */
export async function glanceAt(context: Context, { cell, range, look, isOver }: Glance): Promise<void> {
	let after: string | null = null;
	while (!isOver?.()) {
		const branches = await branchesToGlance(context.database, { cell, range, after }, PAGE);
		const due = await notAtRest(context, branches);
		if (due.length > 0) await look(due);
		if (branches.length < PAGE) return;
		after = branches.at(-1)!.id;
	}
}

async function notAtRest(context: Context, branches: readonly GlancedBranch[]): Promise<string[]> {
	const { intents, conditions, homes, busy, underWay } = await glancedFacts(context.database, branches);
	const due: string[] = [];
	const places = Map.groupBy(branches, ({ place }) => place)[Symbol.iterator]();
	async function next(): Promise<void> {
		for (const [place, theirs] of places) {
			const sight = place === null ? null : await seeHome(context, place);
			const compared = place === null || sight === null ? null : await driftOf(context, place, sight);
			const drift = compared?.drift ?? null;
			const now = context.clock.now();
			for (const branch of theirs) {
				const { id } = branch;
				const home = branch.home === null ? undefined : homes.get(branch.home);
				const seen = { branch, home, sight, drift, intent: intents.get(id), now };
				const around = { compared, underWay: underWay.get(id) ?? null };
				if (busy.has(id) || !isAtRest(seen, conditions.get(id) ?? [], around)) due.push(id);
			}
		}
	}
	await Promise.all(Array.from({ length: HOMES_AT_ONCE }, next));
	return due;
}

/** The branches whose turn it is in this minute, a sixtieth of all by their ids: each has its turn once an hour. */
export function turnOf(now: number): IdRange {
	const part = Math.floor(now / MINUTE) % 60;
	return { from: boundOf(part), before: part === 59 ? null : boundOf(part + 1) };
}

/** Where a sixtieth begins, by the first four digits of an id. */
function boundOf(part: number): string {
	const digits = Math.ceil((part * 0x10000) / 60).toString(16);
	return `${digits.padStart(4, '0')}0000-0000-0000-0000-000000000000`;
}
