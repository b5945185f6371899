import { type Fault, PublicError, Unavailable } from '@understory/core/errors.ts';
import { type Event, OPERATIONS, type Operation, type Operations, type Plan } from './api.ts';
import { type Followed, follow } from './follow.ts';
import type { Answered, Send } from './send.ts';

export interface ApiClientParts {
	/** Origin of the platform's console and API, `https://platform.example`. */
	readonly url: string;
	/** Bearer token; empty for what everybody may call. */
	readonly token: string;
	readonly send: Send;
	/** Called with the last day of the token (`YYYY-MM-DD`, in UTC) when the platform says that it ends soon. */
	readonly endsSoon?: (day: string) => void;
	/** Makes the Idempotency-Key of each request that changes something, so that sending it again does nothing twice. */
	readonly randomId: () => string;
	/** Waits so many milliseconds between two looks at an operation. */
	wait(milliseconds: number): Promise<void>;
}

type Id = keyof Operations;

/** What is said with a call; only what the operation takes. */
export type Said<I extends Id> = {
	readonly params?: Operations[I]['params'];
	readonly query?: Operations[I]['query'];
	readonly body?: Operations[I]['body'];
};

type ItemOf<I extends Id> = Operations[I]['answer'] extends { readonly items: readonly (infer T)[] }
	? T
	: never;

export interface ApiClient {
	/** What a call that changes something would do; nothing is done. Throws what the call would throw. */
	plan<I extends Id>(id: I, said?: Said<I>): Promise<Plan>;
	/**
	 * Calls one operation. Throws `PublicError` with the platform's own sentence, status and code when it refuses, and `Unavailable` when
	 * nobody answers. A request that got no answer is sent once more with the same Idempotency-Key.
	 */
	call<I extends Id>(id: I, said?: Said<I>): Promise<Operations[I]['answer']>;
	/** Every item of a list, page after page. */
	all<I extends Id>(id: I, said?: Said<I>): AsyncIterable<ItemOf<I>>;
	/** Waits so many milliseconds, as between two looks at an operation. */
	wait(milliseconds: number): Promise<void>;
	/** Looks at an operation until it has ended, and tells `seen` of each look. Resolves with how it ended, done or failed. */
	ended(operation: string, seen?: (operation: Operation) => void): Promise<Operation>;
	/** The events after a number as they come, for as long as they are asked for; see `follow`. */
	follow(of: Followed, from: number, lost?: (error: PublicError) => void): AsyncIterable<readonly Event[]>;
}

/** Milliseconds between two looks at an operation: at first often, for what takes a moment, then seldom. */
const LOOKS_MS = [100, 200, 400, 800, 1_500] as const;

/** A client of the provisioning API of one platform. */
export function createApiClient({ url, token, send, endsSoon, randomId, wait }: ApiClientParts): ApiClient {
	const origin = new URL(url).origin;

	async function request<I extends Id>(id: I, said: Said<I>, path: string): Promise<Answered> {
		const { method, body: media } = OPERATIONS[id];
		const file = media === 'text/csv';
		const sent = {
			method,
			url: `${origin}${path}`,
			headers: {
				...(token === '' ? {} : { authorization: `Bearer ${token}` }),
				accept: 'application/json',
				...(media ? { 'content-type': media } : {}),
				...(method === 'POST' ? { 'idempotency-key': randomId() } : {}),
			},
			body:
				said.body === undefined
					? null
					: file
						? (said.body as AsyncIterable<Uint8Array>)
						: JSON.stringify(said.body),
		};
		// A file is read once; what changes nothing twice may be said twice.
		const again = file ? null : () => send(sent);
		const answered = await send(sent)
			.catch((error: unknown) => (again ? again() : Promise.reject(error)))
			.catch((cause: unknown) => {
				const sentence = `Nobody answers at ${origin}. Is the address right, and is the platform up?`;
				throw new Unavailable(sentence, 'no_answer', { cause });
			});
		const ends = answered.headers['understory-token-ends'];
		if (ends && /^\d{4}-\d{2}-\d{2}$/.test(ends)) endsSoon?.(ends);
		if (answered.status >= 200 && answered.status < 300) return answered;
		throw refusal(answered, origin);
	}

	async function call<I extends Id>(id: I, said: Said<I> = {}): Promise<Operations[I]['answer']> {
		const { text } = await request(id, said, pathOf(id, said));
		return (text === '' ? undefined : JSON.parse(text)) as Operations[I]['answer'];
	}

	return {
		plan: (id, said = {}) =>
			call('plan', {
				body: {
					method: OPERATIONS[id].method as 'POST',
					path: pathOf(id, said).replace(/^\/api\/v1/, ''),
					...(said.body === undefined ? {} : { body: said.body }),
				},
			}),
		call,
		wait,
		follow: (of, from, lost) => follow({ call }, of, from, { wait, ...(lost && { lost }) }),
		async *all(id, said = {}) {
			let path: string | null = pathOf(id, said);
			while (path !== null) {
				const answered: Answered = await request(id, said, path);
				yield* (JSON.parse(answered.text) as { items: ItemOf<typeof id>[] }).items;
				path = nextPath(answered, origin);
			}
		},
		async ended(operation, seen) {
			for (let look = 0; ; look++) {
				const now = await call('getOperation', { params: { operation } });
				seen?.(now);
				if (now.state === 'done' || now.state === 'failed') return now;
				await wait(LOOKS_MS[Math.min(look, LOOKS_MS.length - 1)]!);
			}
		},
	};
}

function pathOf<I extends Id>(id: I, { params, query }: Said<I>): string {
	const given = (params ?? {}) as Record<string, string>;
	const path = OPERATIONS[id].path.replace(/\{(\w+)\}/g, (_, name: string) => {
		const value = given[name];
		if (!value) throw new TypeError(`${id} needs ${name}`);
		return encodeURIComponent(value);
	});
	const asked = Object.entries((query ?? {}) as Record<string, string | undefined>).filter(
		(pair): pair is [string, string] => pair[1] !== undefined,
	);
	return asked.length === 0 ? path : `${path}?${new URLSearchParams(asked)}`;
}

/** The next page (RFC 8288), which is only followed on the platform that the token is for. */
function nextPath({ headers }: Answered, origin: string): string | null {
	const link = /<([^>]*)>;\s*rel="next"/.exec(headers.link ?? '')?.[1];
	if (!link) return null;
	const next = new URL(link, origin);
	return next.origin === origin ? `${next.pathname}${next.search}` : null;
}

/** The platform's refusal (RFC 9457) as an error of ours. */
function refusal({ status, text }: Answered, origin: string): PublicError {
	const problem = readProblem(text);
	if (!problem) {
		const sentence = `What answers at ${origin} is not an Understory platform (status ${status}).`;
		return new PublicError(status < 400 ? 502 : status, 'not_understory', sentence);
	}
	return new PublicError(status, problem.code, problem.title, { faults: problem.errors });
}

function readProblem(text: string): { title: string; code: string; errors: Fault[] } | null {
	try {
		const read = JSON.parse(text) as { title?: unknown; code?: unknown; errors?: Fault[] };
		if (typeof read.title !== 'string' || typeof read.code !== 'string') return null;
		return { title: read.title, code: read.code, errors: Array.isArray(read.errors) ? read.errors : [] };
	} catch {
		return null;
	}
}
