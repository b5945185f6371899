import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What of a chart says what it makes. Its README and its own version do not. */
const PARTS = [
	'values.yaml',
	'values.schema.json',
	'rules.yaml',
	'templates',
	'charts/common/templates',
	'charts/cluster/templates',
];

/** SHA-256 over what a chart makes of values, wherever its folder lies; what a link leads to is taken as if it stood there. */
export function digestOfChart(folder: string): string {
	const hash = createHash('sha256');
	for (const part of PARTS) {
		for (const [path, file] of filesAt(folder, part))
			hash.update(`${path}\n`).update(readFileSync(file)).update('\n');
	}
	return hash.digest('hex');
}

function filesAt(folder: string, path: string): [path: string, file: string][] {
	const file = join(folder, path);
	const found = statSync(file, { throwIfNoEntry: false });
	if (!found) return [];
	if (!found.isDirectory()) return [[path, file]];
	return readdirSync(file)
		.sort()
		.flatMap((name) => filesAt(folder, `${path}/${name}`));
}

/** A chart at one version. */
interface Chart {
	readonly version: string;
	readonly digest: string;
}

/** A sentence when a chart is another than the one that was published under its version, or an older version than that; null when it may be published. */
export function mustBeRaised(chart: string, published: Chart, now: Chart): string | null {
	const order = byVersion(now.version, published.version);
	if (order < 0)
		return `The chart ${chart} is ${now.version}, and ${published.version} was published already. Raise the version.`;
	if (order > 0 || now.digest === published.digest) return null;
	return `The chart ${chart} is not what was published as ${published.version}. Raise the version in its Chart.yaml: whoever pinned it would get another.`;
}

/** Less than nothing when the one comes before the other; both of three numbers. */
function byVersion(one: string, other: string): number {
	const [a, b] = [one, other].map((version) => version.split('.').map(Number)) as [number[], number[]];
	return [0, 1, 2].map((at) => a[at]! - b[at]!).find((difference) => difference !== 0) ?? 0;
}
