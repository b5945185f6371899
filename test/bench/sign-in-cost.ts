import type { Figure } from './run.ts';
import { layBed } from './sign-in/bed.ts';
import { connections, Patron } from './sign-in/patron.ts';
import { address } from './sign-ins.ts';

const PEOPLE = 200;
const AT_ONCE = 6;
const ROUNDS = 4;

/**
 * What CPU the sign-in of somebody who was here before takes, from the click to the board, whoever else uses the machine: 40 ms are fifty a second on two
 * cores. The first two rounds are for the people's accounts, and for the machine to know its way.
 */
export async function signInCost(): Promise<Figure[]> {
	const bed = await layBed();
	const agent = connections();
	let computers = 0;
	async function everybody(): Promise<void> {
		let next = 0;
		const comes = async () => {
			for (let at = next++; at < PEOPLE; at = next++)
				await new Patron(agent, address(++computers)).signIn(bed.branch, bed.deck[at]!, `reader${at}`);
		};
		await Promise.all(Array.from({ length: AT_ONCE }, comes));
	}
	try {
		const runs: number[] = [];
		let split = '';
		await everybody();
		await everybody();
		for (let round = 0; round < ROUNDS; round += 1) {
			const before = await bed.usage();
			await everybody();
			const after = await bed.usage();
			const each = (role: keyof typeof after) => (after[role] - before[role]) / PEOPLE;
			runs.push(each('bridge') + each('branch') + each('postgres'));
			const [bridge, branch, postgres] = (['bridge', 'branch', 'postgres'] as const).map((role) =>
				each(role).toFixed(1),
			);
			split = `in the last round the bridge ${bridge} ms, the branch ${branch} ms, PostgreSQL ${postgres} ms.`;
		}
		return [
			{
				name: 'a sign-in from click to board, CPU of the bridge, the branch and PostgreSQL',
				unit: 'ms',
				runs,
				goal: 40,
				note: split,
			},
		];
	} finally {
		agent.destroy();
		await bed.close();
	}
}
