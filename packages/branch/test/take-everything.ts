import { request } from 'node:http';
import { fromBuffer } from 'yauzl';
import type { Bed } from './bed.ts';
import type { Browser } from './browser.ts';

/** The files of somebody's archive, by name, as their browser gets them. */
export async function takeEverything(bed: Bed, slug: string, who: Browser): Promise<Map<string, string>> {
	const page = (await who.get('/you/leave')).body;
	const token = /name="_csrf" value="([^"]+)"/.exec(page)![1]!;
	const body = new URLSearchParams({ _csrf: token }).toString();
	const { origin } = bed.branch(slug);
	const headers = {
		host: new URL(origin).host,
		origin,
		cookie: who.cookie ?? '',
		'content-type': 'application/x-www-form-urlencoded',
	};
	const bytes = await new Promise<Buffer>((resolve, reject) => {
		const options = { host: '127.0.0.1', port: bed.port, method: 'POST', path: '/you/archive', headers };
		const outgoing = request(options, (incoming) => {
			if (incoming.headers['content-type'] !== 'application/zip') reject(new Error('That is no archive.'));
			const chunks: Buffer[] = [];
			incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
			incoming.on('end', () => resolve(Buffer.concat(chunks)));
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
	return unzip(bytes);
}

function unzip(bytes: Buffer): Promise<Map<string, string>> {
	return new Promise((resolve, reject) => {
		const found = new Map<string, string>();
		fromBuffer(bytes, { lazyEntries: true }, (fault, zip) => {
			if (fault) return reject(fault);
			zip.on('entry', (entry: { fileName: string }) => {
				zip.openReadStream(entry as never, (error, stream) => {
					if (error) return reject(error);
					const chunks: Buffer[] = [];
					stream.on('data', (chunk: Buffer) => chunks.push(chunk));
					stream.on('end', () => {
						found.set(entry.fileName, Buffer.concat(chunks).toString('utf8'));
						zip.readEntry();
					});
				});
			});
			zip.on('end', () => resolve(found));
			zip.on('error', reject);
			zip.readEntry();
		});
	});
}
