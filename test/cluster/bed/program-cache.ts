import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram, type GoProgram, goVersion } from '../../go-program.ts';
import { DEFINITIONS } from './definitions.ts';

const KUBERNETES = '1.36.3';

const PROGRAMS: readonly GoProgram[] = [
	{ source: sourceOf('etcd'), names: ['etcd'], build: 'tool' },
	{ source: sourceOf('pause'), names: ['pause'], build: '.' },
	{ source: sourceOf('volumes'), names: ['volumes'], build: '.' },
	{ source: sourceOf('kwok'), names: ['kwok'], build: 'tool' },
	{ source: sourceOf('dns'), names: ['dns'], build: '.' },
	{ source: sourceOf('policies'), names: ['kube-router'], build: 'tool' },
	...Object.entries(DEFINITIONS).map(([folder, { module, files }]) => ({
		source: sourceOf(folder),
		names: Object.keys(files),
		build: { module, files: Object.values(files) },
	})),
	{
		source: sourceOf('kubernetes'),
		names: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'],
		build: '.',
		// Charts ask the API server for its version.
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
 * The programs of the bed, from the cache or built. `say` hears a sentence before each build, because the largest takes minutes.
 * Throws with a sentence when there is no Go or a module cannot be had.
 */
export async function readyPrograms(cache: string, say: (sentence: string) => void): Promise<Programs> {
	const where = new Map<string, string>();
	const go = await goVersion();
	for (const program of PROGRAMS) {
		const home = await builtProgram(program, go, cache, say);
		for (const name of program.names) where.set(name, join(home, name));
	}
	return (name) => {
		const file = where.get(name);
		if (!file) throw new Error(`The bed has no program "${name}".`);
		return file;
	};
}

function sourceOf(folder: string): string {
	return fileURLToPath(new URL(`./programs/${folder}`, import.meta.url));
}
