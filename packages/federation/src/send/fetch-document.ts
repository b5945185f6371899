import { NotAllowed, Unavailable } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Engine } from '../fedify/engine.ts';
import type { BranchPorts, FetchedPost } from '../ports.ts';
import type { FetchedStamp } from '../quotes.ts';

/** Fetches one post of another server, signed by the branch. Throws NotAllowed for a server this branch does not talk to, and Unavailable. */
export function createFetchPost(ports: BranchPorts, engine: () => Promise<Engine>) {
	return (id: string): Promise<FetchedPost | null> =>
		fetchFrom(ports, id, async () => (await engine()).fetchPost(id));
}

/** Fetches a QuoteAuthorization of another server; throws the same. */
export function createFetchStamp(ports: BranchPorts, engine: () => Promise<Engine>) {
	return (address: string): Promise<FetchedStamp | null> =>
		fetchFrom(ports, address, async () => (await engine()).fetchStamp(address));
}

/** Fetches the addresses in a collection of another server; throws the same. */
export function createFetchCollection(ports: BranchPorts, engine: () => Promise<Engine>) {
	return (url: string): Promise<readonly string[] | null> =>
		fetchFrom(ports, url, async () => (await engine()).fetchCollection(url));
}

async function fetchFrom<T>(ports: BranchPorts, address: string, ask: () => Promise<T>): Promise<T | null> {
	const origin = originOf(address);
	if (origin === '' || origin === ports.origin) return null;
	if (!ports.mayFederate() || !ports.accepts(origin)) {
		throw new NotAllowed('This branch fetches nothing from there.', 'not_open');
	}
	try {
		return await ask();
	} catch (error) {
		if (!(error instanceof OutgoingFailure)) throw error;
		throw new Unavailable('That server does not answer at the moment.', 'server_unreachable', {
			cause: error,
		});
	}
}
