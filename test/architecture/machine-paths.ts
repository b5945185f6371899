import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const LEFT_OUT = new Set([
	'node_modules',
	'.git',
	'.town',
	'.screenshots',
	'coverage',
	'sample',
	'architecture',
]);
const READABLE = /\.(?:ts|mjs|js|json|md|hbs|css|ya?ml|sh)$|\/\.ci\/run$/;
/** The folder of some user on some machine; not a part of a web address. */
const PATH = /(?<![\w.:/}-])(?:\/(?:home|Users)\/\w|\/root\/|[A-Z]:\\{1,2}Users)/;

/** Files below a folder that hold the path of somebody's machine, each with its line. */
export function machinePaths(root: string, folder = root): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : machinePaths(root, path);
		if (!entry.isFile() || !READABLE.test(path)) return [];
		return readFileSync(path, 'utf8')
			.split('\n')
			.flatMap((line, at) =>
				PATH.test(line) ? [`${relative(root, path)}:${at + 1} holds the path of a machine`] : [],
			);
	});
}
