import { request } from 'node:https';

/** What came back over TLS. */
export interface Answer {
	readonly status: number;
	readonly text: string;
	/** Names in the certificate that was shown. */
	readonly certified: string;
}

/** Asks a machine at its door on loopback. Rejects when the door shows no certificate for the name. */
export function askOverTls(
	port: number,
	ca: Buffer,
	hostname: string,
	path: string,
	options: { method?: string; token?: string; body?: object },
): Promise<Answer> {
	const body = options.body && JSON.stringify(options.body);
	return new Promise((resolve, reject) => {
		const sent = request(
			{
				host: '127.0.0.1',
				port,
				servername: hostname,
				ca,
				agent: false,
				method: options.method ?? 'GET',
				path,
				headers: {
					host: hostname,
					accept: body === undefined && !options.token ? 'text/html' : 'application/json',
					...(body ? { 'content-type': 'application/json' } : {}),
					...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
				},
			},
			(response) => {
				const { subjectaltname = '' } = (
					response.socket as unknown as { getPeerCertificate(): { subjectaltname?: string } }
				).getPeerCertificate();
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						text: Buffer.concat(chunks).toString('utf8'),
						certified: subjectaltname,
					}),
				);
			},
		);
		sent.on('error', reject);
		sent.end(body);
	});
}
