import { createContext } from '../../packages/accountability/src/context.ts';
import { logYears } from '../../packages/accountability/src/store/sequence.ts';
import { acceptMany, type BedLibrary, laySite } from './accountability/bed.ts';
import type { Figure } from './run.ts';

const FEW = 10_000;
const MANY = 100_000;
/** Milliseconds between two looks at the memory. */
const LOOK = 50;

/** A hundred thousand accepted statements given their places, put into the log and marked; and what that takes in memory more than a tenth of it. */
export async function logPublishing(): Promise<Figure[]> {
	const bed = await laySite(['few', 'many'], 10);
	try {
		const context = await createContext(bed.parts);
		await context.registers.pull();

		async function publish({ id }: BedLibrary, count: number): Promise<{ seconds: number; peak: number }> {
			const library = context.registers.all().find((one) => one.id === id)!;
			const memory = watchMemory();
			const began = performance.now();
			await context.publisher.publish(library);
			const seconds = (performance.now() - began) / 1000;
			const [year] = await logYears(context.database.db, id);
			const size = await context.logs.size(library, year!);
			if (size !== count) throw new Error(`the log has ${size} entries`);
			return { seconds, peak: memory.end() };
		}

		const [fewer, more] = bed.libraries as [BedLibrary, BedLibrary];
		// Accepting is done before, since it takes memory of its own.
		await acceptMany(context.database.db, fewer, FEW);
		await acceptMany(context.database.db, more, MANY);
		const few = await publish(fewer, FEW);
		const many = await publish(more, MANY);
		await context.database.close();
		return [
			{
				name: '100,000 statements given their places, put into the log and published',
				unit: 's',
				runs: [many.seconds],
				goal: 60,
				note: `${FEW.toLocaleString('en')} take ${few.seconds.toFixed(1)} s; each has its place in the database, tiles, bundles and checkpoint are on the disk.`,
			},
			{
				name: 'what that takes in memory more than 10,000',
				unit: 'MB',
				runs: [Math.max(0, many.peak - few.peak)],
				goal: 100,
				note: `the process has ${Math.round(many.peak)} MB at the most.`,
			},
		];
	} finally {
		await bed.close();
	}
}

/** Looks at the resident memory of this process again and again; `end` answers with the most there was, in MB. */
function watchMemory(): { end(): number } {
	let peak = 0;
	const look = (): void => {
		peak = Math.max(peak, process.memoryUsage.rss());
	};
	const timer = setInterval(look, LOOK);
	return {
		end() {
			look();
			clearInterval(timer);
			return peak / 2 ** 20;
		},
	};
}
