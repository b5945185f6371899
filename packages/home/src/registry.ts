import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { readAll, writeWhole } from './files.ts';

/** Which branches live here and under which hosts, from the desired documents that were carried out; kept, so that a restart needs nobody. */
export interface Registry {
	/** The branch that answers for `name:port`, as the Host header has it. */
	byHost(host: string): DesiredBranch | undefined;
	byId(branch: string): DesiredBranch | undefined;
	/** All but those that have ended. */
	all(): DesiredBranch[];
	/** Keeps a document that was carried out. */
	keep(desired: DesiredBranch): void;
	folderOf(branch: string): string;
	/** Notes that there is nothing of a branch here any more, and never will be; its host stays known. */
	end(branch: string): void;
	hasEnded(branch: string): boolean;
	/** Forgets a branch that lives in another home now, its host as well; its folder stays where it is. */
	leave(branch: string): void;
}

export function openRegistry(folder: string): Registry {
	const kept = join(folder, 'desired');
	const endedFolder = join(folder, 'ended');
	mkdirSync(endedFolder, { recursive: true, mode: 0o700 });
	const ended = new Set(readdirSync(endedFolder));
	const branches = new Map<string, DesiredBranch>();
	const hosts = new Map<string, string>();

	function take(desired: DesiredBranch): void {
		branches.set(desired.branch.id, desired);
		hosts.set(new URL(desired.branch.origin).host, desired.branch.id);
	}
	for (const text of readAll(kept, '.json')) take(JSON.parse(text) as DesiredBranch);

	return {
		byHost(host) {
			const id = hosts.get(host);
			return id === undefined ? undefined : branches.get(id);
		},
		byId: (branch) => branches.get(branch),
		all: () => [...branches.values()].filter(({ branch }) => !ended.has(branch.id)),
		end(branch) {
			writeWhole(join(endedFolder, branch), '');
			ended.add(branch);
		},
		hasEnded: (branch) => ended.has(branch),
		leave(branch) {
			rmSync(join(kept, `${branch}.json`), { force: true });
			const known = branches.get(branch);
			branches.delete(branch);
			if (known) hosts.delete(new URL(known.branch.origin).host);
		},
		keep(desired) {
			writeWhole(join(kept, `${desired.branch.id}.json`), JSON.stringify(desired));
			take(desired);
		},
		folderOf: (branch) => join(folder, 'branches', branch),
	};
}
