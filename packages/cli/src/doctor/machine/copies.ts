import { join } from 'node:path';
import type { BackupFacts } from '@understory/core/backup.ts';
import type { Fault } from '../check.ts';
import { onSameDisk } from '../same-disk.ts';
import { staleCopy } from '../stale-copy.ts';
import { branchesHere } from './branches-here.ts';
import type { MachineCheck } from './machine-check.ts';
import { namesIn, textOf } from './read-place.ts';

type Noted = Pick<BackupFacts, 'made' | 'apart'>;

/** Branches of which no copy that was tried lies on this machine, or none that is new enough; and those whose newest copy lies where they lie themselves. */
export const checkCopies: MachineCheck = async ({ homes, backups, bringsAway }, { now, backupDays }) => {
	if (homes === null) return [];
	const beside: string[] = [];
	const faults = branchesHere(homes).flatMap(({ home, desired: { branch, library } }): Fault[] => {
		if (branch.stage === 'retired') return [];
		const folder = join(backups === null ? join(homes, home, 'backups') : join(backups, home), branch.id);
		const noted = namesIn(folder).flatMap((copy) => notedOf(textOf(join(folder, copy, 'tried.json'))));
		const [newest] = noted.toSorted((one, other) => other.made - one.made);
		if (newest?.apart === false) beside.push(`${library.slug}/${branch.slug}`);
		const made = noted.map((one) => one.made);
		return staleCopy({ library: library.slug, branch: branch.slug }, made, { now: now(), backupDays });
	});
	return bringsAway ? faults : [...faults, ...onSameDisk('this machine', beside)];
};

/** What the home noted of a copy once it had tried it. */
function notedOf(note: string | null): Noted[] {
	try {
		const noted = JSON.parse(note ?? '{}') as Partial<Noted>;
		return typeof noted.made === 'number' ? [noted as Noted] : [];
	} catch {
		return [];
	}
}
