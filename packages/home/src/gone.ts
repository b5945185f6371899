import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@understory/core/clock.ts';
import type { Gone } from '@understory/core/gone.ts';
import type { Log } from '@understory/core/log.ts';
import { readWhole, writeWhole } from './files.ts';
import type { Pool } from './pool.ts';

/** Tells the platform what is gone at each branch, so that it is known outside the folder. */
export interface GoneTeller {
	/** Something changed at a branch; written down, so that it is told after a crash, too. */
	note(branch: string): void;
	/** Nothing of a branch is to be told any more: another home tells it. */
	forget(branch: string): void;
	/** Tells whatever was noted. What cannot be told now stays noted. */
	tell(): Promise<void>;
}

/** A branch is asked again for what it said in this last while, in milliseconds: clocks are not so exact. */
const OVERLAP = 60_000;

export function createGoneTeller(parts: {
	/** Of this home alone. */
	readonly folder: string;
	readonly clock: Clock;
	readonly log: Log;
	readonly hold: Pool['hold'];
	send(branch: string, gone: readonly Gone[]): Promise<void>;
}): GoneTeller {
	const { folder, clock, log } = parts;
	const dueFolder = join(folder, 'due');
	mkdirSync(dueFolder, { recursive: true, mode: 0o700 });
	/** How often each was noted; 1 for what an earlier process left. */
	const noted = new Map(readdirSync(dueFolder).map((branch) => [branch, 1]));
	let telling: Promise<void> | null = null;

	async function tellOf(branch: string): Promise<void> {
		const times = noted.get(branch);
		const since = Number(readWhole(join(folder, `${branch}.told`)) ?? 0);
		const now = clock.now();
		const { open, release } = await parts.hold(branch, 'passing');
		try {
			await parts.send(branch, open.goneSince(since));
		} finally {
			release();
		}
		writeWhole(join(folder, `${branch}.told`), String(Math.max(0, now - OVERLAP)));
		if (noted.get(branch) !== times) return;
		noted.delete(branch);
		rmSync(join(dueFolder, branch), { force: true });
	}

	async function tellAll(): Promise<void> {
		for (const branch of [...noted.keys()]) {
			await tellOf(branch).catch((error: unknown) => log.warn('gone_not_told', { branch, error }));
		}
	}

	return {
		note(branch) {
			if (!noted.has(branch)) writeWhole(join(dueFolder, branch), '');
			noted.set(branch, (noted.get(branch) ?? 0) + 1);
		},
		forget(branch) {
			noted.delete(branch);
			for (const file of [join(dueFolder, branch), join(folder, `${branch}.told`)])
				rmSync(file, { force: true });
		},
		tell() {
			telling ??= tellAll().finally(() => {
				telling = null;
			});
			return telling;
		},
	};
}
