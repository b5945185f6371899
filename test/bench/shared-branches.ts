import { stopTestPostgres } from '../../packages/town/src/test-postgres.ts';
import { call } from '../e2e/api.ts';
import { DOMAIN, layBed, until } from '../e2e/platform/bed.ts';
import { platformSteps } from '../e2e/platform/steps.ts';
import type { Figure } from './run.ts';

const RUNS = 9;
const SECONDS = 180;

/**
 * Provisioner and home as processes of their own, as on one machine: from the POST of a branch to Ready, which is that its operation is done and its first page
 * is answered; then of a hundred that are all asked for at once. The home runs already, as it does for every branch but the first. `many`: how many are asked for at once.
 */
export async function sharedBranches(many = 100): Promise<Figure[]> {
	const bed = await layBed();
	const { made, done } = platformSteps({
		edgePort: () => bed.edgePort,
		adminToken: () => bed.adminToken,
		seconds: SECONDS,
	});
	const post = (slug: string) => made('POST', '/libraries/anytown/branches', branch(slug));
	const ready = async (slug: string, operation: { id: string }) => {
		await done(operation);
		const host = `${slug}.anytown.${DOMAIN}`;
		const { status } = await call(bed.edgePort, 'GET', '/', { host, headers: { accept: 'text/html' } });
		if (status !== 200) throw new Error(`${host} answered ${status}`);
	};
	try {
		const provisioner = bed.start('provisioner');
		await until('a provisioner that is ready', provisioner.ready, (seen) => seen?.status === 200, SECONDS);
		const zone = 'America/Los_Angeles';
		await made('POST', '/libraries', { slug: 'anytown', name: 'Anytown', region: 'OR', zone });
		await ready('first', await post('first'));
		const one: number[] = [];
		for (let run = 0; run < RUNS; run += 1) {
			const began = performance.now();
			await ready(`one-${run}`, await post(`one-${run}`));
			one.push((performance.now() - began) / 1000);
		}
		const slugs = Array.from({ length: many }, (_, at) => `many-${at}`);
		const began = performance.now();
		const operations = await Promise.all(slugs.map(post));
		for (const [at, slug] of slugs.entries()) await ready(slug, operations[at]);
		const all = (performance.now() - began) / 1000;
		return [
			{
				name: 'POST of a branch to Ready in a shared home, in processes of their own',
				unit: 's',
				runs: one,
				goal: 1,
				note: 'Ready: the operation is done, and the branch answers with its page; looked at every 50 ms.',
			},
			{ name: `${many} branches asked for at once, to all of them Ready`, unit: 's', runs: [all], goal: 90 },
		];
	} catch (error) {
		console.error(bed.said().slice(-4_000));
		throw error;
	} finally {
		await bed.close();
		await stopTestPostgres();
	}
}

function branch(slug: string): object {
	const address = { street: '1 Bench Street', city: 'Anytown', region: 'OR', postcode: '97201' };
	return { slug, name: `Bench ${slug}`, address, phone: null };
}
