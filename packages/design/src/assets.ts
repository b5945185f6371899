import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file of the design under its fingerprinted address; may be cached for ever. */
export interface AssetFile {
	readonly path: string;
	readonly type: string;
	readonly body: Buffer;
}

export interface Assets {
	/** `icons.svg` -> `/design/<hash>/icons.svg`. Throws for a name that is not there. */
	href(name: string): string;
	readonly files: readonly AssetFile[];
	/** The names of the drawings in `icons.svg`. */
	readonly icons: ReadonlySet<string>;
	/** The color of each cloth as `tokens.css` has it, `#1d5b30`. */
	readonly colors: ReadonlyMap<string, string>;
}

const TYPES: Readonly<Record<string, string>> = {
	'tokens.css': 'text/css; charset=utf-8',
	'understory.css': 'text/css; charset=utf-8',
	'print.css': 'text/css; charset=utf-8',
	'icons.svg': 'image/svg+xml',
	'fonts/besley-latin-600-normal.woff2': 'font/woff2',
	// The font's licence goes wherever the font goes (SIL OFL 1.1, condition 2).
	'fonts/OFL.txt': 'text/plain; charset=utf-8',
};

/** Reads the styles, icons and font. One hash stands for all of them, so that relative addresses inside the styles hold. */
export function loadAssets(): Assets {
	const read = Object.entries(TYPES).map(([name, type]) => ({
		name,
		type,
		body: readFileSync(new URL(`./assets/${name}`, import.meta.url)),
	}));
	const digest = createHash('sha256');
	for (const { name, body } of read) digest.update(`${name}\n`).update(body);
	const prefix = `/design/${digest.digest('hex').slice(0, 12)}`;
	const textOf = (wanted: string) => read.find(({ name }) => name === wanted)!.body.toString('utf8');
	const drawings = textOf('icons.svg');
	const colors = textOf('tokens.css').matchAll(/\[data-cloth=(\w+)\]\{--c:(#[0-9a-f]{6})/g);
	return {
		colors: new Map([...colors].map((found) => [found[1]!, found[2]!])),
		icons: new Set([...drawings.matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1]!)),
		href(name) {
			if (!Object.hasOwn(TYPES, name)) throw new Error(`the design has no file ${name}`);
			return `${prefix}/${name}`;
		},
		files: read.map(({ name, type, body }) => ({ path: `${prefix}/${name}`, type, body })),
	};
}
