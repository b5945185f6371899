import { closeSync, existsSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../on-disk.ts';

/** Where the units look before they start anything: a folder that outlives a power cut, and one that does not. */
export interface Guard {
	readonly keep: string;
	readonly run: string;
}

/** Names that stand in the units (`ConditionPathExists`). */
const UNDECIDED = 'undecided';
const TRYING = 'trying';

/** From here on nothing starts by itself, not even after a power cut, until it is decided which version has what is there. Is on the disk when it returns. */
export function guardUntilDecided({ keep }: Guard): void {
	closeSync(openSync(join(keep, UNDECIDED), 'w', 0o644));
	syncFolder(keep);
}

/** Everything may start again. */
export function liftGuard(guard: Guard): void {
	endTrial(guard);
	if (!existsSync(join(guard.keep, UNDECIDED))) return;
	rmSync(join(guard.keep, UNDECIDED));
	syncFolder(guard.keep);
}

/** Lets the roles start, and nothing else, until the machine is started anew. */
export function beginTrial({ run }: Guard): void {
	mkdirSync(run, { recursive: true });
	closeSync(openSync(join(run, TRYING), 'w', 0o644));
}

export function endTrial({ run }: Guard): void {
	rmSync(join(run, TRYING), { force: true });
}
