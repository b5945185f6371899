import { runMigrations } from 'bullmq';
import pg from 'pg';

type Queryable = Parameters<typeof runMigrations>[0];

/** A service owns one schema and may make none (docs/adr/0005), while PostgreSQL asks for that right even when the schema is there. */
const MAKES_SCHEMA = /^\s*create schema if not exists\b/i;

/**
 * Brings BullMQ's tables in `schema`, which is there already, up to date. BullMQ's own way (`migrate: true`) needs the right to make schemas.
 * One migrator at a time: BullMQ holds an advisory lock meanwhile. Rejects when the database is away.
 */
export async function migrateQueue(connectionString: string, schema: string): Promise<void> {
	const client = new pg.Client({ connectionString });
	await client.connect();
	try {
		const query: Queryable['query'] = async (text, values) => {
			if (MAKES_SCHEMA.test(text)) return { rows: [] };
			const { rows, rowCount } = await client.query(text, values && [...values]);
			return { rows: rows as never[], rowCount };
		};
		await runMigrations({ query }, schema);
	} finally {
		await client.end();
	}
}
