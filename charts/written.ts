import { type Document, isMap, isScalar, type Node, type Pair } from 'yaml';
import { branchSchema } from './schemas/branch.ts';
import { cellSchema } from './schemas/cell.ts';
import { homeSchema } from './schemas/home.ts';
import { platformSchema } from './schemas/platform.ts';
import type { Schema } from './schemas/shared.ts';

/** The charts that are installed, each with what may be said to it. */
export const CHARTS: { readonly [chart: string]: Schema } = {
	branch: branchSchema,
	cell: cellSchema,
	home: homeSchema,
	platform: platformSchema,
};

/** The text of `values.schema.json`. On one line: every revision of a release carries it. */
export function schemaFile(schema: Schema): string {
	const version = { $schema: 'https://json-schema.org/draft/2020-12/schema' };
	return `${JSON.stringify({ ...version, ...schema })}\n`;
}

const BEGIN = '<!-- values: written by `npm run charts` -->';
const END = '<!-- end of values -->';

/** The README with its table of values made anew from the comments that begin with `--`. Throws when the README has no place for it. */
export function withTable(readme: string, values: Document): string {
	const [before, rest] = readme.split(BEGIN);
	const after = rest?.split(END)[1];
	if (before === undefined || after === undefined) throw new Error(`A README has ${BEGIN} and ${END}.`);
	const rows = [...described(values.contents, [])].map(
		({ path, usual, says }) => `| \`${path}\` | ${usual} | ${says} |`,
	);
	return [
		before,
		`${BEGIN}\n\n`,
		'| value | usual | meaning |\n|---|---|---|\n',
		`${rows.join('\n')}\n\n${END}${after}`,
	].join('');
}

interface Row {
	readonly path: string;
	readonly usual: string;
	readonly says: string;
}

function* described(node: unknown, path: readonly string[]): Generator<Row> {
	if (!isMap(node)) return;
	for (const [index, pair] of (node.items as Pair<Node, Node>[]).entries()) {
		const key = isScalar(pair.key) ? String(pair.key.value) : '';
		const at = [...path, key];
		const says = commentOf(pair.key, index === 0 ? node : null);
		if (says) {
			const usual = JSON.stringify(pair.value?.toJSON() ?? null);
			yield { path: at.join('.'), usual: usual === '""' ? '' : `\`${usual}\``, says };
		}
		if (!says || (isMap(pair.value) && pair.value.items.length > 0)) yield* described(pair.value, at);
	}
}

/** The last comment before a key, when it begins with `--`. Before the first key of a map the parser gives it to the map. */
function commentOf(key: Node, map: Node | null): string | null {
	const comment = key.commentBefore ?? map?.commentBefore ?? '';
	const line = comment.trimEnd().split('\n').at(-1) ?? '';
	return line.startsWith(' -- ') ? line.slice(4).replaceAll('|', '\\|') : null;
}
