import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNoImage } from '../../infra/image/image.ts';
import { litestreamProgram } from '../interop/litestream-program.ts';
import { whyNoNamespaces } from './bed/namespaces.ts';
import { readyPrograms } from './bed/program-cache.ts';
import { IMAGE } from './fixtures/image.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = new URL('../../docs/library-it/image.md', import.meta.url);

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
		writeImage(process.env.UNDERSTORY_CLUSTER_IMAGE);
		await use();
		return null;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The image of this checkout, made by the command of the page about it. A library of Debian that is not in the cache yet is fetched, which cannot be done in the namespaces. */
function writeImage(file: string): void {
	const [, command] = /^```sh\n(npm .+)$/m.exec(readFileSync(PAGE, 'utf8'))!;
	const name = `${IMAGE.repository}:${IMAGE.tag}`;
	execFileSync('bash', ['-c', `${command} -- --out "$0" --name "$1"`, file, name], {
		cwd: REPOSITORY,
		env: { ...process.env, UNDERSTORY_REVISION: 'of a test', SOURCE_DATE_EPOCH: '0' },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
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
