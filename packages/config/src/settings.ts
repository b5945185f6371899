/** One setting: everything the reader, `--help` and the documentation say of it. */
export interface Setting {
	/** The environment variable. */
	readonly name: string;
	/** The option on the command line, where there is one. */
	readonly option: string | null;
	readonly value: string | null;
	readonly usual: string;
	readonly meaning: string;
	readonly secret?: true;
}

/** Every setting there is. `docs/library-it/settings.md` is made of this table, and a test holds the two together. */
export const SETTINGS = [
	{
		name: 'UNDERSTORY_PORT',
		option: '--port',
		value: 'number',
		usual: '4000',
		meaning: 'The port of the town. It becomes part of every address, so data keeps the port it began with.',
	},
	{
		name: 'UNDERSTORY_DATA',
		option: '--data',
		value: 'folder',
		usual: '.town',
		meaning: 'The folder where the town keeps everything. Made when it is not there.',
	},
	{
		name: 'UNDERSTORY_LIBRARY',
		option: '--library',
		value: 'key',
		usual: 'OR0063',
		meaning:
			'Which library systems of the sample to start with, by FSCS key. The option may be repeated; the variable takes a list with commas.',
	},
	{
		name: 'UNDERSTORY_SAMPLE',
		option: '--no-sample',
		value: null,
		usual: 'yes',
		meaning: 'Whether the sample library, its demo cards and hosts are there: yes or no. The option says no.',
	},
	{
		name: 'UNDERSTORY_DATABASE_URL',
		option: null,
		value: null,
		usual: 'the embedded PostgreSQL',
		meaning:
			'An administrator’s address of a PostgreSQL of your own, in which the town makes its roles and schemas.',
		secret: true,
	},
	{
		name: 'UNDERSTORY_RECOVERY_KEY',
		option: null,
		value: null,
		usual: 'none',
		meaning:
			'The public half of a recovery key, as `understory recovery-key make` prints it, to which the keys of the town’s homes are sealed and kept.',
	},
	{
		name: 'UNDERSTORY_LOG_LEVEL',
		option: null,
		value: null,
		usual: 'warn',
		meaning: 'How much is written to understory.log in the data folder: debug, info, warn, error or silent.',
	},
] as const satisfies readonly Setting[];

export type SettingName = (typeof SETTINGS)[number]['name'];

/** The table of the documentation. */
export function settingsTable(): string {
	const rows = SETTINGS.map((setting: Setting) => {
		const option = setting.option ? `\`${setting.option}${setting.value ? ` <${setting.value}>` : ''}\`` : '';
		return `| \`${setting.name}\` | ${option} | ${setting.usual} | ${setting.meaning}${setting.secret ? ' A secret.' : ''} |`;
	});
	return ['| variable | option | usual | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** What `--help` prints. */
export function helpText(): string {
	const lines = SETTINGS.filter((setting) => setting.option).map((setting: Setting) => {
		const option = `${setting.option}${setting.value ? ` <${setting.value}>` : ''}`;
		return `  ${option.padEnd(20)} ${setting.meaning} (${setting.name}, usually ${setting.usual})`;
	});
	return [
		'Starts a whole town: a library, its branches, card sign-in and accountability, on one port.',
		'',
		'npm start -- [options]',
		'',
		...lines,
		'  --help               This text.',
		'',
	].join('\n');
}
