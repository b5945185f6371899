import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNamespaces } from '../cluster/bed/namespaces.ts';
import { prepared } from '../cluster/prepared.ts';
import type { Figure } from './run.ts';

const SCRIPT = fileURLToPath(new URL('cluster/dedicated.ts', import.meta.url));
const RUNS = 5;

/** On the real cluster of the tests, with the image on its node: from the POST of a branch to its own pod that answers through its Service. */
export async function dedicatedBranches(runs = RUNS): Promise<Figure[]> {
	const figure = {
		name: 'POST of a branch to Ready in a dedicated home on a cluster, the image present',
		unit: 's',
		goal: 15,
	} as const;
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const file = join(folder, 'seconds.json');
	try {
		const why = await prepared(async () => {
			const code = await runInNamespaces(SCRIPT, [String(runs), file]);
			if (code !== 0) throw new Error(`what runs on the cluster ended with ${code}`);
		});
		if (why) return [{ ...figure, runs: [], note: why }];
		const note =
			'one after the other on one node, which shares its processors with the whole control plane; Ready: the operation is done, and the pod answers through its Service with the page of the branch.';
		return [{ ...figure, runs: JSON.parse(readFileSync(file, 'utf8')), note }];
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
