import { type Dirent, lstatSync, type Stats, statSync } from 'node:fs';
import { access, constants, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../check.ts';
import type { MachineCheck } from './machine-check.ts';
import { orNull } from './read-place.ts';

/** How far down is looked: `homes/home-1/branches/ID/branch.sqlite`. */
const DEPTH = 5;
/** What has many files, which lie beside one that is looked at; and PostgreSQL's, which is its own user's. */
const PASSED_BY = ['media', 'backups', 'postgres'];

/** Data folders that are not there, or in which something cannot be written by whoever has to. */
export const checkDataFolders: MachineCheck = async ({ data }) => {
	const faults: Fault[] = [];
	for (const folder of data) {
		const found = orNull(folder, () => statSync(folder));
		const writable = await access(folder, constants.W_OK).then(
			() => true,
			() => false,
		);
		if (!found?.isDirectory()) {
			const mend = 'It comes with the first start. When there was one, is a disk not mounted?';
			faults.push({ where: folder, wrong: 'There is no such folder.', mend });
		} else if (!writable) {
			const mend = 'Is its disk mounted read-only? dmesg says why; a disk with faults is to be replaced.';
			faults.push({ where: folder, wrong: 'It cannot be written to.', mend });
		} else {
			faults.push(...(await firstNotWritable(folder, found, DEPTH)));
		}
	}
	return faults;
};

/** The first thing below a folder that its owner does not have, or may not write into: one that was copied by another user, mostly. */
async function firstNotWritable(folder: string, top: Stats, depth: number): Promise<Fault[]> {
	// What is being taken away meanwhile is no fault.
	const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
	for (const entry of entries) {
		const place = join(folder, entry.name);
		const found = PASSED_BY.includes(entry.name) ? null : orNull(place, () => lstatSync(place));
		if (found === null) continue;
		const fault = faultOf(place, found, top);
		if (fault) return [fault];
		if (!found.isDirectory() || depth === 1) continue;
		const below = await firstNotWritable(place, top, depth - 1);
		if (below.length > 0) return below;
	}
	return [];
}

function faultOf(where: string, found: Stats, top: Stats): Fault | null {
	if (found.uid !== top.uid) {
		return {
			where,
			wrong: `It belongs to user ${found.uid}, and the folder it is in to ${top.uid}.`,
			mend: `chown --recursive ${top.uid}:${top.gid} ${where}, and look again: only the first is named.`,
		};
	}
	const written = found.isDirectory() || where.endsWith('.sqlite');
	if (!written || (found.mode & 0o200) !== 0) return null;
	return { where, wrong: 'Its owner may not write to it.', mend: `chmod u+w ${where}` };
}
