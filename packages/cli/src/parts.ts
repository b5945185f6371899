import type { ApiClient, ApiClientParts } from '@understory/api-client/client.ts';
import type { CommandConfig } from '@understory/config/command.ts';
import type { ExitCode } from './exit-code.ts';
import type { Row } from './table.ts';

/** What a command is built from; made in `main.ts`, and by tests. */
export interface CliParts {
	readonly config: CommandConfig;
	/** Writes to the standard output. */
	out(text: string): void;
	/** Writes to the standard error: sentences, progress. */
	say(text: string): void;
	/** True when a person sees what `say` writes, so that a line may be written over. */
	readonly seen: boolean;
	/** How many columns the terminal has that shows what `out` writes; missing where nobody sees it, as in a pipe. */
	width?(): number;
	/** Asks for a secret on the terminal without showing it, or reads the first line that is piped in. */
	askSecret(question: string): Promise<string>;
	/** UTC milliseconds. */
	now(): number;
	/** Resolves when the process is asked to stop. */
	stopped(): Promise<void>;
	/** The bytes of a file. Rejects when it cannot be read. */
	file(path: string): Promise<AsyncIterable<Uint8Array>>;
	client(login: Pick<ApiClientParts, 'url' | 'token' | 'endsSoon'>): ApiClient;
}

/** What every command may count on. */
export interface Session extends CliParts {
	/** The client of whoever is logged in. Throws `NotSignedIn` when nobody is. */
	api(): ApiClient;
	/** Prints rows as a table, or everything as JSON when that was asked for. */
	show<T extends object>(columns: readonly string[], items: readonly T[], rowOf: (item: T) => Row): void;
	/** Prints one thing: lines of name and value, or all of it as JSON. */
	showOne(item: object, row: Row): void;
	/** Prints a text of several sentences, or what is behind it as JSON. */
	showText(item: object, text: string): void;
	/** Whether everything is to be printed as JSON. */
	asJson(): boolean;
	/** How the process is to end; `done` unless a command says otherwise. */
	end(code: ExitCode): void;
}
