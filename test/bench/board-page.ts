import { Agent } from 'node:http';
import { audienceOf } from '@understory/core/scope.ts';
import { listen } from '@understory/http/server.ts';
import { addPerson } from '../../packages/branch/src/store/people.ts';
import { addPost } from '../../packages/branch/src/store/posts.ts';
import { type Inside, personOf, storeOf } from './people.ts';
import type { Figure } from './run.ts';
import { cookieFor, readPage } from './session.ts';
import { townOfBranches } from './town-of-branches.ts';

const POSTS = 100_000;
const AUTHORS = 100;
const BATCH = 100;
const BATCHES = 5;
const WORDS = 'plum garden story bus lamp river bread choir repair bench chess dog quilt seed map'.split(' ');

/** The boards of somebody who is signed in, at a branch with a hundred thousand posts; one process both asks and answers. */
export async function boardPage(): Promise<Figure[]> {
	const town = await townOfBranches(1);
	const figures: Figure[] = [];
	try {
		const inside = await storeOf(town, 0);
		fill(inside);
		const cookie = cookieFor(inside, { sub: 'bench-0' });
		inside.store.close();
		const branch = await town.open(0);
		const server = await listen((req, res) => branch.handle(req, res), { port: 0 });
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const headers = { host: new URL(branch.origin).host, accept: 'text/html', cookie };
		for (const [name, path] of [
			['home board', '/home'],
			['board of people one follows', '/board/followed'],
			['search for a common word', '/search?q=plum'],
		] as const) {
			for (let n = 0; n < 30; n += 1) await readPage(server.port, agent, path, headers);
			const waits: number[] = [];
			const runs: number[] = [];
			for (let batch = 0; batch < BATCHES; batch += 1) {
				const cpu = process.cpuUsage();
				for (let n = 0; n < BATCH; n += 1) {
					const began = performance.now();
					await readPage(server.port, agent, path, headers);
					waits.push(performance.now() - began);
				}
				const { user, system } = process.cpuUsage(cpu);
				runs.push((user + system) / 1000 / BATCH);
			}
			const slowest = waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.99)]!;
			figures.push(
				{ name: `${name} with ${POSTS.toLocaleString('en')} posts, CPU`, unit: 'ms', runs, goal: 5 },
				{
					name: `${name} with ${POSTS.toLocaleString('en')} posts, 99th percentile`,
					unit: 'ms',
					runs: [slowest],
					goal: 30,
				},
			);
		}
		agent.destroy();
		await server.close();
	} finally {
		await town.close();
	}
	return figures;
}

function fill({ store, context }: Inside): void {
	const people = Array.from({ length: AUTHORS }, (_, at) => ({
		...personOf(context.ids.next()),
		sub: `bench-${at}`,
		handle: `bench${at}`,
		name: `Bench ${at}`,
	}));
	store.relaxed.transact((writing) => {
		for (const person of people) addPerson(writing, person);
		for (let at = 0; at < POSTS; at += 1) {
			const person = people[at % AUTHORS]!;
			const id = context.ids.next();
			const scope = at % 3 === 0 ? 'public' : 'branch';
			const author = context.at.person(person.id);
			const words = Array.from({ length: 20 }, (_, n) => WORDS[(at * 7 + n * n) % WORDS.length]).join(' ');
			addPost(writing, {
				id,
				uri: context.at.post(person.id, id),
				url: context.at.page(person.handle, id),
				person: person.id,
				remote: null,
				content_html: `<p>${words}</p>`,
				source: words,
				summary: null,
				language: 'en',
				scope,
				audience: audienceOf(scope, { origin: context.origin, author }),
				mentions: [],
				reply_to: null,
				reply_uri: null,
				thread: id,
				created: Date.now(),
				edited: null,
				deleted: null,
				hidden: null,
				kind: 'Note',
				title: null,
				sensitive: false,
			});
		}
	});
}
