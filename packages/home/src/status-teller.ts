import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BranchStatus } from '@understory/core/desired.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { readAll, writeWhole } from './files.ts';

/**
 * Tells the platform how a branch is when that changed without a wish: its folder does not open, or opens again (DESIGN 5.2). What is to be told is
 * written down, so that it is told after a crash of this home and after an outage of the platform; of each branch only the last word counts.
 */
export interface StatusTeller {
	/** A branch does not open. Returns whether that is news. */
	broke(status: BranchStatus): boolean;
	/** A branch is open; told when it was broken before. */
	opened(branch: string, status: () => BranchStatus): void;
	/** How many branches do not open. */
	broken(): number;
	/** Nothing of a branch is to be told any more. */
	forget(branch: string): void;
	/** Tells whatever was noted, many branches in one request and one request at a time. What cannot be told now stays noted. Never rejects. */
	tell(): Promise<void>;
}

/** So many branches in one request; each has a few signed consents with it. */
const AT_ONCE = 100;

/** What is kept of one branch. */
interface Kept {
	readonly branch: string;
	/** What is to be told; null when everything was. */
	readonly due: BranchStatus | null;
	/** What was said of it when it did not open; null for one that does. */
	readonly broken: string | null;
}

export function createStatusTeller(parts: {
	/** Of this alone, with a file a branch. */
	readonly folder: string;
	readonly log: Log;
	/** Throws when nobody takes it: `PublicError` with the code `report_refused` when it was read and refused. */
	send(statuses: readonly BranchStatus[]): Promise<void>;
}): StatusTeller {
	const kept = readAll(parts.folder, '.json').map((text) => JSON.parse(text) as Kept);
	const due = new Map(kept.flatMap((one) => (one.due === null ? [] : [[one.branch, one.due] as const])));
	const broken = new Map(
		kept.flatMap((one) => (one.broken === null ? [] : [[one.branch, one.broken] as const])),
	);
	let telling: Promise<void> | null = null;

	/** A disk that takes nothing is often what there is to tell of. */
	function keep(branch: string): void {
		const file = join(parts.folder, `${branch}.json`);
		const now: Kept = { branch, due: due.get(branch) ?? null, broken: broken.get(branch) ?? null };
		try {
			if (now.due === null && now.broken === null) rmSync(file, { force: true });
			else writeWhole(file, JSON.stringify(now));
		} catch (error) {
			parts.log.warn('status_not_kept', { branch, error });
		}
	}

	function note(status: BranchStatus): void {
		// At the end of the line: what others said meanwhile is older.
		due.delete(status.branch);
		due.set(status.branch, status);
		keep(status.branch);
		void tell();
	}

	async function send(batch: readonly BranchStatus[]): Promise<void> {
		await parts.send(batch);
		// What was noted meanwhile is another, and stays.
		for (const status of batch) {
			if (due.get(status.branch) !== status) continue;
			due.delete(status.branch);
			keep(status.branch);
		}
	}

	async function tellAll(): Promise<void> {
		while (due.size > 0) {
			const batch = [...due.values()].slice(0, AT_ONCE);
			try {
				await send(batch);
			} catch (error) {
				parts.log.warn('report_failed', { error });
				if (batch.length === 1 || !isRefused(error)) return;
				// One that is not taken must not hold up the others.
				for (const status of batch)
					await send([status]).catch((cause: unknown) =>
						parts.log.warn('report_failed', { error: cause, branch: status.branch }),
					);
				return;
			}
		}
	}

	function tell(): Promise<void> {
		telling ??= tellAll().finally(() => {
			telling = null;
		});
		return telling;
	}

	return {
		tell,
		broken: () => broken.size,
		broke(status) {
			const message = status.message ?? '';
			if (broken.get(status.branch) === message) return false;
			broken.set(status.branch, message);
			note(status);
			return true;
		},
		opened(branch, status) {
			if (broken.delete(branch)) note(status());
		},
		forget(branch) {
			const known = [broken.delete(branch), due.delete(branch)];
			if (known.includes(true)) keep(branch);
		},
	};
}

function isRefused(error: unknown): boolean {
	return error instanceof PublicError && error.code === 'report_refused';
}
