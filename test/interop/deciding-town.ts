import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { create } from '../../packages/town/src/test-town.ts';
import { formsIn, Visitor } from '../e2e/visitor.ts';
import { signIn, toHandle, write } from '../e2e/walk.ts';

/** A town in which one host decides about as many posts as are wanted, each through the form that hosts use. */
export interface DecidingTown {
	/** The key of the library's log, as its site shows it. */
	readonly vkey: string;
	/** Decides until there are that many decisions, and lets everything be published. */
	decideUpTo(count: number): Promise<void>;
	/** A file of the log of this year, as the site serves it; null when it has none. */
	get(path: string): Promise<Buffer | null>;
	close(): Promise<void>;
}

/** Salem: two branches. */
const SYSTEM = 'OR0069';
const AT_ONCE = 8;
const FACTS = 'The post offers a thing for money, and nobody had asked for an offer.';

/** Opens the town. Its posts come into the branch's file beside the pages, since ten thousand people are not here to write them. */
export async function openDecidingTown(): Promise<DecidingTown> {
	const town = await create({ sample: true, libraries: [SYSTEM] });
	const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
	try {
		const [library] = town.file.libraries;
		const host = library!.demoCards.find(({ role, branch }) => role === 'host' && branch !== null)!;
		const patron = library!.demoCards.find(({ role, state }) => role === 'patron' && state === 'good')!;
		const { url } = library!.branches.find(({ slug }) => slug === host.branch)!;
		const origin = url.replace(/\/$/, '');
		const june = new Visitor(town.port);
		await arrive(june, origin, host, 'June Aldaba');
		const teo = new Visitor(town.port);
		await arrive(teo, origin, patron, 'Teo Halvorsen');
		const written = await write(teo, origin, 'A bicycle for forty dollars.');
		const first = Number(/\/@[^/"]+\/(\d+)/.exec(written.html)![1]);
		const page = await june.open(`${origin}/staff/posts/${first}/decide`);
		const form = formsIn(page.html).find(({ action }) => action.endsWith('/decide'))!;
		const rule = /name="rule" value="([^"]*no-advertising[^"]*)"/.exec(page.html)![1]!;
		const body = new URLSearchParams([
			...form.fields.filter(([name]) => !['rule', 'facts', 'do'].includes(name)),
			['rule', rule],
			['facts', FACTS],
			['do', 'decide'],
		] as [string, string][]).toString();
		const site = library!.accountability.replace(/\/$/, '');
		const keys = await june.open(`${site}/verify`);
		const vkey = new RegExp(`${new URL(site).host}/log/\\d{4}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+`).exec(
			keys.text,
		)![0];
		const [, year] = /\/log\/(\d{4})\+/.exec(vkey)!;
		let decided = 0;

		async function decide(post: number): Promise<void> {
			const { status, text } = await ask('POST', `${origin}/staff/posts/${post}/decide`, body);
			if (status !== 303) throw new Error(`deciding was answered with ${status}: ${text().slice(0, 300)}`);
		}
		function ask(method: string, address: string, sent?: string) {
			const { host: at, pathname, origin: from } = new URL(address);
			const headers = {
				host: at,
				...(sent === undefined
					? {}
					: {
							origin: from,
							cookie: june.cookieHeader(at),
							'content-type': 'application/x-www-form-urlencoded',
						}),
			};
			return new Promise<{ status: number; bytes: Buffer; text(): string }>((resolve, reject) => {
				const asked = request(
					{ agent, host: '127.0.0.1', port: town.port, method, path: pathname, headers },
					(response) => {
						const chunks: Buffer[] = [];
						response.on('data', (chunk: Buffer) => chunks.push(chunk));
						response.on('error', reject);
						response.on('end', () => {
							const bytes = Buffer.concat(chunks);
							resolve({ status: response.statusCode ?? 0, bytes, text: () => bytes.toString('utf8') });
						});
					},
				);
				asked.on('error', reject);
				asked.end(sent);
			});
		}

		return {
			vkey,
			async decideUpTo(count) {
				const posts = copyPost(fileOfBranch(town.data, new URL(origin).host), first, decided, count);
				for (let at = 0; at < posts.length; at += AT_ONCE) {
					await Promise.all(posts.slice(at, at + AT_ONCE).map(decide));
				}
				decided = count;
				await town.settle();
			},
			async get(path) {
				const { status, bytes } = await ask('GET', `${site}/log/${year}/${path}`);
				return status === 200 ? bytes : null;
			},
			async close() {
				agent.destroy();
				await town.close();
			},
		};
	} catch (error) {
		await town.close();
		throw error;
	}
}

/** Signs in, and chooses a name where this is the first time. */
async function arrive(
	visitor: Visitor,
	origin: string,
	card: { card: string; pin: string },
	name: string,
): Promise<void> {
	const page = await signIn(visitor, origin, card);
	if (new URL(page.url).pathname !== '/welcome') return;
	await visitor.send(page, '/welcome', { name, handle: toHandle(name), rules: 'yes' });
}

function fileOfBranch(data: string, host: string): string {
	const branches = join(data, 'homes', 'home-1', 'branches');
	for (const folder of readdirSync(branches)) {
		const file = join(branches, folder, 'branch.sqlite');
		const database = new Database(file, { readonly: true });
		try {
			if (database.prepare('SELECT 1 FROM post WHERE uri LIKE ?').get(`http://${host}/%`)) return file;
		} finally {
			database.close();
		}
	}
	throw new Error(`no folder is that of ${host}`);
}

/** Copies of a post, older than it, from one number up to another; their ids. */
function copyPost(file: string, first: number, from: number, until: number): number[] {
	const database = new Database(file, { timeout: 10_000 });
	try {
		const columns = database
			.prepare("SELECT name FROM pragma_table_info('post') WHERE name NOT IN ('id', 'uri', 'url', 'thread')")
			.pluck()
			.all() as string[];
		const copy = database.prepare(
			`INSERT INTO post (id, uri, url, thread, ${columns.join(', ')}) ` +
				`SELECT @id, uri || '/' || @id, url || '/' || @id, @id, ${columns.join(', ')} FROM post WHERE id = @first`,
		);
		const ids = Array.from({ length: until - from }, (_, n) => first - 1 - from - n);
		database.transaction(() => {
			for (const id of ids) copy.run({ id, first });
		})();
		return ids;
	} finally {
		database.close();
	}
}
