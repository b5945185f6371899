import type { Fault } from './check.ts';

const DAY_MS = 86_400_000;

/** Says of a branch that it has no copy, or none that is new enough, by when its copies were made; times in UTC milliseconds. */
export function staleCopy(
	of: { readonly library: string; readonly branch: string },
	made: readonly number[],
	{ now, backupDays }: { readonly now: number; readonly backupDays: number },
): Fault[] {
	const days = Math.floor((now - Math.max(...made)) / DAY_MS);
	if (days < backupDays) return [];
	return [
		{
			where: `${of.library}/${of.branch}`,
			wrong:
				made.length === 0 ? 'There is no copy of it that was tried.' : `Its newest copy is ${days} days old.`,
			mend: `understory branch backup ${of.library} ${of.branch}`,
		},
	];
}
