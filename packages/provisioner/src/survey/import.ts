import { BadInput } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { Catalog, type RowResult } from './catalog.ts';
import { type Outlet, type Read, readOutlet, readSystem, type Skip, type System } from './outlet.ts';
import { readSurvey } from './rows.ts';

/** What an import came to, in rows of the file; `proposed_closing` counts branches. */
export type Summary = Record<RowResult['outcome'], number> & { rows: number };

const BATCH = 1_000;

const SKIPPED: Record<Skip, string> = {
	bookmobile: 'A bookmobile has no door to knock on.',
	books_by_mail: 'Books by mail have no door to knock on.',
	closed: 'Closed, says the survey.',
	temporarily_closed: 'Closed for a time, says the survey.',
};

/**
 * Imports a file of the Public Libraries Survey, outlets or systems, as it is published. Streams: a batch of rows is in memory at a time.
 * Nothing begins to run: branches are `listed`. A second import of the same file changes nothing; next year's file updates names, addresses
 * and phones, proposes closings, and renames no host. `told` gets the result of each row and the number read so far.
 * Throws `BadInput` for a file that is not of the survey; what was taken in before a broken line stays.
 */
export async function importSurvey(
	context: Context,
	file: {
		bytes: AsyncIterable<Uint8Array>;
		/** Only these systems, by FSCS key; all when null. */
		only: readonly string[] | null;
		told(results: readonly RowResult[], rowsRead: number): Promise<void>;
	},
): Promise<Summary> {
	const only = file.only ? new Set(file.only) : null;
	const { file: kind, rows } = await readSurvey(file.bytes);
	const catalog = new Catalog(context);
	await catalog.load();
	const summary: Summary = {
		rows: 0,
		created: 0,
		unchanged: 0,
		updated: 0,
		skipped: 0,
		refused: 0,
		proposed_closing: 0,
	};
	const found = new Set<string>();
	let read = 0;

	async function tell(results: readonly RowResult[]): Promise<void> {
		for (const { outcome } of results) summary[outcome]++;
		await file.told(results, read);
		context.afterStep('import_batch');
	}

	let outlets: Outlet[] = [];
	let systems: System[] = [];
	let others: RowResult[] = [];
	async function flush(): Promise<void> {
		const taken =
			kind === 'outlets' ? await catalog.takeOutlets(outlets) : await catalog.takeSystems(systems);
		await tell([...taken, ...others].sort((a, b) => a.line - b.line));
		outlets = [];
		systems = [];
		others = [];
	}

	for await (const row of rows) {
		const system = row.columns.FSCSKEY ?? '';
		if (only && !only.has(system)) continue;
		found.add(system);
		read++;
		if (kind === 'outlets') sort(readOutlet(row), outlets, others);
		else sort(readSystem(row), systems, others);
		if (outlets.length + systems.length + others.length >= BATCH) await flush();
	}
	await flush();
	if (kind === 'outlets') await tell(await catalog.proposeClosings(only));
	const missing = [...(only ?? [])].filter((system) => !found.has(system));
	if (missing.length > 0) {
		throw new BadInput(`The file has no library with the key ${missing.join(', ')}.`, [
			{ field: 'library', text: 'This key is not in the file.' },
		]);
	}
	return { ...summary, rows: read };
}

function sort<T>(read: Read<T>, rows: T[], others: RowResult[]): void {
	if (read.kind === 'row') rows.push(read.row);
	else if (read.kind === 'refused') {
		others.push({ line: read.line, key: read.key, outcome: 'refused', reason: read.reason });
	} else others.push({ line: read.line, key: read.key, outcome: 'skipped', reason: SKIPPED[read.reason] });
}
