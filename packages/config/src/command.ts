import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the `understory` command takes from the environment; in the documentation beside the settings of the town. */
export const COMMAND_SETTINGS = [
	{
		name: 'UNDERSTORY_URL',
		usual: 'where you logged in',
		meaning: 'The address of the platform that the command talks to.',
	},
	{
		name: 'UNDERSTORY_TOKEN',
		usual: 'what you logged in with',
		meaning: 'The API token that the command uses. For scripts; people use `understory login`. A secret.',
	},
] as const;

/** How the command is to run. `token` is a secret and must not be printed. */
export interface CommandConfig {
	readonly url: string | null;
	readonly token: string | null;
	/** Where a login is kept, for the person who runs the command only. */
	readonly loginFile: string;
}

/** Reads what the command needs; an empty variable counts as none. */
export function readCommand(environment: Readonly<Record<string, string | undefined>>): CommandConfig {
	const base = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config');
	return {
		url: environment.UNDERSTORY_URL || null,
		token: environment.UNDERSTORY_TOKEN || null,
		loginFile: join(base, 'understory', 'login.json'),
	};
}

/** The table of the documentation. */
export function commandSettingsTable(): string {
	const rows = COMMAND_SETTINGS.map(({ name, usual, meaning }) => `| \`${name}\` | ${usual} | ${meaning} |`);
	return ['| variable | usual | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}
