import { type Agent, request } from 'node:http';
import { gzipSync } from 'node:zlib';

export interface Read {
	readonly body: Buffer;
}

/** A front page and everything its markup and styles load: packed as the server in front packs text, fonts as they are. In KB. */
export async function weigh(
	get: (path: string, accept: string) => Promise<Read>,
): Promise<{ sent: number; whole: number; files: number }> {
	const front = (await get('/', 'text/html')).body;
	const linked = [...front.toString('utf8').matchAll(/<(?:link|img|script)\b[^>]*(?:href|src)="(\/[^"#]+)/g)];
	const paths = new Set(
		linked.map(([, path]) => path!).filter((path) => !/\.(atom|ics|webmanifest)$/.test(path)),
	);
	const bodies = [front];
	for (const path of paths) {
		const { body } = await get(path, '*/*');
		bodies.push(body);
		if (!path.endsWith('.css')) continue;
		for (const [, inner] of body.toString('utf8').matchAll(/url\(["']?(\/[^"')#]+)/g))
			if (inner) paths.add(inner);
	}
	const sent = bodies.reduce((sum, body) => sum + Math.min(body.length, gzipSync(body).length), 0);
	const whole = bodies.reduce((sum, body) => sum + body.length, 0);
	return { sent: sent / 1024, whole: whole / 1024, files: bodies.length };
}

/** Asks for an address; rejects when it is not answered with 200. */
export function read(
	port: number,
	agent: Agent,
	path: string,
	headers: Record<string, string>,
): Promise<Read> {
	return new Promise((resolve, reject) => {
		const sent = request({ host: '127.0.0.1', port, path, headers, agent }, (answer) => {
			const chunks: Buffer[] = [];
			answer.on('data', (chunk: Buffer) => chunks.push(chunk));
			answer.on('end', () => {
				if (answer.statusCode === 200) resolve({ body: Buffer.concat(chunks) });
				else reject(new Error(`${path} answered ${answer.statusCode}`));
			});
		});
		sent.on('error', reject);
		sent.end();
	});
}
