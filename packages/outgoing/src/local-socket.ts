import { request } from 'node:http';

/** Milliseconds of silence after which a program is taken for gone. */
const SILENT = 10_000;
/** The longest answer, in characters. */
const MOST = 1 << 24;

/**
 * Asks a program of this machine that listens on a socket in the file system, and reads its answer as JSON. No name and no address is looked up, so there is
 * nothing to guard. Throws when it does not answer, or with anything but 200.
 */
export function askSocket(
	socketPath: string,
	asked: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object | undefined },
): Promise<unknown> {
	const { method, path, body } = asked;
	return new Promise((resolve, reject) => {
		const headers = { host: 'localhost', 'content-type': 'application/json' };
		const options = { socketPath, method, path, headers, timeout: SILENT, agent: false };
		const sent = request(options, (response) => {
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (part: string) => {
				text += part;
				if (text.length > MOST) sent.destroy(new Error('The answer is too long.'));
			});
			response.on('error', reject);
			response.on('end', () => {
				const { statusCode } = response;
				if (statusCode !== 200)
					return reject(new Error(`${path} is answered with ${statusCode}: ${text.slice(0, 300)}`));
				try {
					resolve(JSON.parse(text));
				} catch (error) {
					reject(error);
				}
			});
		});
		sent.on('timeout', () => sent.destroy(new Error('Nobody answers.')));
		sent.on('error', reject);
		sent.end(body && JSON.stringify(body));
	});
}
