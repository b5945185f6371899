import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTown, type Town, type TownOptions } from './town.ts';

/**
 * The bed that tests lie in: a whole town on a free port with a temporary folder, no timers and no artificial delays. `settle()` does what
 * waiting would do; `close()` removes the folder.
 */
export async function create(options: Partial<TownOptions> = {}): Promise<Town & { readonly data: string }> {
	const own = options.data === undefined;
	const data = options.data ?? mkdtempSync(join(tmpdir(), 'understory-town-'));
	const town = await createTown({
		port: 0,
		libraries: [],
		sample: false,
		logLevel: 'info',
		databaseUrl: null,
		forTests: true,
		...options,
		data,
	});
	return {
		...town,
		data,
		async close() {
			await town.close();
			if (own) rmSync(data, { recursive: true, force: true });
		},
	};
}
