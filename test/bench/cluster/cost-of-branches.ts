import { writeFileSync } from 'node:fs';
import { createInternalClient } from '@understory/outgoing/outgoing.ts';
import { newBed } from '../../cluster/bed/skip.ts';
import { makeBranches, untilAvailable, whatIs } from '../../cluster/simulated/branches.ts';
import {
	residentOf,
	type SimulatedPlatform,
	startSimulatedPlatform,
} from '../../cluster/simulated/platform.ts';
import { databaseBytes, etcdTakes, ticksOf } from './takes.ts';

/** What so many branches take in all. */
export interface Taken {
	readonly branches: number;
	readonly homes: number;
	/** Bytes. */
	readonly postgres: number;
	readonly etcd: number;
	/** How many objects the cluster has. */
	readonly objects: number;
	/** Milliseconds of CPU until all of them were served. */
	readonly helm: number;
	readonly provisioner: number;
	/** MB that are resident. */
	readonly apiServer: number;
	readonly memory: number;
	/** Seconds until all of them were served. */
	readonly seconds: number;
}

/** Of each hundred branches one has a home of its own, and the others share one. */
const SHARED = 99;
/** Made and settled together. */
const TOGETHER = 500;

// In namespaces: `cost-of-branches.ts NUMBERS FILE`, as `100,1000`, writes what none and each of these numbers of branches take, as JSON.
const [numbers, file] = process.argv.slice(2);
const sizes = numbers!.split(',').map(Number);
const platform = await startSimulatedPlatform(await newBed(), {
	nodes: 3,
	branchesInHome: SHARED,
	routed: true,
});
const outgoing = createInternalClient({ town: false });
try {
	const taken: Taken[] = [await takes(platform, 0)];
	let made = 0;
	let seconds = 0;
	for (const size of sizes) {
		while (made < size) {
			const began = performance.now();
			const until = Math.min(size, made + TOGETHER);
			await makeBranches(platform.bed, { from: made, until, isDedicated: (at) => at % (SHARED + 1) === 0 });
			await untilAvailable(platform.bed, until);
			seconds += (performance.now() - began) / 1000;
			made = until;
			console.log(`${made} branches after ${Math.round(seconds)} s`);
		}
		taken.push(await takes(platform, seconds));
	}
	writeFileSync(file!, JSON.stringify(taken));
} finally {
	await outgoing.close();
	await platform.close();
}
process.exit(0);

async function takes({ plane, bed }: SimulatedPlatform, spent: number): Promise<Taken> {
	const { branches, homes } = await whatIs(bed);
	const { pid } = bed.provisioner;
	const { own, children } = ticksOf(pid);
	const { bytes, keys } = await etcdTakes(outgoing, plane.etcd);
	return {
		...{ branches, homes, seconds: spent },
		...{ postgres: await databaseBytes(bed), etcd: bytes, objects: keys },
		...{ helm: children, provisioner: own },
		...{ apiServer: residentOf(plane.processes.apiServer.pid), memory: residentOf(pid) },
	};
}
