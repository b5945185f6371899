import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { IlsPatron } from '@understory/sip2/deck.ts';
import type { Trouble } from '../../src/connectors/conformance.ts';

/** One request to a simulated catalogue, its body read. */
export interface Call {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface Reply {
	readonly status: number;
	readonly headers?: Readonly<Record<string, string | string[]>>;
	readonly body?: unknown;
}

/** What the routes of a simulator work with. */
export interface Tools {
	readonly patrons: readonly IlsPatron[];
	readonly trouble: Trouble | null;
	readonly now: number;
	/** Who has this card; counts no try. */
	find(card: string): IlsPatron | undefined;
	/** Does the secret fit? Counts one try of the card. Yes to anything for whoever never set one, and while it says yes to all. */
	fits(card: string, secret: string | undefined): boolean;
	/** The patron whose data are answered: somebody else while the catalogue is in that trouble. */
	told(patron: IlsPatron): IlsPatron;
}

/** A catalogue that speaks a maker's interface over real HTTP. */
export interface Simulator {
	readonly origin: string;
	readonly calls: readonly (Call & { readonly url: string })[];
	/** Requests that no route was for. */
	readonly strange: readonly string[];
	asked(card: string): number;
	trouble(which: Trouble | null): void;
	/** Changes who has which card from now on. */
	replace(patrons: readonly IlsPatron[]): void;
	close(): Promise<void>;
}

export interface SimulatorOptions {
	readonly patrons: readonly IlsPatron[];
	readonly now?: () => number;
}

/** Starts one on a free port of 127.0.0.1, with a name of the town's. `route` answers null to what the interface does not know. */
export async function startSimulator(
	name: string,
	options: SimulatorOptions,
	route: (call: Call, tools: Tools) => Reply | null,
): Promise<Simulator> {
	const { now = Date.now } = options;
	let { patrons } = options;
	let trouble: Trouble | null = null;
	const calls: (Call & { url: string })[] = [];
	const strange: string[] = [];
	const tries = new Map<string, number>();
	const sockets = new Set<Socket>();

	const find = (card: string) => patrons.find((one) => one.card === card || one.alias === card);
	const tools = (): Tools => ({
		patrons,
		trouble,
		now: now(),
		find,
		fits(card, secret) {
			tries.set(card, (tries.get(card) ?? 0) + 1);
			const patron = find(card);
			if (!patron) return false;
			return trouble === 'says_yes' || patron.pin === null || patron.pin === secret;
		},
		told: (patron) =>
			trouble === 'another_patron' ? (patrons.find((one) => one.card !== patron.card) ?? patron) : patron,
	});

	/** Null: no answer at all. */
	function replyTo(call: Call & { url: string }): Reply | null {
		calls.push(call);
		if (trouble === 'silent') {
			route(call, tools());
			return null;
		}
		if (trouble === 'redirects') return { status: 302, headers: { location: `${call.path}/elsewhere` } };
		if (trouble === 'server_error') return { status: 503, body: { error: 'System is under maintenance.' } };
		if (trouble === 'busy') return { status: 429, headers: { 'retry-after': '1' } };
		const reply = route(call, tools());
		if (!reply) strange.push(`${call.method} ${call.url}`);
		if (trouble === 'garbage' && (reply?.status ?? 404) < 300) {
			const status = reply!.status === 204 ? 200 : reply!.status;
			return { status, body: '<html><title>Welcome</title>' };
		}
		return reply ?? { status: 404, body: { error: 'not found' } };
	}

	const server = createServer((request, response) => {
		if (trouble === 'dead') return void request.socket.destroy();
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method = '', url = '/', headers } = request;
			const { pathname, searchParams } = new URL(url, 'http://simulator');
			const body = Buffer.concat(chunks).toString('utf8');
			const reply = replyTo({ method, url, path: pathname, query: searchParams, headers, body });
			if (reply) send(response, reply);
		});
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		origin: `http://${name}.localhost:${port}`,
		calls,
		strange,
		asked: (card) => tries.get(card) ?? 0,
		trouble(which) {
			trouble = which;
			if (which === 'dead') for (const socket of sockets) socket.destroy();
		},
		replace(others) {
			patrons = others;
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
	const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
	const type = typeof body === 'string' ? 'text/html' : 'application/json';
	response.writeHead(status, { ...(text === '' ? {} : { 'content-type': type }), ...headers });
	response.end(text);
}

/** A body as JSON, or an empty object. */
export function json(body: string): Record<string, unknown> {
	try {
		return JSON.parse(body) as Record<string, unknown>;
	} catch {
		return {};
	}
}

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** YYYY-MM-DD of the deck's YYYYMMDD. */
export const dashed = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;

/** A number for the deck's own id, as systems number their records. */
export const recordNumber = (patron: IlsPatron): number => Number(patron.internalId!.replace(/\D/g, ''));

/** User and password of an `Authorization: Basic`. */
export function basic(headers: IncomingHttpHeaders): { user: string; password: string } | null {
	const given = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1];
	if (!given) return null;
	const [user = '', ...rest] = Buffer.from(given, 'base64').toString('utf8').split(':');
	return { user, password: rest.join(':') };
}
