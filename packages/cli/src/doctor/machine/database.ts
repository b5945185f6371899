import pg from 'pg';

/** Milliseconds within which a database has to answer. */
const PATIENCE_MS = 5_000;

/** Runs `work` on a connection of its own. Rejects with the codes of the system and of PostgreSQL. */
export async function withDatabase<Done>(
	url: string,
	work: (client: pg.Client) => Promise<Done>,
): Promise<Done> {
	const client = new pg.Client({
		connectionString: url,
		connectionTimeoutMillis: PATIENCE_MS,
		query_timeout: PATIENCE_MS,
	});
	// One that goes away between two questions is noticed by the next.
	client.on('error', () => undefined);
	try {
		await client.connect();
		return await work(client);
	} finally {
		await client.end().catch(() => undefined);
	}
}
