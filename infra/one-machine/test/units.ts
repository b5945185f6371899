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
