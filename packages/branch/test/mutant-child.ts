import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutants.ts';

/**
 * Runs a small town with something taken out of its source, given as JSON, and prints what the module that is named second finds wrong with it. In a process of
 * its own, since the changed source stays loaded.
 */
const mutations = JSON.parse(process.argv[2]!) as Mutation[];
const done = new Set<Mutation>();
registerHooks({
	load(url, context, nextLoad) {
		const here = mutations.filter(({ file }) => url.endsWith(`/packages/${file}`));
		if (here.length === 0) return nextLoad(url, context);
		let source = readFileSync(fileURLToPath(url), 'utf8');
		for (const mutation of here) {
			if (source.split(mutation.find).length !== 2) throw new Error(`not there once: ${mutation.find}`);
			source = source.replace(mutation.find, () => mutation.replace);
			done.add(mutation);
		}
		return { format: 'module-typescript', source, shortCircuit: true };
	},
});

const { look } = (await import(process.argv[3]!)) as { look(): Promise<string[]> };
const found = await look();
if (done.size < mutations.length) throw new Error('a change was never loaded');
process.stdout.write(JSON.stringify(found));
