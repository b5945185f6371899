import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, ask, type HandSigned, isSigned, sign } from './hand-signed.ts';
import { rsaKeys } from './keys.ts';
import { NOW, type Sending } from './memory-branch.ts';

/** A server of somebody else's, written by hand in the shapes of Mastodon; it shares no code with ours. */
export interface Peer {
	readonly origin: string;
	readonly actor: string;
	/** Documents by path; change them to make the server misbehave. */
	readonly documents: Map<string, unknown>;
	/** Statuses to answer with instead, by path. */
	readonly broken: Map<string, number>;
	/** Where else a path is said to be. */
	readonly moved: Map<string, string>;
	/** Content types other than ActivityPub's, by path. */
	readonly types: Map<string, string>;
	readonly got: Sending[];
	/** What it is asked for. */
	readonly asked: string[];
	/** Posts an activity, signed by its actor unless told otherwise. */
	post(url: string, activity: unknown, wrong?: Partial<HandSigned>): Promise<Answer>;
	get(url: string, wrong?: Partial<HandSigned>): Promise<Answer>;
	close(): Promise<void>;
}

/** Starts one at `http://<name>.test.localhost:<a free port>` with the actor `/users/mara`. */
export async function startPeer(name: string): Promise<Peer> {
	const documents = new Map<string, unknown>();
	const broken = new Map<string, number>();
	const moved = new Map<string, string>();
	const types = new Map<string, string>();
	const got: Sending[] = [];
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const path = request.url ?? '/';
		asked.push(`${request.method} ${path}`);
		void bodyOf(request).then((body) => {
			if (request.method === 'POST') got.push(sendingOf(request, origin, body));
			const found = request.method === 'POST' ? null : documents.get(path);
			const status = broken.get(path) ?? (request.method === 'POST' ? 202 : found === undefined ? 404 : 200);
			const location = moved.get(path);
			const type = types.get(path) ?? typeOf(path);
			response.writeHead(location ? 302 : status, {
				'content-type': type,
				...(location ? { location } : {}),
			});
			response.end(found ? JSON.stringify(found) : '');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const origin = `http://${name}.test.localhost:${(server.address() as AddressInfo).port}`;
	const actor = `${origin}/users/mara`;
	const { privateKey, publicKey } = rsaKeys('peer');
	documents.set('/users/mara', person(origin, 'mara', publicKey));
	documents.set(
		`/.well-known/webfinger?resource=${encodeURIComponent(`acct:mara@${new URL(origin).host}`)}`,
		{
			subject: `acct:mara@${new URL(origin).host}`,
			links: [{ rel: 'self', type: 'application/activity+json', href: actor }],
		},
	);
	const usual = { keyId: `${actor}#main-key`, privateKey, date: NOW };
	return {
		origin,
		actor,
		documents,
		broken,
		moved,
		types,
		got,
		asked,
		post(url, activity, wrong = {}) {
			const body = typeof activity === 'string' ? activity : JSON.stringify(activity);
			const headers = sign({ ...usual, method: 'POST', url, body, ...wrong });
			return ask(url, { method: 'POST', headers, body });
		},
		get: (url, wrong = {}) => ask(url, { headers: sign({ ...usual, method: 'GET', url, ...wrong }) }),
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** An actor as Mastodon writes it. */
export function person(origin: string, handle: string, publicKeyPem: string) {
	const id = `${origin}/users/${handle}`;
	return {
		'@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
		id,
		type: 'Person',
		preferredUsername: handle,
		name: 'Mara \u202eReverse',
		summary: '',
		url: `${origin}/@${handle}`,
		inbox: `${id}/inbox`,
		outbox: `${id}/outbox`,
		followers: `${id}/followers`,
		endpoints: { sharedInbox: `${origin}/inbox` },
		publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem },
	};
}

/** Was this request signed by the key? */
export function signedBy(got: Sending, publicKey: string): boolean {
	return isSigned(got, publicKey);
}

function sendingOf(request: IncomingMessage, origin: string, body: string): Sending {
	const headers = Object.fromEntries(
		Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
	);
	return { method: request.method ?? '', url: `${origin}${request.url}`, headers, body };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks).toString('utf8');
}

function typeOf(path: string): string {
	return path.startsWith('/.well-known')
		? 'application/jrd+json'
		: 'application/activity+json; charset=utf-8';
}
