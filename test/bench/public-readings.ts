import { Agent } from 'node:http';
import { listen } from '@understory/http/server.ts';
import { addPerson } from '../../packages/branch/src/store/people.ts';
import { type Read, read, weigh } from './page-weight.ts';
import { personOf, storeOf } from './people.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

const AT_ONCE = 16;
const BATCH = 1_500;
const BATCHES = 5;

/**
 * What nobody in particular reads of somebody with twenty public posts, over kept connections: their page, their document, a post as a document; and
 * how much comes with a first page. One process both asks and answers.
 */
export async function publicReadings(): Promise<Figure[]> {
	const town = await townOfBranches(1);
	try {
		const writer = await storeOf(town, 0);
		const author = writer.store.transact((writing) => {
			const person = personOf(writer.context.ids.next());
			addPerson(writing, person);
			return person;
		});
		let last = 0;
		for (let at = 0; at < 20; at += 1) {
			const post = await writer.write(author, `A post about the garden, number ${at}`, 'public');
			last = post.id;
		}
		writer.store.close();
		const branch = await town.open(0);
		const server = await listen((req, res) => branch.handle(req, res), { port: 0 });
		const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
		const get = (path: string, accept: string) =>
			read(server.port, agent, path, { host: new URL(branch.origin).host, accept });
		const page = await timed(() => get(`/@${author.handle}`, 'text/html'));
		// With a question behind it no page is kept.
		const anew = await timed(() => get(`/@${author.handle}?anew`, 'text/html'));
		const actor = await timed(() => get(`/ap/users/${author.id}`, 'application/activity+json'));
		const object = await timed(() =>
			get(`/ap/users/${author.id}/statuses/${last}`, 'application/activity+json'),
		);
		const weight = await weigh(get);
		agent.destroy();
		await server.close();
		const note = `0.67 ms for each are 1,500 a second; the page has ${Math.round(page.size / 1024)} KB.`;
		return [
			{
				name: 'a public profile page of 20 posts, while nothing changes',
				unit: 'ms',
				runs: page.runs,
				goal: 0.67,
				note,
			},
			{
				name: 'a public profile page of 20 posts, made anew each time',
				unit: 'ms',
				runs: anew.runs,
				goal: 0.67,
			},
			{
				name: 'a document of an actor',
				unit: 'ms',
				runs: actor.runs,
				goal: 0.5,
				note: '0.5 ms for each are 2,000 a second.',
			},
			{ name: 'a document of a post', unit: 'ms', runs: object.runs, goal: 0.5 },
			{
				name: 'a first page with all it loads, as it is sent',
				unit: 'KB',
				runs: [weight.sent],
				goal: 60,
				note: `${Math.round(weight.whole)} KB when unpacked; ${weight.files} files.`,
			},
		];
	} finally {
		await town.close();
	}
}

async function timed(get: () => Promise<Read>): Promise<{ runs: number[]; size: number }> {
	const runs: number[] = [];
	let size = 0;
	for (let batch = 0; batch <= BATCHES; batch += 1) {
		let left = BATCH;
		const began = performance.now();
		await Promise.all(
			Array.from({ length: AT_ONCE }, async () => {
				while (left-- > 0) size = (await get()).body.length;
			}),
		);
		if (batch > 0) runs.push((performance.now() - began) / BATCH);
	}
	return { runs, size };
}
