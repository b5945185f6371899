import knex, { type Knex } from 'knex';

/**
 * Builds SQL text and nothing else: it has no connection, so a query can only be run by being handed to the store (DESIGN 5.8).
 * It is a constant without state, shared by every store of the process.
 */
export const sql: Knex = knex({ client: 'better-sqlite3', useNullAsDefault: true });

/** A query as knex builds it. */
export interface Query {
	toSQL(): { toNative(): { sql: string; bindings: readonly unknown[] } };
}

/** A query written out, for what is asked for each post of a page or for each post that comes: building one costs more than running it. */
export function written(text: string, ...bindings: readonly unknown[]): Query {
	return { toSQL: () => ({ toNative: () => ({ sql: text, bindings }) }) };
}

/** A row put into a table, written out likewise. Its names are columns, which our own code gives. */
export function added(table: string, row: Readonly<Record<string, unknown>>): Query {
	const columns = Object.keys(row);
	const marks = columns.map(() => '?').join(', ');
	return written(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`, ...Object.values(row));
}
