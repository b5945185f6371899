import { setTimeout as wait } from 'node:timers/promises';
import { seededRandom } from '../seeded-random.ts';
import type { Figure } from './run.ts';
import { CATALOGUE_MS, layBed, PEOPLE } from './sign-in/bed.ts';
import { connections, Patron } from './sign-in/patron.ts';

const WARM = 50;
const SECONDS = 8;
const RATES = [10, 25, 50] as const;
const FIRST_DAYS = 25;
/** What somebody has waited who came to nothing. */
const GAVE_UP_MS = 60_000;

/**
 * People who click *Sign in* at a branch, come to the card page, give card and PIN, and wait for the board. They come at random moments, so many a second,
 * whether or not the ones before are done. The bridge and the branch are processes of their own, as in a cluster; PostgreSQL waits for the disk.
 */
export async function signIns(): Promise<Figure[]> {
	const bed = await layBed();
	const random = seededRandom(5);
	const agent = connections();
	let computers = 0;

	async function come(rate: number, people: readonly number[]): Promise<number[]> {
		const waits: Promise<number>[] = [];
		let next = performance.now();
		for (const at of people) {
			next += (-Math.log(1 - random()) * 1000) / rate;
			await wait(Math.max(0, next - performance.now()));
			const patron = new Patron(agent, address(++computers));
			const signedIn = patron.signIn(bed.branch, bed.deck[at]!, `reader${at}`);
			waits.push(signedIn.catch(() => GAVE_UP_MS));
		}
		return Promise.all(waits);
	}

	const figures: Figure[] = [];
	try {
		const all = Array.from({ length: PEOPLE }, (_, at) => at);
		await come(10, all.slice(0, WARM));
		const first = await come(FIRST_DAYS, all.slice(WARM, WARM + FIRST_DAYS * SECONDS));
		figures.push({
			name: `a first sign-in with handle and rules, ${FIRST_DAYS} a second, 95th percentile without the catalogue`,
			unit: 'ms',
			runs: [percentile(first, 0.95) - CATALOGUE_MS],
			goal: 300,
		});
		const known = all.slice(0, WARM + FIRST_DAYS * SECONDS);
		await come(10, known.slice(0, WARM));
		for (const rate of RATES) {
			const people = Array.from({ length: rate * SECONDS }, (_, at) => known[at % known.length]!);
			const waits = await come(rate, people);
			const half = percentile(waits, 0.5);
			const failed = waits.filter((one) => one === GAVE_UP_MS).length;
			const nothing = failed > 0 ? `${failed} of ${people.length} came to nothing. ` : '';
			const share = ((half - CATALOGUE_MS) / half) * 100;
			figures.push({
				name: `a sign-in from click to board, ${rate} a second, 95th percentile without the catalogue`,
				unit: 'ms',
				runs: [percentile(waits, 0.95) - CATALOGUE_MS],
				goal: 300,
				note: `of the median of ${half.toFixed(0)} ms ${share.toFixed(0)}% are ours, the catalogue takes ${CATALOGUE_MS} ms. ${nothing}Whoever comes is another process on the same cores.`,
			});
		}
	} finally {
		agent.destroy();
		await bed.close();
	}
	return figures;
}

/** Everybody comes from an address of their own. */
export function address(at: number): string {
	return `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`;
}

function percentile(values: readonly number[], part: number): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)]!;
}
