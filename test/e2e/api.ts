import { request } from 'node:http';

/** One call of the provisioning API, as a script would make it. */
export interface ApiAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	// biome-ignore lint/suspicious/noExplicitAny: a test reads what the API documents, field by field
	readonly body: any;
}

/** Calls 127.0.0.1 with a Host header. */
export function call(
	port: number,
	method: string,
	path: string,
	options: {
		token?: string;
		body?: unknown;
		raw?: Buffer | string;
		headers?: Record<string, string>;
		host?: string;
	} = {},
): Promise<ApiAnswer> {
	const body = options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body));
	const headers: Record<string, string> = {
		host: options.host ?? `localhost:${port}`,
		accept: 'application/json',
		...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
		...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
		...options.headers,
	};
	return new Promise((resolve, reject) => {
		const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () => {
				const text = Buffer.concat(chunks).toString('utf8');
				const isJson = /json/.test(response.headers['content-type'] ?? '');
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					body: isJson ? JSON.parse(text) : text,
				});
			});
		});
		sent.on('error', reject);
		sent.end(body ?? undefined);
	});
}
