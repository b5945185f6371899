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

/** A query written out, for those that a page asks for each of its posts: building one costs more than running it. */
export function written(text: string, ...bindings: readonly unknown[]): Query {
	return { toSQL: () => ({ toNative: () => ({ sql: text, bindings }) }) };
}
