import { runProgram } from './program.ts';

/** PostgreSQL, asked as its administrator. */
export interface Administrator {
	/** Statements, run one after the other; answers with what they gave, a row a line. */
	ask(statements: string): string;
}

/** A database that has a copy beside it while an upgrade is under way. */
export interface CopiedDatabase {
	readonly name: string;
	readonly owner: string;
}

/** `words` are those of psql that lead to an administrator. */
export function administratorBy(words: readonly string[]): Administrator {
	const quiet = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1'];
	return { ask: (statements) => runProgram([...words, ...quiet], statements).trim() };
}

/** What a role's address says; none of it is secret. */
export function databaseOf(url: string): CopiedDatabase {
	const { pathname, username } = new URL(url);
	return { name: decodeURIComponent(pathname.slice(1)), owner: decodeURIComponent(username) };
}

const before = ({ name }: CopiedDatabase): string => `${name}_before_upgrade`;
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Bytes that the databases have. */
export function sizeOf(administrator: Administrator, databases: readonly CopiedDatabase[]): number {
	const sizes = databases.map(({ name }) => `SELECT pg_database_size(${literal(name)});`).join('\n');
	return administrator
		.ask(sizes)
		.split('\n')
		.reduce((sum, line) => sum + Number(line), 0);
}

/**
 * Copies each database beside itself, inside PostgreSQL: the copy has every object with its owner, and to go back is to give it the name. Nobody may be
 * connected. What is left of an earlier copy goes first.
 */
export function copyDatabases(administrator: Administrator, databases: readonly CopiedDatabase[]): void {
	dropCopies(administrator, databases);
	for (const database of databases) {
		const [copy, owner] = [quoted(before(database)), quoted(database.owner)];
		administrator.ask(
			`CREATE DATABASE ${copy} TEMPLATE ${quoted(database.name)} OWNER ${owner};\nREVOKE ALL ON DATABASE ${copy} FROM PUBLIC;`,
		);
	}
}

/** Puts the copies in the place of the databases. May be repeated: one whose copy is gone has been put back. */
export function restoreDatabases(administrator: Administrator, databases: readonly CopiedDatabase[]): void {
	for (const database of databases) {
		const found = administrator.ask(
			`SELECT count(*) FROM pg_database WHERE datname = ${literal(before(database))};`,
		);
		if (found !== '1') continue;
		administrator.ask(
			`DROP DATABASE IF EXISTS ${quoted(database.name)} WITH (FORCE);\nALTER DATABASE ${quoted(before(database))} RENAME TO ${quoted(database.name)};`,
		);
	}
}

export function dropCopies(administrator: Administrator, databases: readonly CopiedDatabase[]): void {
	for (const database of databases)
		administrator.ask(`DROP DATABASE IF EXISTS ${quoted(before(database))} WITH (FORCE);`);
}
