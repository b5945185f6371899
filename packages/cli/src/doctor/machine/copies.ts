import { join } from 'node:path';
import type { BackupFacts } from '@understory/core/backup.ts';
import type { Fault } from '../check.ts';
import { staleCopy } from '../stale-copy.ts';
import { branchesHere } from './branches-here.ts';
import type { MachineCheck } from './machine-check.ts';
import { namesIn, textOf } from './read-place.ts';

/** Branches of which no copy that was tried lies on this machine, or none that is new enough. */
export const checkCopies: MachineCheck = async ({ homes, backups }, { now, backupDays }) => {
	if (homes === null) return [];
	return branchesHere(homes).flatMap(({ home, desired: { branch, library } }): Fault[] => {
		if (branch.stage === 'retired') return [];
		const folder = join(backups === null ? join(homes, home, 'backups') : join(backups, home), branch.id);
		const made = namesIn(folder).flatMap((copy) => madeAt(textOf(join(folder, copy, 'tried.json'))));
		return staleCopy({ library: library.slug, branch: branch.slug }, made, { now: now(), backupDays });
	});
};

/** When a copy was made, as the home noted once it had tried it. */
function madeAt(note: string | null): number[] {
	try {
		const { made } = JSON.parse(note ?? '{}') as Partial<BackupFacts>;
		return typeof made === 'number' ? [made] : [];
	} catch {
		return [];
	}
}
