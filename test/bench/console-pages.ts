import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { atConsole } from '../../packages/provisioner/test/fixtures/console-visitor.ts';
import { DOMAIN } from '../e2e/platform/bed.ts';
import type { Bed } from './platform/bed.ts';

const ROUNDS = 10;

/**
 * Milliseconds of each page of the console that whoever runs a platform comes by, with those of one library and of its first branch; each is shown ten times and
 * more, by whom nobody disturbs. Throws when one is not shown.
 */
export async function consolePages(bed: Bed, outgoing: Outgoing, slug: string): Promise<number[]> {
	const origin = `https://console.${DOMAIN}`;
	const url = `http://127.0.0.1:${bed.port}`;
	const admin = await atConsole({ url, outgoing }, bed.adminToken, 'en', origin);
	const { items } = await bed.made('GET', `/libraries/${slug}/branches`);
	const library = `/libraries/${slug}`;
	const branch = `${library}/branches/${items[0].slug}`;
	const pages = [
		...['/', '/?after=m', '/audit', '/homes', '/homes/home-1', '/cells', '/cells/default', '/upgrades'],
		...['/imports', '/tokens', '/grants', library, `${library}/audit`, `${library}/backups`],
		...[`${library}/neighborhood`, branch, `${branch}/life`, `${branch}/settings`, `${branch}/history`],
	];
	const took: number[] = [];
	// What is compiled on the way is not the page's.
	for (let round = -1; round < ROUNDS; round += 1)
		for (const page of pages) {
			const began = performance.now();
			const { status } = await admin.get(page);
			if (status !== 200) throw new Error(`${page}: ${status}`);
			if (round >= 0) took.push(performance.now() - began);
		}
	return took;
}

/** The 95th percentile. */
export function slowest(took: readonly number[]): number {
	return took.toSorted((a, b) => a - b)[Math.ceil(took.length * 0.95) - 1]!;
}
