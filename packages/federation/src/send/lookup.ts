import { NotAllowed, Unavailable } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Engine } from '../fedify/engine.ts';
import type { BranchPorts, LocalActor, RemoteActor } from '../ports.ts';
import type { Addresses } from '../wire/addresses.ts';

const TIMEOUT = 10_000;
const MAX_ANSWER = 256 * 1024;
const HANDLE = /^(?:acct:|@)?([^@\s/]+)@([^@\s/?#]+)$/u;

/**
 * Finds somebody by `@handle@host` (WebFinger, RFC 7033) or by actor id. Null when there is nobody. Throws Unavailable when their
 * server does not answer, NotAllowed when this branch does not talk to it.
 */
export function createLookup(ports: BranchPorts, at: Addresses, engine: () => Promise<Engine>) {
	return async (address: string): Promise<RemoteActor | null> => {
		const id = await idOf(address.trim());
		if (id === null) return null;
		const origin = originOf(id);
		if (origin === ports.origin) return ownById(id);
		refuseUnaccepted(origin);
		const fedify = await engine();
		return reach(() => fedify.fetchActor(id));
	};

	async function idOf(address: string): Promise<string | null> {
		const [, handle, host] = HANDLE.exec(address) ?? [];
		if (handle === undefined || host === undefined)
			return /^https?:\/\//.test(originOf(address)) ? address : null;
		const origin = originOf(`${schemeOf(host)}//${host}`);
		if (origin === '') return null;
		if (origin === ports.origin) {
			const own = await ports.actorByHandle(handle);
			return own && at.actor(own);
		}
		refuseUnaccepted(origin);
		return webFinger(origin, `acct:${handle}@${host}`);
	}

	/** Real names are https. In a town, where everything is plain http on one machine, its own names are too. */
	function schemeOf(host: string): string {
		const { protocol } = new URL(ports.origin);
		const name = host.replace(/:\d+$/, '');
		return protocol === 'http:' && name.endsWith('.localhost') ? 'http:' : 'https:';
	}

	async function webFinger(origin: string, account: string): Promise<string | null> {
		const url = `${origin}/.well-known/webfinger?resource=${encodeURIComponent(account)}`;
		const answer = await reach(() =>
			ports.outgoing.request({
				url,
				headers: { accept: 'application/jrd+json, application/json' },
				timeoutMs: TIMEOUT,
				maxBytes: MAX_ANSWER,
				redirects: 3,
			}),
		);
		if (answer.status >= 500) throw unavailable();
		return answer.status === 200 ? selfLink(answer.body.toString('utf8')) : null;
	}

	async function ownById(id: string): Promise<RemoteActor | null> {
		const user = /\/ap\/users\/(\d+)$/.exec(id)?.[1];
		const server = id === at.actor({ id: 'server', kind: 'server' });
		const own = server ? await ports.serverActor() : user === undefined ? null : await ports.actorById(user);
		return own && asRemote(own);
	}

	function asRemote(own: LocalActor): RemoteActor {
		return {
			id: at.actor(own),
			handle: own.handle,
			host: new URL(at.origin).host,
			displayName: own.displayName,
			inbox: at.inbox(own),
			sharedInbox: at.sharedInbox,
			followers: at.followers(own),
			featured: at.featured(own),
			url: at.page(own.kind === 'server' ? '/about' : `/@${own.handle}`),
		};
	}

	function refuseUnaccepted(origin: string): void {
		if (ports.accepts(origin)) return;
		throw new NotAllowed('This branch exchanges nothing with that server.', 'server_refused');
	}
}

/** The actor a WebFinger document points to (RFC 7033 4.4; ActivityPub's type on a `self` link). */
function selfLink(text: string): string | null {
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
	const links: unknown = (document as { links?: unknown } | null)?.links;
	if (!Array.isArray(links)) return null;
	for (const link of links as readonly (Record<string, unknown> | null)[]) {
		const activity = typeof link?.type === 'string' && /^application\/(activity|ld)\+json/.test(link.type);
		if (link?.rel === 'self' && activity && typeof link.href === 'string' && originOf(link.href) !== '') {
			return link.href;
		}
	}
	return null;
}

async function reach<T>(ask: () => Promise<T>): Promise<T> {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof Unavailable || error instanceof NotAllowed) throw error;
		if (error instanceof OutgoingFailure || isFetchError(error)) throw unavailable(error);
		throw error;
	}
}

function isFetchError(error: unknown): boolean {
	return error instanceof Error && error.name === 'FetchError';
}

function unavailable(cause?: unknown): Unavailable {
	return new Unavailable('That server does not answer at the moment.', 'server_unreachable', { cause });
}
