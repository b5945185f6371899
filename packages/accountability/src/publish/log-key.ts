import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exportKey, generateKey, importKey, type SigningKey } from '@understory/transparency-log/keys.ts';

/**
 * The key in a file that only its owner may read; made once, when there is none. Of two processes that make it at the same
 * moment both get the one that was first. Rejects when the file is there and holds no key: it is never replaced.
 */
export async function keyInFile(path: string): Promise<SigningKey> {
	const known = await readIfThere(path);
	if (known !== null) return importKey(known);
	await mkdir(dirname(path), { recursive: true, mode: 0o700 });
	const draft = join(dirname(path), `.${randomBytes(8).toString('hex')}.draft`);
	const file = await open(draft, 'wx', 0o600);
	try {
		await file.writeFile(exportKey(generateKey()));
		await file.sync();
	} finally {
		await file.close();
	}
	try {
		// A link, not a rename: it fails when the name is taken.
		await link(draft, path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	} finally {
		await unlink(draft);
	}
	return importKey(await readFile(path, 'utf8'));
}

async function readIfThere(path: string): Promise<string | null> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}
