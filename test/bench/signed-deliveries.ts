import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { Agent, request } from 'node:http';
import { listen } from '@understory/http/server.ts';
import { createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import type { Figure } from './run.ts';
import { townOfBranches } from './town-of-branches.ts';

const SENDERS = 10;
const BATCH = 250;
const BATCHES = 6;
const AT_ONCE = 16;
const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

/** Creates of notes, each signed with RSA beforehand by one of ten people of a neighbor, accepted by one branch over HTTP, all in one process. */
export async function signedDeliveries(): Promise<Figure[]> {
	const origin = 'http://bench-1.bench.localhost:4000';
	const senders = Array.from({ length: SENDERS }, (_, at) => senderOf(origin, at + 1));
	const town = await townOfBranches(2, actorsOnly(senders));
	const each: number[] = [];
	const late: number[] = [];
	try {
		const branch = await town.open(0);
		await branch.work();
		const server = await listen((req, res) => branch.handle(req, res), { port: 0 });
		const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
		const host = new URL(branch.origin).host;
		for (let batch = 0; batch <= BATCHES; batch += 1) {
			const prepared = Array.from({ length: BATCH }, (_, at) =>
				signedPost(senders[at % SENDERS]!, host, batch * BATCH + at + 1),
			);
			const times: number[] = [];
			const began = performance.now();
			await Promise.all(
				Array.from({ length: AT_ONCE }, async () => {
					for (let next = prepared.pop(); next; next = prepared.pop()) {
						const from = performance.now();
						const status = await post(server.port, agent, next);
						if (status !== 202) throw new Error(`a delivery was answered ${status}`);
						times.push(performance.now() - from);
					}
				}),
			);
			const took = performance.now() - began;
			// The first one also loads Fedify and fetches the keys.
			if (batch === 0) continue;
			each.push(took / BATCH);
			late.push(times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]!);
		}
		agent.destroy();
		await server.close();
	} finally {
		await town.close();
	}
	const note = 'one process both sends and receives; 4 ms for each are 250 a second.';
	return [
		{ name: `a signed delivery accepted, ${AT_ONCE} at once`, unit: 'ms', runs: each, goal: 4, note },
		{ name: 'a signed delivery from request to answer, 95th percentile', unit: 'ms', runs: late, goal: 120 },
	];
}

interface SenderOfBench {
	readonly actor: string;
	readonly privateKey: string;
	readonly document: object;
}

function senderOf(origin: string, id: number): SenderOfBench {
	const { privateKey, publicKey } = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
	});
	const actor = `${origin}/ap/users/${id}`;
	const document = {
		'@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
		id: actor,
		type: 'Person',
		preferredUsername: `bench${id}`,
		name: `Bench ${id}`,
		inbox: `${actor}/inbox`,
		endpoints: { sharedInbox: `${origin}/ap/inbox` },
		publicKey: { id: `${actor}#main-key`, owner: actor, publicKeyPem: publicKey },
	};
	return { actor, privateKey, document };
}

function actorsOnly(senders: readonly SenderOfBench[]): Outgoing {
	const wired = createOutgoing({ town: true });
	return {
		...wired,
		async request(asked) {
			const found = senders.find(({ actor }) => actor === asked.url);
			const headers = { 'content-type': 'application/activity+json' };
			const body = Buffer.from(JSON.stringify(found?.document ?? {}));
			return { status: found ? 200 : 404, headers, body, url: asked.url };
		},
	};
}

interface Prepared {
	readonly headers: Record<string, string>;
	readonly body: string;
}

function signedPost({ actor, privateKey }: SenderOfBench, host: string, id: number): Prepared {
	const to = { to: [PUBLIC], cc: [`${actor}/followers`] };
	const uri = `${actor}/statuses/${id}`;
	const content = `<p>Story time is at ten, number ${id}</p>`;
	const published = new Date().toISOString();
	const object = { id: uri, type: 'Note', attributedTo: actor, content, published, ...to };
	const context = 'https://www.w3.org/ns/activitystreams';
	const body = JSON.stringify({
		'@context': context,
		id: `${uri}/activity`,
		type: 'Create',
		actor,
		object,
		...to,
	});
	const date = new Date().toUTCString();
	const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
	const text = `(request-target): post /ap/inbox\nhost: ${host}\ndate: ${date}\ndigest: ${digest}`;
	const signature = createSign('sha256').update(text).sign(privateKey, 'base64');
	const fields = `keyId="${actor}#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest"`;
	const headers = { host, date, digest, signature: `${fields},signature="${signature}"` };
	return { headers: { ...headers, 'content-type': 'application/activity+json' }, body };
}

function post(port: number, agent: Agent, { headers, body }: Prepared): Promise<number> {
	return new Promise((resolve, reject) => {
		const asked = { host: '127.0.0.1', port, method: 'POST', path: '/ap/inbox', headers, agent };
		const sent = request(asked, (answer) => {
			answer.resume();
			answer.on('end', () => resolve(answer.statusCode ?? 0));
		});
		sent.on('error', reject);
		sent.end(body);
	});
}
