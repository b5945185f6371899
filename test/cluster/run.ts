import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeImage, whyNoImage } from '../../infra/image/image.ts';
import { runInNamespaces, whyNoNamespaces } from './bed/namespaces.ts';
import { readyPrograms } from './bed/program-cache.ts';
import { IMAGE } from './fixtures/image.ts';
import { readyTools } from './tools.ts';

/**
 * `npm run test:cluster`: makes the programs of a cluster and the image ready, then runs the tests of this folder in namespaces of their own;
 * all of them, or those whose files are named. On a machine that cannot do it every test is skipped, and says why.
 */
const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const cache = process.env.UNDERSTORY_CLUSTER_CACHE || join(homedir(), '.cache', 'understory', 'cluster');
const asked = process.argv.slice(2);
const all = readdirSync(at('.')).filter((file) => file.endsWith('.test.ts'));
const files = all.filter((file) => asked.includes(file) || !all.some((one) => asked.includes(one)));
const words = ['--config', at('./mocharc.json'), ...asked.filter((word) => !all.includes(word))];
const mocha = at('../../node_modules/mocha/bin/mocha.js');

process.env.UNDERSTORY_CLUSTER_CACHE = cache;
const why = whyNoNamespaces() ?? whyNoImage() ?? (await whyNoPrograms());
if (why) {
	console.error(`\n${why}\nThe tests that need a cluster are skipped.\n`);
	process.env.UNDERSTORY_NO_CLUSTER = why;
	process.argv = [process.argv[0]!, mocha, ...words, ...files.map((file) => at(file))];
	await import(mocha);
} else {
	// Short, because the names of sockets in it may have 107 bytes.
	const folder = mkdtempSync(join(tmpdir(), 'understory-'));
	process.env.UNDERSTORY_CLUSTER_FOLDER = folder;
	process.env.UNDERSTORY_CLUSTER_IMAGE = join(folder, 'image.tar');
	try {
		await writeImage(process.env.UNDERSTORY_CLUSTER_IMAGE);
		// Each file has namespaces of its own: a cluster is alone in them, and leaves nothing to the next.
		for (const file of files) {
			const code = await runInNamespaces(mocha, [...words, at(file)]);
			if (code !== 0) process.exitCode = code;
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The image of this checkout. A library of Debian that is not in the cache yet is fetched, which cannot be done in there either. */
async function writeImage(file: string): Promise<void> {
	const order = {
		repository: at('../..'),
		revision: 'of a test',
		created: new Date(0),
		helm: (await readyTools()).helm,
		cache: join(homedir(), '.cache', 'understory', 'image'),
	};
	makeImage(order, { file, name: () => `${IMAGE.repository}:${IMAGE.tag}` });
}

/** Built before the namespaces are entered: in there nothing can be fetched. */
async function whyNoPrograms(): Promise<string | null> {
	try {
		await readyPrograms(cache, (sentence) => console.log(sentence));
		return null;
	} catch (error) {
		return (error as Error).message;
	}
}
