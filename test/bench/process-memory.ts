import { readFileSync, writeFileSync } from 'node:fs';

/** What a process has in memory, in MB. A page that several processes share counts in each of them for its part in `proportional`, and wholly in `resident`. */
export interface ProcessMemory {
	readonly proportional: number;
	readonly resident: number;
	/** What is its own: neither the program nor a library or file. */
	readonly anonymous: number;
}

/** Throws when there is no such process. */
export function memoryOf(pid: number | string): ProcessMemory {
	const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	return {
		proportional: megabytes(rollup, 'Pss'),
		resident: megabytes(rollup, 'Rss'),
		anonymous: megabytes(rollup, 'Anonymous'),
	};
}

/** The most that a process had in memory while `act` was done, as the kernel kept it: its resident set, in MB. */
export async function mostMemory(pid: number, act: () => Promise<unknown>): Promise<number> {
	// Sets the highest mark back to what there is now.
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
	await act();
	return megabytes(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmHWM');
}

function megabytes(text: string, what: string): number {
	const found = new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
	if (found === undefined) throw new Error(`the kernel does not say ${what}`);
	return Number(found) / 1024;
}
