import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AwayCode } from '@understory/core/copy-away.ts';
import { readAll, writeWhole } from '../files.ts';

/** What is to be done at the object storage, until it is. */
export interface Errand {
	/** Bring a copy, remove one, or destroy everything of a branch. */
	readonly act: 'bring' | 'remove' | 'destroy';
	readonly branch: string;
	/** Empty: of no copy alone. */
	readonly backup: string;
	/** Since when it is wanted, and from when it is tried, UTC milliseconds. */
	readonly since: number;
	readonly next: number;
	readonly tries: number;
	/** What the last try met. */
	readonly code: AwayCode | null;
	readonly problem: string | null;
}

/** The errands of a home, each in a file of its own: one that was killed goes on with them. */
export interface Errands {
	of(branch: string, backup: string): Errand | undefined;
	/** The one that is due longest. */
	due(now: number): Errand | undefined;
	/** Another one about the same is over with it. */
	keep(errand: Errand): void;
	/** Only when it is still this one that is wanted. */
	end(errand: Errand): void;
	/** Everything about a branch. */
	forget(branch: string): void;
	readonly size: number;
}

export function openErrands(folder: string): Errands {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const nameOf = (branch: string, backup: string) => `${branch}.${backup}`;
	const fileOf = (name: string) => join(folder, `${name}.json`);
	const kept = new Map<string, Errand>();
	for (const text of readAll(folder, '.json')) {
		const errand = JSON.parse(text) as Errand;
		kept.set(nameOf(errand.branch, errand.backup), errand);
	}
	function drop(name: string): void {
		kept.delete(name);
		rmSync(fileOf(name), { force: true });
	}
	return {
		of: (branch, backup) => kept.get(nameOf(branch, backup)),
		due(now) {
			const due = [...kept.values()].filter(({ next }) => next <= now);
			return due.sort((a, b) => a.next - b.next || a.since - b.since)[0];
		},
		keep(errand) {
			const name = nameOf(errand.branch, errand.backup);
			writeWhole(fileOf(name), JSON.stringify(errand));
			kept.set(name, errand);
		},
		end(errand) {
			const name = nameOf(errand.branch, errand.backup);
			if (kept.get(name) === errand) drop(name);
		},
		forget(branch) {
			for (const [name, errand] of kept) if (errand.branch === branch) drop(name);
		},
		get size() {
			return kept.size;
		},
	};
}
