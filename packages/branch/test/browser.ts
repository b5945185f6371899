import { type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** A person's browser: keeps its cookie, reads the token of the last form it saw. */
export interface Browser {
	get(path: string, headers?: Record<string, string>): Promise<Answer>;
	/** Several values of a field are boxes that are ticked. */
	post(
		path: string,
		form: Record<string, string | readonly string[]>,
		headers?: Record<string, string>,
	): Promise<Answer>;
	/** What it sends as its cookie. */
	readonly cookie: string | null;
	/** Posts and gives the path of the new post. */
	write(text: string, scope: string, replyTo?: string): Promise<string>;
}

/** A browser for one origin, on whatever port it is served. */
export function browserFor(origin: string, port: number, cookie: string | null): Browser {
	const { host } = new URL(origin);
	let token = '';
	const send = async (
		method: string,
		path: string,
		headers: Record<string, string>,
		body?: string,
	): Promise<Answer> => {
		const answer = await call(
			port,
			method,
			path,
			{
				host,
				accept: 'text/html',
				...(cookie ? { cookie } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', origin }),
				...headers,
			},
			body,
		);
		token = /name="_csrf" value="([^"]+)"/.exec(answer.body)?.[1] ?? token;
		return answer;
	};
	const browser: Browser = {
		cookie,
		get: (path, headers = {}) => send('GET', path, headers),
		post: (path, form, headers = {}) => send('POST', path, headers, sentAs({ _csrf: token, ...form })),
		async write(text, scope, replyTo) {
			const answer = await browser.post('/posts', {
				text,
				scope,
				...(replyTo ? { reply_to: replyTo.split('/').at(-1)! } : {}),
			});
			if (answer.status !== 303) throw new Error(`writing failed: ${answer.status}\n${answer.body}`);
			return answer.headers.location!;
		},
	};
	return browser;
}

function sentAs(form: Record<string, string | readonly string[]>): string {
	const pairs = Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
	return new URLSearchParams(pairs).toString();
}

/** One request over HTTP to this port, whatever the Host. */
export function call(
	port: number,
	method: string,
	path: string,
	headers: Record<string, string>,
	body?: string | Buffer,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (incoming) => {
			const chunks: Buffer[] = [];
			incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
			incoming.on('error', reject);
			incoming.on('end', () =>
				resolve({
					status: incoming.statusCode ?? 0,
					headers: incoming.headers,
					body: Buffer.concat(chunks).toString('utf8'),
				}),
			);
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}
