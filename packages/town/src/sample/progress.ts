import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../data-folder.ts';

/** How far the sample got with one system. A start that broke off is taken up where it was. */
export interface SystemProgress {
	/** Labels of the branches that the invented hosts answer for, in the order of the hosts. */
	readonly branches: readonly string[];
	readonly done: boolean;
}

/** What `sample.json` in the data folder keeps: progress by survey key. */
export interface SampleProgress {
	of(key: string): SystemProgress | undefined;
	keep(key: string, progress: SystemProgress): void;
}

/** Reads it, or begins. A file that is damaged is begun anew: everything the sample does may be done twice. */
export function openProgress(data: string): SampleProgress {
	const file = join(data, 'sample.json');
	const known = new Map<string, SystemProgress>(Object.entries(read(file)));
	return {
		of: (key) => known.get(key),
		keep(key, progress) {
			known.set(key, progress);
			writeWhole(file, `${JSON.stringify(Object.fromEntries(known), null, '\t')}\n`);
		},
	};
}

function read(file: string): Record<string, SystemProgress> {
	if (!existsSync(file)) return {};
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Record<string, SystemProgress>;
	} catch (error) {
		if (error instanceof SyntaxError) return {};
		throw error;
	}
}
