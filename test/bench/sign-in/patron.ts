import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { formsIn } from '../../e2e/visitor.ts';

export interface Answer {
	readonly status: number;
	readonly url: URL;
	readonly headers: IncomingHttpHeaders;
	readonly html: string;
}

/** Connections are kept, as a gateway keeps them. */
export function connections(): Agent {
	// Let go of sooner than the servers do, so that none is used in the moment in which it is closed.
	return new Agent({ keepAlive: true, maxSockets: 500, timeout: 2_000 });
}

/** Somebody at their own computer: an address and cookies of their own. */
export class Patron {
	readonly #agent: Agent;
	readonly #address: string;
	readonly #cookies = new Map<string, Map<string, string>>();

	constructor(agent: Agent, address: string) {
		this.#agent = agent;
		this.#address = address;
	}

	/**
	 * From the click at the branch to its board: the card page, the card, the code, and at the first time the branch's rules. Returns how long they
	 * waited, in milliseconds. Throws when they come anywhere else.
	 */
	async signIn(branch: string, card: { card: string; pin: string }, handle: string): Promise<number> {
		const clicked = performance.now();
		const page = await this.open('GET', new URL('/signin', branch));
		let arrived = await this.send(page, { card: card.card, pin: card.pin });
		if (arrived.url.pathname === '/welcome')
			arrived = await this.send(arrived, { name: handle, handle, rules: 'yes', scope: 'branch' });
		const waited = performance.now() - clicked;
		if (arrived.status !== 200 || arrived.url.href !== `${branch}/home`)
			throw new Error(`came to ${arrived.status} ${arrived.url.href}`);
		return waited;
	}

	/** Fills in the form of a page that has these fields, and follows where it leads. */
	send(page: Answer, values: Record<string, string>): Promise<Answer> {
		const names = Object.keys(values);
		const form = formsIn(page.html).find((one) => names.every((name) => one.names.has(name)));
		if (!form) throw new Error(`no such form at ${page.status} ${page.url.href}`);
		const kept = form.fields.filter(([name]) => !(name in values)) as [string, string][];
		const body = new URLSearchParams([...kept, ...Object.entries(values)]).toString();
		return this.open('POST', new URL(form.action || page.url, page.url), body);
	}

	/** Follows where it leads. */
	async open(method: string, to: URL, body?: string): Promise<Answer> {
		let answer = await this.#once(method, to, body);
		for (let hops = 0; answer.headers.location && hops < 8; hops += 1)
			answer = await this.#once('GET', new URL(answer.headers.location, answer.url));
		return answer;
	}

	#once(method: string, url: URL, body?: string): Promise<Answer> {
		const jar = this.#cookies.get(url.host) ?? new Map<string, string>();
		this.#cookies.set(url.host, jar);
		const headers = {
			host: url.host,
			accept: 'text/html',
			'accept-language': 'en',
			'x-forwarded-for': this.#address,
			cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
			...(body === undefined
				? {}
				: { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin }),
		};
		return new Promise((resolve, reject) => {
			const { port } = url;
			const path = url.pathname + url.search;
			const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: this.#agent }, (got) => {
				const chunks: Buffer[] = [];
				got.on('data', (chunk: Buffer) => chunks.push(chunk));
				got.on('error', reject);
				got.on('end', () => {
					for (const line of got.headers['set-cookie'] ?? []) keep(jar, line);
					const html = Buffer.concat(chunks).toString('utf8');
					resolve({ status: got.statusCode ?? 0, url, headers: got.headers, html });
				});
			});
			sent.on('error', (cause) => reject(new Error(`${method} ${url.host}${url.pathname}`, { cause })));
			sent.end(body);
		});
	}
}

function keep(jar: Map<string, string>, line: string): void {
	const pair = line.split(';', 1)[0]!;
	const at = pair.indexOf('=');
	jar.set(pair.slice(0, at).trim(), pair.slice(at + 1));
}
