import { resolve } from 'node:path';
import { failed, ok, type Result } from '@understory/core/result.ts';
import { isBoxPublicKey } from '@understory/core/sealed-box.ts';
import { COMMAND_SETTINGS } from './command.ts';
import { NO_RECOVERY_KEY } from './home-places.ts';
import { SETTINGS, type SettingName } from './settings.ts';

/** How a town is to run. Holds no secret, so it may be printed. */
export interface TownConfig {
	readonly port: number;
	/** Absolute. */
	readonly data: string;
	/** FSCS keys. */
	readonly libraries: readonly string[];
	readonly sample: boolean;
	readonly logLevel: LogLevel;
	/** The public half of the key that the keys of homes are sealed to; null: they are kept nowhere else. */
	readonly recoveryKey: string | null;
	/** True when `databaseUrl` of the secrets is set. */
	readonly ownDatabase: boolean;
}

/** What must not be printed. */
export interface TownGivenSecrets {
	readonly databaseUrl: string | null;
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];

export type TownReading = Result<
	{ readonly config: TownConfig; readonly secrets: TownGivenSecrets } | 'help',
	readonly string[]
>;

/**
 * Reads options, then the environment (an option wins), and checks everything. All faults are reported at once, each a sentence an operator
 * can act on. Variables that begin with UNDERSTORY_ and are not known are faults too: a misspelled setting must not pass in silence.
 */
export function readTown(
	words: readonly string[],
	environment: Readonly<Record<string, string | undefined>>,
): TownReading {
	const faults: string[] = [];
	const given = new Map<SettingName, string>();
	for (const [name, value] of Object.entries(environment)) {
		if (!name.startsWith('UNDERSTORY_') || value === undefined || value === '') continue;
		const known = SETTINGS.find((setting) => setting.name === name);
		if (known) given.set(known.name, value);
		// Whoever uses the command in the same shell is not mistaken about the town.
		else if (COMMAND_SETTINGS.some((setting) => setting.name === name)) continue;
		else faults.push(`${name} is not a setting of Understory. Look at the list that --help prints.`);
	}
	if (words.includes('--help') || words.includes('-h')) return ok('help');
	const libraries = readOptions(words, given, faults);
	const config = check(given, libraries, faults);
	return faults.length > 0 ? failed(faults) : ok(config);
}

/** Puts what the options say over what the environment says; returns the libraries that were asked for one by one. */
function readOptions(words: readonly string[], given: Map<SettingName, string>, faults: string[]): string[] {
	const libraries: string[] = [];
	const rest = [...words];
	for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
		if (word === '--no-sample') {
			given.set('UNDERSTORY_SAMPLE', 'no');
			continue;
		}
		const [, option, joined] = /^([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
		const known = SETTINGS.find((setting) => setting.option === option && setting.value !== null);
		if (!known) {
			faults.push(`There is no option ${option}. \`npm start -- --help\` lists them.`);
			continue;
		}
		const value = joined ?? (rest[0]?.startsWith('--') ? undefined : rest.shift());
		if (!value) faults.push(`${option} needs a ${known.value} after it.`);
		else if (known.name === 'UNDERSTORY_LIBRARY') libraries.push(...value.split(','));
		else given.set(known.name, value);
	}
	return libraries;
}

function check(given: ReadonlyMap<SettingName, string>, asked: readonly string[], faults: string[]) {
	const portText = given.get('UNDERSTORY_PORT') ?? '4000';
	const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
	if (!(port >= 1 && port <= 65_535))
		faults.push(`The port is "${portText}". Choose a number from 1 to 65535.`);
	const listed = given.get('UNDERSTORY_LIBRARY')?.split(',') ?? ['OR0063'];
	const libraries = [
		...new Set((asked.length > 0 ? asked : listed).map((key) => key.trim().toUpperCase()).filter(Boolean)),
	];
	if (libraries.length === 0) faults.push('No library is named. Give an FSCS key such as OR0063.');
	for (const key of libraries) {
		if (!/^[A-Z]{2}\d{4}$/.test(key)) faults.push(`"${key}" is not an FSCS key. One looks like OR0063.`);
	}
	const sample = given.get('UNDERSTORY_SAMPLE') ?? 'yes';
	if (sample !== 'yes' && sample !== 'no') faults.push(`UNDERSTORY_SAMPLE is "${sample}". Say yes or no.`);
	const level = given.get('UNDERSTORY_LOG_LEVEL') ?? 'warn';
	const logLevel = LEVELS.find((known) => known === level);
	if (!logLevel) faults.push(`UNDERSTORY_LOG_LEVEL is "${level}". Choose one of ${LEVELS.join(', ')}.`);
	const databaseUrl = given.get('UNDERSTORY_DATABASE_URL') ?? null;
	if (databaseUrl !== null && !/^postgres(?:ql)?:\/\/\S+$/.test(databaseUrl)) {
		faults.push(
			'UNDERSTORY_DATABASE_URL is not the address of a PostgreSQL. One looks like postgres://user:password@host:5432/name.',
		);
	}
	const recovery = given.get('UNDERSTORY_RECOVERY_KEY') ?? 'none';
	if (recovery !== 'none' && !isBoxPublicKey(recovery)) faults.push(NO_RECOVERY_KEY);
	return {
		config: {
			port,
			data: resolve(given.get('UNDERSTORY_DATA') ?? '.town'),
			libraries,
			sample: sample === 'yes',
			logLevel: logLevel ?? 'warn',
			recoveryKey: recovery === 'none' ? null : recovery,
			ownDatabase: databaseUrl !== null,
		},
		secrets: { databaseUrl },
	};
}
