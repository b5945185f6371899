import { Agent, request } from 'node:http';
import { listen } from '@understory/http/server.ts';
import { addPerson } from '../../packages/branch/src/store/people.ts';
import { personOf, storeOf } from './people.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

const AT_ONCE = 16;
const BATCH = 1_500;
const BATCHES = 5;

/** A public profile with twenty posts, read by nobody in particular over kept connections; one process both asks and answers. */
export async function profilePage(): Promise<Figure[]> {
	const town = await townOfBranches(1);
	const runs: number[] = [];
	let size = 0;
	try {
		const writer = await storeOf(town, 0);
		const author = writer.store.transact((writing) => {
			const person = personOf(writer.context.ids.next());
			addPerson(writing, person);
			return person;
		});
		for (let at = 0; at < 20; at += 1)
			await writer.write(author, `A post about the garden, number ${at}`, 'public');
		writer.store.close();
		const branch = await town.open(0);
		const server = await listen((req, res) => branch.handle(req, res), { port: 0 });
		const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
		const headers = { host: new URL(branch.origin).host, accept: 'text/html' };
		for (let batch = 0; batch <= BATCHES; batch += 1) {
			let left = BATCH;
			const began = performance.now();
			await Promise.all(
				Array.from({ length: AT_ONCE }, async () => {
					while (left-- > 0) size = await read(server.port, agent, `/@${author.handle}`, headers);
				}),
			);
			if (batch > 0) runs.push((performance.now() - began) / BATCH);
		}
		agent.destroy();
		await server.close();
	} finally {
		await town.close();
	}
	const note = `0.67 ms for each are 1,500 a second; the page has ${Math.round(size / 1024)} KB.`;
	return [{ name: 'a public profile page of 20 posts', unit: 'ms', runs, goal: 0.67, note }];
}

function read(port: number, agent: Agent, path: string, headers: Record<string, string>): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = request({ host: '127.0.0.1', port, path, headers, agent }, (answer) => {
			let size = 0;
			answer.on('data', (chunk: Buffer) => {
				size += chunk.length;
			});
			answer.on('end', () => {
				if (answer.statusCode === 200) resolve(size);
				else reject(new Error(`the page answered ${answer.statusCode}`));
			});
		});
		sent.on('error', reject);
		sent.end();
	});
}
