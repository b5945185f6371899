import { writeHeapSnapshot } from 'node:v8';
import { memoryOf } from '../process-memory.ts';
import type { Asked } from './processes.ts';

/** What was begun in a process of its own. */
interface Begun<Started> {
	readonly started: Started;
	/** What it does when it is asked to, by name. */
	readonly acts?: Readonly<Record<string, () => Promise<unknown>>>;
	close(): Promise<void>;
}

/** The other side of `startProcess`: takes what it is told, begins, and tells what it used whenever it is asked, until whoever began it lets go. */
export function served<Told, Started>(begin: (told: Told) => Promise<Begun<Started>>): void {
	let close = async () => {};
	process.once('message', async (told: Told) => {
		const begun = await begin(told);
		close = begun.close;
		process.on('message', async (asked: Asked) => process.send!(await answer(asked, begun)));
		process.send!(begun.started);
	});
	process.once('disconnect', () => {
		close().then(
			() => process.exit(0),
			() => process.exit(1),
		);
	});
}

async function answer(asked: Asked, { acts = {} }: Begun<unknown>): Promise<number | string> {
	if (asked === 'cpu') return cpu();
	if (asked === 'memory') return memory();
	if ('snapshot' in asked) return writeHeapSnapshot(asked.snapshot);
	const began = performance.now();
	await acts[asked.act]!();
	return performance.now() - began;
}

function cpu(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}

function memory(): number {
	for (let round = 0; round < 3; round += 1) globalThis.gc?.();
	return memoryOf('self').proportional;
}
