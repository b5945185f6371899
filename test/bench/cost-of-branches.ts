import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNamespaces } from '../cluster/bed/namespaces.ts';
import { prepared } from '../cluster/prepared.ts';
import type { Taken } from './cluster/cost-of-branches.ts';
import type { Figure } from './run.ts';

const SCRIPT = fileURLToPath(new URL('cluster/cost-of-branches.ts', import.meta.url));
/** The last is every branch of the survey of 2019. */
const SIZES = [100, 1_000, 2_000, 17_496];
/** How much more a branch among many may take than one among the first hundred. */
const FLAT = 1.2;
const SIMULATED =
	'nodes, pods and the processes in them are simulated, API server, helm, provisioner and PostgreSQL are not; of each hundred branches one has a home of its own and the others share one';

const MEASURES = [
	{
		of: 'postgres',
		name: 'PostgreSQL',
		unit: 'KB',
		by: 1024,
		note: 'tables and indexes of the provisioner, and of its queue',
	},
	{
		of: 'etcd',
		name: 'etcd',
		unit: 'KB',
		by: 1024,
		note: 'keys and values that stand in it, with what helm keeps of each release and the events of the last hour',
	},
	{ of: 'helm', name: 'CPU of helm', unit: 'ms', by: 1, note: 'every program that the provisioner starts' },
	{ of: 'provisioner', name: 'CPU of the provisioner', unit: 'ms', by: 1, note: 'until it is served' },
] as const;

/** What a branch takes, against how many there are; `sizes` other than the usual ones to try it. */
export async function costOfBranches(sizes: readonly number[] = SIZES): Promise<Figure[]> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const file = join(folder, 'taken.json');
	try {
		const why = await prepared(async () => {
			const code = await runInNamespaces(SCRIPT, [sizes.join(','), file]);
			if (code !== 0) throw new Error(`what runs on the cluster ended with ${code}`);
		});
		if (why) {
			return [
				{ name: 'what a branch takes, against how many there are', unit: 'KB', goal: 0, runs: [], note: why },
			];
		}
		return figuresOf(JSON.parse(readFileSync(file, 'utf8')));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function figuresOf([none, first, ...more]: readonly Taken[]): Figure[] {
	const each = (taken: Taken, of: (typeof MEASURES)[number]['of']) =>
		(taken[of] - none![of]) / taken.branches;
	const rows = MEASURES.flatMap(({ of, name, unit, by, note }) => {
		const least = each(first!, of) / by;
		return more.map(
			(taken): Figure => ({
				name: `${name} for each of ${taken.branches.toLocaleString('en')} branches`,
				unit,
				runs: [each(taken, of) / by],
				goal: Number((least * FLAT).toPrecision(3)),
				note: `${note}; for each of ${first!.branches} it is ${least.toFixed(1)} ${unit}, and the goal a fifth more. ${SIMULATED}.`,
			}),
		);
	});
	const last = more.at(-1)!;
	const many = last.branches.toLocaleString('en');
	const objects = ((last.objects - none!.objects) / last.branches).toFixed(2);
	const apiServers = [none!, first!, ...more].map(
		({ branches, apiServer }) => `${Math.round(apiServer)} MB with ${branches.toLocaleString('en')} branches`,
	);
	const times = [first!, ...more].map(
		({ branches, seconds }) => `${branches.toLocaleString('en')} after ${Math.round(seconds)} s`,
	);
	return [
		...rows,
		{
			name: `memory of the provisioner with ${many} branches on a cluster`,
			unit: 'MB',
			runs: [last.memory],
			goal: 300,
			note: `its resident set, with the client library of Kubernetes, started with the chart's flags; the API server has ${apiServers.join(', ')}; at the end there are ${last.homes} homes and ${objects} objects a branch, what leads to homes among them. Of the branches were served: ${times.join(', ')}.`,
		},
	];
}
