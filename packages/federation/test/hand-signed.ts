import { createHash, createSign, createVerify } from 'node:crypto';
import { request } from 'node:http';

/** What to sign and how; everything can be made wrong on purpose. */
export interface HandSigned {
	readonly method: 'GET' | 'POST';
	readonly url: string;
	readonly body?: string;
	readonly keyId: string;
	readonly privateKey: string;
	readonly date: number;
	/** Header names that the signature covers. */
	readonly cover?: readonly string[];
	/** Put on the request after signing. */
	readonly replace?: Readonly<Record<string, string>>;
}

/** draft-cavage-http-signatures-12 with node:crypto alone, so that tests do not verify Fedify with Fedify. */
export function sign(parts: HandSigned): Record<string, string> {
	const url = new URL(parts.url);
	const headers: Record<string, string> = { host: url.host, date: new Date(parts.date).toUTCString() };
	if (parts.method === 'GET') headers.accept = 'application/activity+json';
	if (parts.body !== undefined) {
		headers['content-type'] = 'application/activity+json';
		headers.digest = `SHA-256=${createHash('sha256').update(parts.body).digest('base64')}`;
	}
	const cover = parts.cover ?? [
		'(request-target)',
		'host',
		'date',
		...(parts.body === undefined ? [] : ['digest']),
	];
	const text = cover.map((name) => `${name}: ${headerText(name, parts.method, url, headers)}`).join('\n');
	const signature = createSign('sha256').update(text).sign(parts.privateKey, 'base64');
	const fields = [`keyId="${parts.keyId}"`, 'algorithm="rsa-sha256"', `headers="${cover.join(' ')}"`];
	return { ...headers, signature: [...fields, `signature="${signature}"`].join(','), ...parts.replace };
}

/** Verifies a request as another server would, with node:crypto alone. */
export function isSigned(
	got: { method: string; url: string; headers: Record<string, string>; body: string },
	publicKey: string,
): boolean {
	const fields = new Map(
		[...(got.headers.signature ?? '').matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1], m[2]]),
	);
	const cover = (fields.get('headers') ?? '').split(' ');
	const needed = ['(request-target)', 'host', 'date', ...(got.method === 'POST' ? ['digest'] : [])];
	if (!needed.every((name) => cover.includes(name))) return false;
	const digest = `SHA-256=${createHash('sha256').update(got.body).digest('base64')}`;
	if (got.method === 'POST' && got.headers.digest !== digest) return false;
	const text = cover
		.map((name) => `${name}: ${headerText(name, got.method, new URL(got.url), got.headers)}`)
		.join('\n');
	return createVerify('sha256')
		.update(text)
		.verify(publicKey, fields.get('signature') ?? '', 'base64');
}

function headerText(name: string, method: string, url: URL, headers: Record<string, string>): string {
	return name === '(request-target)' ? `${method.toLowerCase()} ${url.pathname}` : (headers[name] ?? '');
}

export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: string;
}

/** One plain HTTP request to this machine, whatever the host's name says (`*.localhost` does not resolve in Node). */
export function ask(
	url: string,
	options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
	const { host, port, pathname, search } = new URL(url);
	return new Promise((resolve, reject) => {
		const asked = request(
			{
				host: '127.0.0.1',
				port,
				path: pathname + search,
				method: options.method ?? 'GET',
				headers: { host, ...options.headers },
				agent: false,
			},
			(answer) => {
				const chunks: Buffer[] = [];
				answer.on('data', (chunk: Buffer) => chunks.push(chunk));
				answer.on('end', () =>
					resolve({
						status: answer.statusCode ?? 0,
						headers: answer.headers,
						body: Buffer.concat(chunks).toString('utf8'),
					}),
				);
			},
		);
		asked.on('error', reject);
		asked.end(options.body);
	});
}
