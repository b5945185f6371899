import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeImage, whyNoImage } from '../../infra/image/image.ts';
import { litestreamProgram } from '../interop/litestream-program.ts';
import { whyNoNamespaces } from './bed/namespaces.ts';
import { readyPrograms } from './bed/program-cache.ts';
import { IMAGE } from './fixtures/image.ts';
import { readyTools } from './tools.ts';

/**
 * Makes the programs of a cluster and the image of this checkout ready, then has `use` start scripts in namespaces (`runInNamespaces`); they find both by the
 * environment. On a machine that cannot do it, `use` is not called, and a sentence is returned that says why; otherwise null.
 */
export async function prepared(use: () => Promise<void>): Promise<string | null> {
	const cache = process.env.UNDERSTORY_CLUSTER_CACHE || join(homedir(), '.cache', 'understory', 'cluster');
	process.env.UNDERSTORY_CLUSTER_CACHE = cache;
	const why = whyNoNamespaces() ?? whyNoImage() ?? (await whyNoPrograms(cache));
	if (why) return why;
	// Short, because the names of sockets in it may have 107 bytes.
	const folder = mkdtempSync(join(tmpdir(), 'understory-'));
	process.env.UNDERSTORY_CLUSTER_FOLDER = folder;
	process.env.UNDERSTORY_CLUSTER_IMAGE = join(folder, 'image.tar');
	try {
		await writeImage(process.env.UNDERSTORY_CLUSTER_IMAGE);
		await use();
		return null;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The image of this checkout. A library of Debian that is not in the cache yet is fetched, which cannot be done in the namespaces. */
async function writeImage(file: string): Promise<void> {
	const order = {
		repository: fileURLToPath(new URL('../..', import.meta.url)),
		revision: 'of a test',
		created: new Date(0),
		helm: (await readyTools()).helm,
		cache: join(homedir(), '.cache', 'understory', 'image'),
	};
	makeImage(order, { file, name: () => `${IMAGE.repository}:${IMAGE.tag}` });
}

/** Built before the namespaces are entered: in there nothing can be fetched. */
async function whyNoPrograms(cache: string): Promise<string | null> {
	try {
		await readyPrograms(cache, (sentence) => console.log(sentence));
		await litestreamProgram();
		return null;
	} catch (error) {
		return (error as Error).message;
	}
}
