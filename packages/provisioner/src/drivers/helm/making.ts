import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HomeSpec } from '../driver.ts';
import type { ReleaseBook } from '../release-book.ts';
import { homeValues } from './home-values.ts';

/** The folder of the chart of each kind of home, among those of all charts. */
const CHARTS: Readonly<Record<HomeSpec['kind'], string>> = { shared: 'home', dedicated: 'branch' };

/** What homes of one version are made of. */
export interface Making {
	readonly version: string;
	/** The folder of the chart of a kind of home, and the digest of its files. */
	chartOf(kind: HomeSpec['kind']): { readonly folder: string; readonly digest: string };
	/** What the chart is given for a home; without anything secret, because Helm keeps it. */
	valuesOf(spec: Omit<HomeSpec, 'enrolmentToken'>): object;
}

export interface MakingsParts {
	/** The folder of the charts that came with this platform. */
	readonly charts: string;
	/** What the operator says for all homes. */
	readonly values: object;
	/** What the two are as one word. */
	readonly version: string;
	/** Where charts of other versions are laid out; what is in it may be lost. */
	readonly folder: string;
	readonly releases: Pick<ReleaseBook, 'keepVersion' | 'versionKept'>;
}

export interface Makings {
	/** What came with this platform and its settings. */
	readonly present: Making;
	/** Null for a version that was not kept. */
	of(version: string): Promise<Making | null>;
	/** Keeps one before a home is brought to it, so that the home can be brought to it again. */
	keep(making: Making): Promise<void>;
}

/** What is kept of a version. */
interface Kept {
	readonly values: object;
	/** The files of both charts, by their paths. */
	readonly files: Readonly<Record<string, string>>;
}

/**
 * What homes are made of, by version. The charts of another version are not in this platform's own files, so each version that a home
 * is brought to is kept whole in the platform's database: some 100 KB.
 */
export function createMakings({ charts, values, version, folder, releases }: MakingsParts): Makings {
	const present = makingIn(charts, values, version);
	const known = new Map<string, Making>([[version, present]]);
	return {
		present,
		async of(wanted) {
			const making = known.get(wanted);
			if (making) return making;
			const text = await releases.versionKept(wanted);
			if (text === null) return null;
			const found = JSON.parse(text) as Kept;
			// Whatever the word is, it is no path.
			const at = join(folder, 'versions', digestOf(wanted));
			layOut(found.files, at);
			const laidOut = makingIn(at, found.values, wanted);
			known.set(wanted, laidOut);
			return laidOut;
		},
		async keep(making) {
			if (making !== present) return;
			const files: Record<string, string> = {};
			for (const chart of Object.values(CHARTS)) Object.assign(files, filesIn(charts, chart));
			await releases.keepVersion(version, JSON.stringify({ values, files } satisfies Kept));
		},
	};
}

function makingIn(charts: string, values: object, version: string): Making {
	const digests = new Map<string, string>();
	return {
		version,
		chartOf(kind) {
			const chart = CHARTS[kind];
			const digest = digests.get(chart) ?? digestOf(JSON.stringify(filesIn(charts, chart)));
			digests.set(chart, digest);
			return { folder: join(charts, chart), digest };
		},
		valuesOf: (spec) => homeValues(values, spec, version),
	};
}

/** SHA-256, in hexadecimal digits. */
export function digestOf(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}

/** The files of a chart by their paths below `root`, in their order; what a link leads to is taken as if it stood there. */
function filesIn(root: string, folder: string): Record<string, string> {
	const names = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) =>
		a.name < b.name ? -1 : 1,
	);
	const files: Record<string, string> = {};
	for (const entry of names) {
		const path = join(folder, entry.name);
		if (entry.isFile()) files[path] = readFileSync(join(root, path), 'utf8');
		else Object.assign(files, filesIn(root, path));
	}
	return files;
}

/** Writes files below a folder that is there whole or not at all. */
function layOut(files: Kept['files'], folder: string): void {
	if (existsSync(folder)) return;
	const half = `${folder}.${process.pid}`;
	rmSync(half, { recursive: true, force: true });
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(half, path)), { recursive: true });
		writeFileSync(join(half, path), text);
	}
	renameSync(half, folder);
}
