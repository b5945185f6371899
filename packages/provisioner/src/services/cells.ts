import { BadInput, Conflict, type Fault, NotFound } from '@understory/core/errors.ts';
import { isLabel } from '@understory/core/slug.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import {
	type CellSettings,
	type CountedCell,
	changeCell,
	deleteCell,
	FIRST_CELL,
	findCell,
	homesIn,
	insertCell,
	listCells,
	livingIn,
	movesAbout,
} from '../store/cells.ts';
import { type Database, lock } from '../store/database.ts';
import type { LibraryRow } from '../store/rows.ts';

/** What is said of a cell; libraries by their slugs. */
export interface WantedCell extends Omit<CellSettings, 'libraries'> {
	readonly name: string;
	readonly libraries: readonly string[];
}

/** A cell as it is shown: libraries by their slugs. */
export type ShownCell = Omit<CountedCell, 'next_start' | 'created' | 'libraries'> & {
	readonly libraries: readonly string[];
};

const NUMBERS = ['most_homes', 'most_branches', 'starts_per_minute', 'starts_at_once'] as const;
/** What a cell is held to when nothing else is said: a thousand homes each with a branch of its own, three starts in a second (docs/adr/0105). */
const USUAL = {
	takes: 'any',
	most_homes: 1_000,
	most_branches: 100_000,
	starts_per_minute: 180,
	starts_at_once: 3,
} as const;

export async function shownCells(context: Context): Promise<ShownCell[]> {
	const cells = await listCells(context.database);
	const ids = cells.flatMap(({ libraries }) => libraries);
	const rows = await context.database<LibraryRow>('library').whereIn('id', ids).select('id', 'slug');
	const slugs = new Map(rows.map(({ id, slug }) => [id, slug]));
	return cells.map(({ next_start: _next, created: _created, libraries, ...cell }) => ({
		...cell,
		libraries: libraries.flatMap((id) => slugs.get(id) ?? []).toSorted(),
	}));
}

/**
 * Tries whether homes can be started in a cell that is to be added: nothing is ever placed where nobody comes. Keeps nothing. Throws as `addCell` does, and why no home
 * could be started there, when the file's cluster does not answer, does not let the platform in, or has no namespace for homes.
 */
export async function tryCell(context: Context, wanted: Partial<WantedCell>): Promise<void> {
	const { name } = await checkedCell(context, wanted);
	await (await context.openCell!(name)).tryOut?.();
}

/**
 * Adds a cell that was tried, whose kubeconfig is the file of its name among those for cells; homes are started in it from now on when those before it are full, or
 * when it names their library. Doing it again changes nothing. Throws `Conflict` where there is one machine, `BadInput` with each fault.
 */
export async function addCell(context: Context, wanted: Partial<WantedCell>): Promise<ShownCell> {
	const { name, ...cell } = await checkedCell(context, wanted);
	await insertCell(context.database, {
		...{ ...USUAL, ...cell, name },
		kubeconfig: name,
		created: context.clock.now(),
	});
	return (await shownCells(context)).find((one) => one.name === name)!;
}

async function checkedCell(context: Context, { name = '', libraries = [], ...rest }: Partial<WantedCell>) {
	if (!context.openCell)
		throw new Conflict('On one machine there is one cell. More of them need clusters.', 'one_machine');
	const faults = faultsOf(rest);
	if (!isLabel(name) || name.length > 30)
		faults.push({ field: 'name', text: 'Small letters, digits and hyphens, 30 at most.' });
	const ids = await idsOf(context, libraries, faults);
	if (faults.length > 0) throw new BadInput('This cell cannot be added like that.', faults);
	return { ...rest, name, libraries: ids };
}

/** Changes what a cell takes; what lives there stays, also over a new limit. Throws `NotFound`, and `BadInput` with each fault. */
export async function configureCell(
	context: Context,
	name: string,
	{ libraries, ...change }: Partial<Omit<WantedCell, 'name'>>,
): Promise<ShownCell> {
	if (!(await findCell(context.database, name))) throw new NotFound('There is no such cell.');
	const faults = faultsOf(change);
	const ids = libraries && (await idsOf(context, libraries, faults));
	if (faults.length > 0) throw new BadInput('This cell cannot be changed like that.', faults);
	await changeCell(context.database, name, { ...change, ...(ids && { libraries: ids }) });
	return (await shownCells(context)).find((cell) => cell.name === name)!;
}

