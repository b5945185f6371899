import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupFacts } from '@understory/core/backup.ts';
import type { Fault } from '../check.ts';
import { onSameDisk } from '../same-disk.ts';
import { staleCopy } from '../stale-copy.ts';
import { branchesHere } from './branches-here.ts';
import type { Installation } from './installation.ts';
import type { MachineCheck } from './machine-check.ts';
import { namesIn, orNull, textOf } from './read-place.ts';

/** Branches of which no copy that was tried lies on this machine, or none that is new enough; and those whose newest copy outlives no disk: it lies where they lie, or not in the object storage that was named. */
export const checkCopies: MachineCheck = async ({ homes, backups, copiesAway }, { now, backupDays }) => {
	if (homes === null) return [];
	const wanted = { now: now(), backupDays };
	const beside: string[] = [];
	const stale = branchesHere(homes).flatMap(({ home, desired: { branch, library } }): Fault[] => {
		if (branch.stage === 'retired') return [];
		const folder = join(backups === null ? join(homes, home, 'backups') : join(backups, home), branch.id);
		const copies = namesIn(folder).flatMap((copy) => copyIn(join(folder, copy)));
		const [newest] = copies.toSorted((one, other) => other.made - one.made);
		if (newest?.apart === false) beside.push(`${library.slug}/${branch.slug}`);
		const of = { library: library.slug, branch: branch.slug };
		const here = staleCopy(
			of,
			copies.map(({ made }) => made),
			wanted,
		);
		if (here.length > 0 || copiesAway === null) return here;
		const there = copies.filter(({ where }) => where === copiesAway.where).map(({ made }) => made);
		return staleCopy(of, there, wanted).map(({ where }) => ({
			where,
			wrong:
				there.length === 0
					? `No copy of it lies in ${copiesAway.where}: it is lost with this machine.`
					: `Its newest copy in ${copiesAway.where} is older than ${backupDays} days.`,
			mend: `understory branch backups ${of.library} ${of.branch} says why.`,
		}));
	});
	return copiesAway === null
		? [...stale, ...onSameDisk('this machine', beside)]
		: [...keysOf(copiesAway), ...stale];
};

/** The keys to the object storage, when they are not there or not for their user alone. */
function keysOf(copiesAway: Installation['copiesAway']): Fault[] {
	if (copiesAway === null) return [];
	const { credentials: where } = copiesAway;
	const found = orNull(where, () => statSync(where));
	if (found === null)
		return [
			{
				where,
				wrong: 'The file with the keys to the object storage is not there.',
				mend: `install -o understory-provisioner -m 0400 YOUR-FILE ${where}`,
			},
		];
	if (process.platform === 'win32' || (found.mode & 0o077) === 0) return [];
	return [
		{
			where,
			wrong: 'Others on this computer may read it.',
			mend: `chmod go= ${where}; whoever has an account here may know what is in it.`,
		},
	];
}

/** What the home noted of a copy once it had tried it, and in which object storage it lies. */
function copyIn(folder: string): (Pick<BackupFacts, 'made' | 'apart'> & { readonly where: string | null })[] {
	const { made, apart } = noteIn<BackupFacts>(join(folder, 'tried.json'));
	const { where = null } = noteIn<{ where: string }>(join(folder, 'away.json'));
	return typeof made === 'number' ? [{ made, where, ...(apart === undefined ? {} : { apart }) }] : [];
}

function noteIn<T>(file: string): Partial<T> {
	try {
		return JSON.parse(textOf(file) ?? '{}') as Partial<T>;
	} catch {
		return {};
	}
}
