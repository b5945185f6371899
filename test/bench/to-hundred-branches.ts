import { join } from 'node:path';
import { createContext } from '../../packages/branch/src/create-context.ts';
import { readCard } from '../../packages/branch/src/folder-card.ts';
import { deliverDue } from '../../packages/branch/src/services/delivering.ts';
import { publish } from '../../packages/branch/src/services/posting.ts';
import { openDatabase } from '../../packages/branch/src/store/database.ts';
import { addPerson, type Person, personById } from '../../packages/branch/src/store/people.ts';
import { sql } from '../../packages/branch/src/store/sql.ts';
import { createStore } from '../../packages/branch/src/store/store.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

const BRANCHES = 100;
const RUNS = 15;

/** From the moment somebody posts to the moment the last of 100 open branches of the home has the post on its boards. */
export async function toHundredBranches(): Promise<Figure[]> {
	const town = await townOfBranches(BRANCHES + 1);
	const runs: number[] = [];
	try {
		for (let at = 1; at <= BRANCHES; at += 1) await (await town.open(at)).work();
		const { database } = openDatabase(join(town.pathOf(0), 'branch.sqlite'), { create: false });
		const store = createStore(database);
		const context = createContext({
			card: readCard(town.pathOf(0))!,
			store,
			parts: town.parts,
			desired: () => town.desired(0),
		});
		await context.book.refresh();
		const author = store.transact((writing) => {
			const id = context.ids.next();
			addPerson(writing, personOf(id));
			return personById(writing, id)!;
		});
		const before = town.requests();
		for (let run = 0; run < RUNS; run += 1) {
			const began = performance.now();
			const draft = {
				text: `Story time is at ten, run ${run}`,
				scope: 'neighborhood',
				language: 'en',
				replyTo: null,
			};
			await publish(context, author, draft);
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
	return [{ name: 'a post seen in 100 branches of one home, no HTTP', unit: 'ms', runs, goal: 50 }];
}

function check(file: string): void {
	const { database } = openDatabase(file, { create: false });
	const store = createStore(database);
	const found = store.read((reading) => reading.first<{ n: number }>(sql('post').count({ n: '*' })));
	store.close();
	if (found?.n !== RUNS) throw new Error(`${file} has ${found?.n} posts`);
}

function personOf(id: number): Person {
	return {
		id,
		kind: 'person',
		sub: 'bench',
		handle: 'bench',
		name: 'Bench',
		summary_source: '',
		summary_html: '',
		age_band: 'adult',
		standing: 'full',
		staff_id: null,
		default_scope: 'branch',
		language: 'en',
		rules_agreed: '',
		created: Date.now(),
		seen: Date.now(),
	};
}
