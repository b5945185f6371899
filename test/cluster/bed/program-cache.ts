import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCES = fileURLToPath(new URL('./programs', import.meta.url));
const run = promisify(execFile);

/** What the bed has of a Go module: a program that is built, or a file that it brings. `names` are what it is called by. */
interface Recipe {
	/** Its folder in `programs/`. */
	readonly folder: string;
	readonly names: readonly string[];
	/** What `go build` is given: `.` for our own `main`, `tool` for one that a module brings. Or a file that is taken as it is. */
	readonly build: '.' | 'tool' | { readonly module: string; readonly file: string };
	/** For `-X`: what the program says its version is. Charts ask the API server for it. */
	readonly says?: readonly string[];
}

const KUBERNETES = '1.36.3';

const RECIPES: readonly Recipe[] = [
	{ folder: 'etcd', names: ['etcd'], build: 'tool' },
	{ folder: 'pause', names: ['pause'], build: '.' },
	{ folder: 'volumes', names: ['volumes'], build: '.' },
	{ folder: 'dns', names: ['dns'], build: '.' },
	{
		folder: 'gateway',
		names: ['httproutes.yaml'],
		build: {
			module: 'sigs.k8s.io/gateway-api',
			file: 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml',
		},
	},
	{
		folder: 'kubernetes',
		names: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'],
		build: '.',
		says: ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((module) => [
			`${module}.gitVersion=v${KUBERNETES}`,
			`${module}.gitMajor=1`,
			`${module}.gitMinor=36`,
			`${module}.gitTreeState=clean`,
			`${module}.buildDate=1970-01-01T00:00:00Z`,
		]),
	},
];

/** Where each program of the bed stands, by the name it is called by. */
export type Programs = (name: string) => string;

/**
 * The programs of the bed, from the cache or built: each kept under what decides its bytes (Go's version, its module files, its source),
 * so that a cache can be shared and carried. `say` hears a sentence before each build, because the largest takes minutes.
 * Throws with a sentence when there is no Go or a module cannot be had.
 */
export async function readyPrograms(cache: string, say: (sentence: string) => void): Promise<Programs> {
	const where = new Map<string, string>();
	const go = await goVersion();
	for (const recipe of RECIPES) {
		const home = join(cache, `${recipe.folder}-${fingerprint(recipe, go)}`);
		if (!existsSync(home)) await build(recipe, home, cache, say);
		for (const name of recipe.names) where.set(name, join(home, name));
	}
	return (name) => {
		const file = where.get(name);
		if (!file) throw new Error(`The bed has no program "${name}".`);
		return file;
	};
}

async function goVersion(): Promise<string> {
	try {
		return (await run('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'])).stdout;
	} catch {
		throw new Error('The cluster of the tests is built with Go from 1.26 on, which is not on this machine.');
	}
}

function fingerprint({ folder, says = [] }: Recipe, go: string): string {
	const hash = createHash('sha256').update(go).update(says.join());
	const source = join(SOURCES, folder);
	for (const file of readdirSync(source).toSorted())
		hash.update(file).update(readFileSync(join(source, file)));
	return hash.digest('hex').slice(0, 16);
}

/** Builds beside the cache's entry and gives it its name when it is whole: a build that is killed leaves nothing that is taken for one. */
async function build(
	recipe: Recipe,
	home: string,
	cache: string,
	say: (sentence: string) => void,
): Promise<void> {
	mkdirSync(cache, { recursive: true });
	const draft = mkdtempSync(join(cache, '.building-'));
	say(`Building ${recipe.names.join(', ')} from Go modules, once for this cache.`);
	try {
		const [file, ...links] = recipe.names;
		await write(recipe, join(draft, file!));
		for (const link of links) symlinkSync(file!, join(draft, link));
		renameSync(draft, home);
	} catch (error) {
		const { stderr } = error as { stderr?: string };
		const last = stderr?.trim().split('\n').slice(-5).join('\n') ?? String(error);
		throw new Error(`${recipe.names[0]} could not be made for the cluster of the tests:\n${last}`);
	} finally {
		rmSync(draft, { recursive: true, force: true });
	}
}

async function write({ folder, build: how, says = [] }: Recipe, file: string): Promise<void> {
	const options = {
		cwd: join(SOURCES, folder),
		// Nothing but what the module files pin: no other toolchain, no workspace of the machine.
		env: {
			...process.env,
			GOTOOLCHAIN: 'local',
			GOWORK: 'off',
			GOFLAGS: '',
			CGO_ENABLED: '0',
			GOGC: '400',
		},
		maxBuffer: 1 << 26,
	};
	if (typeof how === 'object') {
		// Compared with go.sum, as a build would.
		const { stdout } = await run('go', ['mod', 'download', '-json', how.module], options);
		copyFileSync(join((JSON.parse(stdout) as { Dir: string }).Dir, how.file), file);
		return;
	}
	const flags = ['-s', '-w', ...says.flatMap((said) => ['-X', said])].join(' ');
	const words = ['-mod=readonly', '-p', '2', '-trimpath', '-ldflags', flags, '-o', file, how];
	await run('go', ['build', ...words], options);
}
