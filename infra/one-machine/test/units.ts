import { readFileSync } from 'node:fs';

/** What a unit file says: section and key, with every value in the order it stands. */
export function readUnit(file: URL | string): Map<string, string[]> {
	const said = new Map<string, string[]>();
	let section = '';
	for (const line of readFileSync(file, 'utf8').split('\n')) {
		const head = /^\[(\w+)\]$/.exec(line);
		if (head) section = head[1]!;
		const [, key, value] = /^([A-Z]\w*)=(.*)$/.exec(line) ?? [];
		if (key === undefined) continue;
		const name = `${section}.${key}`;
		said.set(name, [...(said.get(name) ?? []), value!]);
	}
	return said;
}

/** The lines `NAME=value` of a text, as systemd reads an EnvironmentFile. */
export function variablesIn(text: string): Record<string, string> {
	return Object.fromEntries(
		text
			.split('\n')
			.filter((line) => line.includes('='))
			.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
	);
}

/** What starts a service as its unit says: in which folder, with which words and variables. `here` puts the places of this machine for the usual ones, `%d` too. */
export function startOf(
	file: URL | string,
	here: (text: string) => string,
): { folder: string; words: string[]; variables: Record<string, string> } {
	const unit = readUnit(file);
	const one = (key: string) => here(unit.get(`Service.${key}`)![0]!);
	return {
		folder: one('WorkingDirectory'),
		words: one('ExecStart').split(' '),
		variables: {
			...variablesIn(here(readFileSync(one('EnvironmentFile'), 'utf8'))),
			...variablesIn(one('Environment').replaceAll(' ', '\n')),
		},
	};
}
