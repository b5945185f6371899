import { statSync } from 'node:fs';
import type { Fault } from '../check.ts';
import type { MachineCheck } from './machine-check.ts';
import { orNull } from './read-place.ts';

const GIB = 2 ** 30;
/** Below this share of free inodes a disk of many small files is nearly full, whatever its bytes. */
const LEAST_INODES = 0.05;
const MEND = 'Make room or take a larger disk: when it is full, nothing new is accepted and copies fail.';

/** Disks with data on them that are nearly full, in bytes or in files. */
export const checkDisks: MachineCheck = async ({ data }, { disk, freeBytes }) => {
	const faults: Fault[] = [];
	const seen = new Set<number>();
	for (const where of data) {
		const device = orNull(where, () => statSync(where))?.dev;
		if (device === undefined || seen.has(device)) continue;
		seen.add(device);
		const { bavail, bsize, files, ffree } = await disk(where);
		if (bavail * bsize < freeBytes) {
			const wrong = `Its disk has ${(Math.max(0, bavail * bsize) / GIB).toFixed(1)} GiB left, fewer than ${freeBytes / GIB}.`;
			faults.push({ where, wrong, mend: MEND });
		}
		// Some file systems have no such number.
		if (files > 0 && ffree / files < LEAST_INODES) {
			const wrong = `Its disk has room for ${ffree} more files (inodes) of ${files}.`;
			faults.push({ where, wrong, mend: MEND });
		}
	}
	return faults;
};
