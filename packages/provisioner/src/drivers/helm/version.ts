import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Short enough for a label, long enough that no two are alike by chance. */
const DIGITS = 16;

/** What homes are made of, as one word: every file of the charts, and the values for all of them. The same wherever the folders lie. */
export function versionOf(charts: readonly string[], values: object): string {
	const hash = createHash('sha256').update(JSON.stringify(values));
	for (const [at, chart] of charts.entries()) {
		const files = readdirSync(chart, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name))
			.sort();
		for (const file of files) hash.update(`\n${at} ${relative(chart, file)}\n`).update(readFileSync(file));
	}
	return hash.digest('hex').slice(0, DIGITS);
}
