import { join } from 'node:path';
import { deliverDue } from '../../packages/branch/src/services/delivering.ts';
import { openDatabase } from '../../packages/branch/src/store/database.ts';
import { addPerson, personById } from '../../packages/branch/src/store/people.ts';
import { sql } from '../../packages/branch/src/store/sql.ts';
import { createStore } from '../../packages/branch/src/store/store.ts';
import { personOf, storeOf } from './people.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

const BRANCHES = 100;
const RUNS = 15;

/** Opening them, and from the moment somebody posts to the moment the last of 100 open branches of the home has the post on its boards. */
export async function toHundredBranches(): Promise<Figure[]> {
	const town = await townOfBranches(BRANCHES + 1);
	const opened: number[] = [];
	const runs: number[] = [];
	try {
		for (let at = 1; at <= BRANCHES; at += 1) {
			const cpu = process.cpuUsage();
			await (await town.open(at)).work();
			const { user, system } = process.cpuUsage(cpu);
			opened.push((user + system) / 1000);
		}
		const { store, context, write } = await storeOf(town, 0);
		const author = store.transact((writing) => {
			const id = context.ids.next();
			addPerson(writing, personOf(id));
			return personById(writing, id)!;
		});
		const before = town.requests();
		for (let run = 0; run < RUNS; run += 1) {
			const began = performance.now();
			await write(author, `Story time is at ten, run ${run}`, 'neighborhood');
			await deliverDue(context);
			// The first one also loads and compiles what federation needs.
			if (run > 0) runs.push(performance.now() - began);
		}
		if (town.requests() !== before) throw new Error('something went over HTTP');
		for (let at = 1; at <= BRANCHES; at += 1) check(join(town.pathOf(at), 'branch.sqlite'));
		store.close();
	} finally {
		await town.close();
	}
	return [
		{
			name: 'opening one of 100 neighbors of one home, and its first work, CPU',
			unit: 'ms',
			runs: opened,
			goal: 50,
		},
		{ name: 'a post seen in 100 branches of one home, no HTTP', unit: 'ms', runs, goal: 50 },
	];
}

function check(file: string): void {
	const { database } = openDatabase(file, { create: false });
	const store = createStore(database);
	const found = store.read((reading) => reading.first<{ n: number }>(sql('post').count({ n: '*' })));
	store.close();
	if (found?.n !== RUNS) throw new Error(`${file} has ${found?.n} posts`);
}
