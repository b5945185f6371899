import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHILD = fileURLToPath(new URL('random-town-child.ts', import.meta.url));
/** So many things happen in all; a shorter run is asked for with RANDOM_OPERATIONS. */
const OPERATIONS = Number(process.env.RANDOM_OPERATIONS ?? 20_000);
/** A town for each, at the same time; one that failed is lived in again with RANDOM_SEED. */
const SEEDS = process.env.RANDOM_SEED ? [process.env.RANDOM_SEED] : ['314723', '271828'];

describe('towns where anything happens', () => {
	it(`no word of a post is ever found outside its scope, over ${OPERATIONS} things that people do`, async function () {
		this.timeout(10 * 60_000);
		const each = String(Math.ceil(OPERATIONS / SEEDS.length));
		const words = ['--disable-warning=ExperimentalWarning', CHILD];
		await Promise.all(SEEDS.map((seed) => promisify(execFile)(process.execPath, [...words, seed, each])));
	});
});
