import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readyTools } from '../../test/cluster/tools.ts';
import { fixedParts } from '../fixed.ts';
import { digestOfChart } from '../published.ts';
import { CHARTS } from '../written.ts';
import { type ReleaseBefore, releaseFile } from './fixtures/releases.ts';
import { renderer } from './fixtures/render.ts';
import { VALUES } from './fixtures/values.ts';

/** `npm run charts:released`: from now on the charts as they are count as published, and what is fixed in them can never change. */
const charts = renderer(await readyTools());
for (const chart of Object.keys(CHARTS)) {
	const { least, all, release } = VALUES[chart]!;
	const folder = fileURLToPath(new URL(`../${chart}`, import.meta.url));
	const { version } = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8')) as { version: string };
	const renders = [least, all].map((values) => ({
		values,
		fixed: fixedParts(charts.render(chart, values, release, 'somewhere').objects),
	}));
	const before: ReleaseBefore = { version, digest: digestOfChart(folder), renders };
	writeFileSync(releaseFile(chart), `${JSON.stringify(before, null, '\t')}\n`);
}
