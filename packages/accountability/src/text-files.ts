import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The text of a file, null when it is not there. */
export async function readText(path: string): Promise<string | null> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}

/** Writes a file whole or not at all, over one that is there; only its owner may read it. */
export async function writeText(path: string, text: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true, mode: 0o700 });
	const file = await open(`${path}.draft`, 'w', 0o600);
	try {
		await file.writeFile(text, 'utf8');
		await file.sync();
	} finally {
		await file.close();
	}
	await rename(`${path}.draft`, path);
}

/** The texts of all files of a folder whose names end so; none when the folder is not there. */
export async function listTexts(folder: string, ending: string): Promise<string[]> {
	const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return [];
		throw error;
	});
	return Promise.all(
		names.filter((name) => name.endsWith(ending)).map((name) => readFile(join(folder, name), 'utf8')),
	);
}
