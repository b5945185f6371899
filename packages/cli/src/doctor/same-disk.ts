import type { Fault } from './check.ts';

/** So many branches are named. */
const NAMED = 3;

/** Says that the newest copies of these branches lie on the disks that the branches lie on; nothing where there are none. One sentence, because it is mended in one place. */
export function onSameDisk(where: string, branches: readonly string[]): Fault[] {
	if (branches.length === 0) return [];
	const more = branches.length > NAMED ? ` and ${branches.length - NAMED} more` : '';
	return [
		{
			where,
			wrong: `The newest copy lies on the disk of the branch itself, and is lost together with it: ${branches.slice(0, NAMED).join(', ')}${more}.`,
			mend: 'Have copies lie elsewhere: `copies` in `homes.values` on Kubernetes, UNDERSTORY_BACKUPS or UNDERSTORY_COPIES_AWAY on one machine. Then make new ones.',
		},
	];
}