/** So many branches are named that still live in a cell. */
const NAMED = 5;

/**
 * Stops the homes of a cell in which nobody lives any more, and has nobody placed there. Throws `NotFound`, and `Conflict` with what is left there: branches, moves that are
 * under way, folders that are kept for a while. May be killed and done again. Throws what its cluster answers when homes cannot be stopped.
 */
export async function emptyCell(context: Context, name: string, by: string): Promise<void> {
	const { database, driver, clock } = context;
	if (!(await findCell(database, name))) throw new NotFound('There is no such cell.');
	if (name === FIRST_CELL) {
		const sentence =
			'The first cell is where the settings of the platform lead. It stays; take nothing into it.';
		throw new Conflict(sentence, 'first_cell');
	}
	await database.transaction(async (transaction) => {
		// Whoever looks for a place waits for this, and finds that nobody is taken any more.
		await lock(transaction, 'homes');
		await refuseLived(transaction, name);
		if ((await findCell(transaction, name))?.takes === 'none') return;
		await changeCell(transaction, name, { takes: 'none' });
		await addAudit(transaction, { at: clock.now(), actor: by, act: 'changeCell', subject: `/cells/${name}` });
	});
	for (const home of await homesIn(database, name)) await driver.stop(home);
}

/** Takes a cell away whose homes were stopped: it is forgotten with them. Throws `Conflict` as `emptyCell` does. */
export async function removeCell(context: Context, name: string, by: string): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, 'homes');
		await refuseLived(transaction, name);
		await deleteCell(transaction, name);
		await addAudit(transaction, {
			...{ at: context.clock.now(), actor: by },
			...{ act: 'cell_removed', subject: `cell ${name}` },
		});
	});
}

async function refuseLived(database: Database, cell: string): Promise<void> {
	const { all, first } = await livingIn(database, cell, NAMED);
	const { kept, until, underway } = await movesAbout(database, cell);
	const names = first.map(({ branch, library }) => `${branch} of ${library}`);
	const more = all > first.length ? ` and ${all - first.length} more` : '';
	const left = [
		...(all > 0 ? [`${all} live there: ${names.join(', ')}${more}.`] : []),
		...(underway > 0 ? [`${underway} are on their way there or away.`] : []),
		...(kept > 0
			? [`${kept} left a folder there that is kept until ${new Date(until).toISOString().slice(0, 16)}Z.`]
			: []),
	];
	if (left.length === 0) return;
	const sentence = `The cell ${cell} cannot be taken away yet. Of its branches ${left.join(' ')} Have it take none, move who lives there, and wait for what is kept.`;
	throw new Conflict(sentence, 'cell_in_use');
}

function faultsOf(settings: Partial<CellSettings>): Fault[] {
	return NUMBERS.flatMap((field) => {
		const number = settings[field];
		if (number === undefined || number === null) return [];
		const least = field.startsWith('starts_') ? 1 : 0;
		const isGood = Number.isInteger(number) && number >= least && number <= 1_000_000;
		return isGood ? [] : [{ field, text: `A whole number from ${least}, or nothing for no limit.` }];
	});
}

/** Slugs as ids; one that is none is a fault. */
async function idsOf(context: Context, slugs: readonly string[], faults: Fault[]): Promise<string[]> {
	const rows = await context
		.database<LibraryRow>('library')
		.whereIn('slug', [...slugs])
		.select('id', 'slug');
	const known = new Set(rows.map(({ slug }) => slug));
	const missing = slugs.filter((slug) => !known.has(slug));
	if (missing.length > 0)
		faults.push({ field: 'libraries', text: `There is no library ${missing.join(', ')}.` });
	return rows.map(({ id }) => id);
}
