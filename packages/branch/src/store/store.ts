import { PublicError } from '@understory/core/errors.ts';
import type Database from 'better-sqlite3';
import { toStoreError } from './faults.ts';
import { type Query, sql } from './sql.ts';

/** A result that is not a promise: nothing may wait, least of all for the network, while the store is held. */
export type Settled<T> = T extends PromiseLike<unknown> ? never : T;

/** What a function that only reads is given. */
export interface Reading {
	all<Row>(query: Query): Row[];
	first<Row>(query: Query): Row | undefined;
}

/** What a function inside a transaction is given. */
export interface Writing extends Reading {
	/** How many rows it changed. */
	run(query: Query): number;
	/**
	 * Runs once after the transaction is safely on disk, and never when it failed: for waking the worker.
	 */
	afterwards(act: () => void): void;
}

/** The two doors to a branch's file (DESIGN 5.8). Faults of the file come out as PublicErrors (`faults.ts`). */
export interface Store {
	/** All that it reads is of one moment, and what is read inside it by others of this branch too. Nothing is written inside. */
	read<T>(fn: (reading: Reading) => Settled<T>): T;
	/** All or nothing; what it returns is on the disk (`synchronous=FULL`) before the caller has it. */
	transact<T>(fn: (writing: Writing) => Settled<T>): T;
	/**
	 * The same doors for copies whose durable source is another branch of this home (DESIGN 4.1): all or nothing too, but what was
	 * written may be lost with the power (`synchronous=NORMAL`), until the next full transaction or `sync`.
	 */
	readonly relaxed: Pick<Store, 'read' | 'transact'>;
	/** After it everything written so far is on the disk. */
	sync(): void;
	close(): void;
}

/**
 * Puts the two doors before an open database. Statements are prepared once for each text. `onFault` is told of each fault of the
 * file, besides its being thrown.
 */
export function createStore(
	database: Database.Database,
	onFault: (fault: PublicError) => void = () => undefined,
): Store {
	const prepared = new Map<string, Database.Statement<unknown[]>>();
	const begin = database.prepare('BEGIN IMMEDIATE');
	const beginRead = database.prepare('BEGIN');
	const commit = database.prepare('COMMIT');
	const rollback = database.prepare('ROLLBACK');
	/** Is there anything that only a relaxed transaction wrote? */
	let loose = false;
	let synchronous: 'FULL' | 'NORMAL' | null = null;

	function statement(query: Query): [Database.Statement<unknown[]>, readonly unknown[]] {
		const { sql, bindings } = query.toSQL().toNative();
		let found = prepared.get(sql);
		if (!found) {
			found = database.prepare<unknown[]>(planned(sql));
			prepared.set(sql, found);
		}
		return [found, bindings];
	}

	function fault(error: unknown): unknown {
		const known = toStoreError(error);
		if (known !== error && known instanceof PublicError) onFault(known);
		return known;
	}

	const reading: Reading = {
		all<Row>(query: Query) {
			const [found, bindings] = statement(query);
			return found.all(...bindings) as Row[];
		},
		first<Row>(query: Query) {
			const [found, bindings] = statement(query);
			return found.get(...bindings) as Row | undefined;
		},
	};

	function read<T>(fn: (reading: Reading) => Settled<T>): T {
		const inside = database.inTransaction;
		try {
			if (inside) return fn(reading);
			beginRead.run();
			const result = fn(reading);
			commit.run();
			return result;
		} catch (error) {
			if (!inside && database.inTransaction) rollback.run();
			throw fault(error);
		}
	}

	function transact<T>(fn: (writing: Writing) => Settled<T>): { result: T; wrote: boolean } {
		const later: (() => void)[] = [];
		let wrote = false;
		const writing: Writing = {
			...reading,
			run(query) {
				const [found, bindings] = statement(query);
				const { changes } = found.run(...bindings);
				wrote ||= changes > 0;
				return changes;
			},
			afterwards: (act) => void later.push(act),
		};
		let result: T;
		try {
			begin.run();
			result = fn(writing);
			commit.run();
		} catch (error) {
			// A full disk has rolled back already; a second rollback would hide why.
			if (database.inTransaction) rollback.run();
			throw fault(error);
		}
		for (const act of later) act();
		return { result, wrote };
	}

	/** Changed only when the other door was used last: many copies come one after the other. */
	function use(mode: 'FULL' | 'NORMAL'): void {
		if (mode === synchronous) return;
		database.pragma(`synchronous = ${mode}`);
		synchronous = mode;
	}

	return {
		read,
		transact(fn) {
			use('FULL');
			const { result, wrote } = transact(fn);
			// One that wrote nothing has put nothing on the disk either.
			if (wrote) loose = false;
			return result;
		},
		relaxed: {
			read,
			transact(fn) {
				use('NORMAL');
				const { result, wrote } = transact(fn);
				loose ||= wrote;
				return result;
			},
		},
		sync() {
			if (!loose) return;
			use('FULL');
			transact((writing) => void writing.run(sql.raw(MARK)));
			loose = false;
		},
		close: () => void database.close(),
	};
}

/** Quoted parts of a statement, and the places for its values. */
const VALUES = /'[^']*'|"[^"]*"|`[^`]*`|\?/g;

/**
 * Keeps SQLite from looking at the values when it chooses how to run a statement: where a value could decide between two ways (an order, a limit),
 * it would choose, and compile, anew each time another is bound, which takes ten times as long as running it
 * (https://sqlite.org/qpsg.html; better-sqlite3 cannot set that). A plus before a value changes nothing else.
 */
function planned(text: string): string {
	return text.replace(VALUES, (part) => (part === '?' ? '+?' : part));
}

/** A write that changes something each time: with it everything before it in the log goes to the disk. */
const MARK = `INSERT INTO cache (key, value, expires) VALUES ('synced', '0', 0)
	ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1`;
