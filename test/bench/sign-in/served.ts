import { readFileSync } from 'node:fs';
import { writeHeapSnapshot } from 'node:v8';
import type { Asked } from './processes.ts';

/** The other side of `startProcess`: takes what it is told, begins, and tells what it used whenever it is asked, until whoever began it lets go. */
export function served<Told, Started>(
	begin: (told: Told) => Promise<{ started: Started; close(): Promise<void> }>,
): void {
	let close = async () => {};
	process.once('message', async (told: Told) => {
		const begun = await begin(told);
		close = begun.close;
		process.on('message', (asked: Asked) => process.send!(answer(asked)));
		process.send!(begun.started);
	});
	process.once('disconnect', () => {
		close().then(
			() => process.exit(0),
			() => process.exit(1),
		);
	});
}

function answer(asked: Asked): number | string {
	if (asked === 'cpu') return cpu();
	if (asked === 'memory') return memory();
	return writeHeapSnapshot(asked.snapshot);
}

function cpu(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

function memory(): number {
	for (let round = 0; round < 3; round += 1) globalThis.gc?.();
	const pss = /^Pss:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1];
	return Number(pss ?? 0) / 1024;
}
