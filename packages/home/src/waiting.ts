import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import { type BranchWaiting, HEARD_EVERY } from '@understory/core/team-list.ts';
import type { Pool } from './pool.ts';

/** Tells the platform what waits for moderation teams at the branches of this home. */
export interface WaitingTeller {
	/** Something may have changed at a branch; returns at once. */
	note(branch: string): void;
	/** Is there something of it that was not told yet? */
	isDue(branch: string): boolean;
	/** Nothing of a branch is to be told any more: another home tells it. */
	forget(branch: string): void;
	/** Tells what is different now, and now and then that nothing is. What cannot be told stays noted. */
	tell(): Promise<void>;
}

/** So many branches stand in one report: two hundred things at each of them stay below the provisioner's limit. */
const AT_ONCE = 50;

export function createWaitingTeller(parts: {
	readonly clock: Clock;
	readonly log: Log;
	readonly hold: Pool['hold'];
	/** Resolves with those that were taken. */
	send(branches: readonly BranchWaiting[]): Promise<readonly string[]>;
}): WaitingTeller {
	const { clock, log } = parts;
	const noted = new Set<string>();
	/** What was told of each in this process. */
	const told = new Map<string, string>();
	/** The platform does not know yet that these are here. */
	const early = new Set<string>();
	let heard: number | null = null;
	let telling: Promise<void> | null = null;

	const isQuiet = () => heard !== null && clock.now() - heard < HEARD_EVERY;

	/** What waits at one; null when it is what was told. */
	async function changeAt(branch: string): Promise<BranchWaiting | null> {
		const { open, release } = await parts.hold(branch, 'passing');
		try {
			const waiting = open.waitingForTeam();
			return told.get(branch) === JSON.stringify(waiting) ? null : waiting;
		} finally {
			release();
		}
	}

	async function tellSome(branches: readonly string[]): Promise<void> {
		const changes: BranchWaiting[] = [];
		for (const branch of branches) {
			// Before it is looked at, so that what changes from then on is looked at again.
			noted.delete(branch);
			try {
				const change = await changeAt(branch);
				if (change) changes.push(change);
			} catch (error) {
				noted.add(branch);
				log.warn('waiting_not_read', { branch, error });
			}
		}
		if (changes.length === 0 && isQuiet()) return;
		try {
			const taken = new Set(await parts.send(changes));
			heard = clock.now();
			for (const change of changes) {
				if (taken.has(change.branch)) told.set(change.branch, JSON.stringify(change));
				else early.add(change.branch);
			}
		} catch (error) {
			for (const { branch } of changes) noted.add(branch);
			log.warn('waiting_not_told', { error });
		}
	}

	async function tellAll(): Promise<void> {
		if (!isQuiet()) {
			for (const branch of early) noted.add(branch);
			early.clear();
		}
		const branches = [...noted];
		for (let at = 0; at === 0 || at < branches.length; at += AT_ONCE)
			await tellSome(branches.slice(at, at + AT_ONCE));
	}

	return {
		note: (branch) => void noted.add(branch),
		isDue: (branch) => noted.has(branch),
		forget(branch) {
			noted.delete(branch);
			early.delete(branch);
			told.delete(branch);
		},
		tell() {
			telling ??= tellAll().finally(() => {
				telling = null;
			});
			return telling;
		},
	};
}
