import { statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readyTools } from '../../test/cluster/tools.ts';
import { readCommit } from './commit.ts';
import { BASE_FILE, newestPackages, readBase } from './debian.ts';
import { makeImage, whyNoImage, writeFiles } from './image.ts';

/**
 * `npm run image`: writes the image of this commit into an OCI archive, its bill of materials beside it, and says its digest.
 * `--folder FOLDER` writes its files into a folder instead, which is what the Containerfile makes an image of. `--newest-debian` writes the newest
 * versions of Debian's packages into the list of the base: to be run when Debian mends one of them.
 */
const repository = fileURLToPath(new URL('../..', import.meta.url));
const why = whyNoImage();
if (why) stop(why);
try {
	const { values } = parseArgs({
		options: {
			out: { type: 'string', default: join(repository, '.image', 'understory.oci.tar') },
			name: { type: 'string' },
			folder: { type: 'string' },
			'newest-debian': { type: 'boolean' },
		},
	});
	const cache = process.env.UNDERSTORY_IMAGE_CACHE || join(homedir(), '.cache', 'understory', 'image');
	if (values['newest-debian']) {
		const newest = newestPackages(readBase(), join(cache, 'debian'));
		writeFileSync(BASE_FILE, `${JSON.stringify(newest, null, '\t')}\n`);
		console.log(newest.packages.map(({ name, version }) => `${name} ${version}`).join('\n'));
		process.exit();
	}
	const order = {
		repository,
		helm: (await readyTools()).helm,
		...readCommit(repository, process.env),
		cache,
	};
	if (values.folder) {
		const root = resolve(values.folder);
		writeFiles(order, { base: root, modules: root, application: root });
	} else {
		const file = resolve(values.out);
		const name = (version: string) => values.name ?? `localhost/understory:${version}`;
		const made = makeImage(order, { file, name });
		writeFileSync(`${file}.cdx.json`, made.sbom);
		const size = Math.round(statSync(file).size / 1e6);
		console.log(`${made.name}\n${made.digest}\n${file} (${size} MB) and ${file}.cdx.json`);
	}
} catch (error) {
	stop((error as Error).message);
}

function stop(sentence: string): never {
	console.error(sentence);
	process.exit(1);
}
