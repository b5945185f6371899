import { Agent } from 'node:http';
import { openBranch } from '@understory/branch/open-branch.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { listen } from '@understory/http/server.ts';
import { report } from '../../packages/branch/src/services/reporting.ts';
import { addPerson, type Person } from '../../packages/branch/src/store/people.ts';
import { type Inside, personOf, storeOf } from './people.ts';
import type { Figure } from './run.ts';
import { cookieFor, readPage } from './session.ts';
import { townOfBranches } from './town-of-branches.ts';

const REPORTS = 500;
const AUTHORS = 20;
const RUNS = 40;
const GOAL = 100;

/** The hosts' pages of a branch where five hundred posts were reported, by twenty people about twenty others; one process both asks and answers. */
export async function reportQueue(): Promise<Figure[]> {
	const town = await townOfBranches(1);
	const parts = {
		...town.parts,
		registerView: (id: string) => ({
			...town.parts.registerView(id)!,
			grants: [
				{
					staff_id: 'bench-host',
					name: 'June',
					role: 'host' as const,
					branch: 'bench-0',
					from: 0,
					until: null,
				},
			],
			policies: [starterPolicy('the board', '2026-01-01')],
		}),
	};
	try {
		const inside = await storeOf(town, 0);
		const matter = await fill(inside);
		const cookie = cookieFor(inside, { sub: 'bench-host', staff_id: 'bench-host' });
		inside.store.close();
		const branch = await openBranch(town.pathOf(0), parts);
		const server = await listen((req, res) => branch.handle(req, res), { port: 0 });
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const headers = { host: new URL(branch.origin).host, accept: 'text/html', cookie };
		const figures: Figure[] = [];
		for (const [name, path] of [
			['the queue of 500 reports, its first page', '/staff/reports'],
			['a reported post with all that stands beside it', `/staff/reports/${matter}`],
		] as const) {
			const runs: number[] = [];
			await readPage(server.port, agent, path, headers);
			for (let n = 0; n < RUNS; n += 1) {
				const began = performance.now();
				await readPage(server.port, agent, path, headers);
				runs.push(performance.now() - began);
			}
			figures.push({ name, unit: 'ms', runs, goal: GOAL });
		}
		agent.destroy();
		await server.close();
		await branch.close();
		return figures;
	} finally {
		await town.close();
	}
}

/** Returns the number of the last matter. */
async function fill(inside: Inside): Promise<number> {
	const { store, context } = inside;
	const people: Person[] = Array.from({ length: AUTHORS * 2 }, (_, at) => ({
		...personOf(context.ids.next()),
		sub: `bench-${at}`,
		handle: `bench${at}`,
		name: `Bench ${at}`,
	}));
	store.relaxed.transact((writing) => {
		for (const person of people) addPerson(writing, person);
	});
	for (let at = 0; at < REPORTS; at += 1) {
		const author = people[at % AUTHORS]!;
		const post = await inside.write(
			author,
			`Plum jam number ${at} for sale, cheap, call me at once`,
			'branch',
		);
		const concern = (['rules', 'spam', 'danger', 'other'] as const)[at % 4]!;
		report(context, people[AUTHORS + (at % AUTHORS)]!, post.id, {
			words: 'It sells jam.',
			concern,
			also: false,
		});
	}
	return Number(store.read((reading) => reading.first<{ id: number }>(LAST))!.id);
}

const LAST = {
	toSQL: () => ({ toNative: () => ({ sql: 'SELECT max(id) AS id FROM matter', bindings: [] }) }),
};
