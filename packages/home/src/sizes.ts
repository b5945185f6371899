import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registry } from './registry.ts';

/** How many bytes each branch's folder has, one folder after the other: it is asked once a day, and may take its time. */
export async function sizesOf(
	registry: Pick<Registry, 'all' | 'folderOf'>,
): Promise<{ branch: string; bytes: number }[]> {
	const sizes: { branch: string; bytes: number }[] = [];
	for (const { branch } of registry.all())
		sizes.push({ branch: branch.id, bytes: await bytesIn(registry.folderOf(branch.id)) });
	return sizes;
}

async function bytesIn(folder: string): Promise<number> {
	const entries: Dirent[] = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
	let bytes = 0;
	for (const entry of entries) {
		if (!entry.isFile()) continue;
		// What is gone by now has no bytes.
		bytes += await stat(join(entry.parentPath, entry.name)).then(
			({ size }) => size,
			() => 0,
		);
	}
	return bytes;
}
