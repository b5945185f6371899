import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Postgres, startPostgres } from './postgres.ts';

let shared: Promise<Postgres> | null = null;
let count = 0;

/**
 * For tests: the address of a fresh role and schema in a PostgreSQL that all tests of this process share. It is started at the first
 * call and stopped by `stopTestPostgres`, which the root hook of the test run calls.
 */
export async function freshDatabase(name: string): Promise<string> {
	shared ??= start();
	return (await shared).urlFor(`${name}_${++count}`);
}

/** Stops the shared server, if one was started. */
export async function stopTestPostgres(): Promise<void> {
	const running = shared;
	shared = null;
	await (await running)?.close();
}

async function start(): Promise<Postgres> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-postgres-'));
	const server = await startPostgres({ folder, careless: true });
	return {
		urlFor: (service) => server.urlFor(service),
		async close() {
			await server.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
