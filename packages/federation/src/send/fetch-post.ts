import { NotAllowed, Unavailable } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Engine } from '../fedify/engine.ts';
import type { BranchPorts, FetchedPost } from '../ports.ts';

/** Fetches one post of another server, signed by the branch. Throws NotAllowed for a server this branch does not talk to, and Unavailable. */
export function createFetchPost(ports: BranchPorts, engine: () => Promise<Engine>) {
	return async (id: string): Promise<FetchedPost | null> => {
		const origin = originOf(id);
		if (origin === '' || origin === ports.origin) return null;
		if (!ports.mayFederate() || !ports.accepts(origin)) {
			throw new NotAllowed('This branch fetches nothing from there.', 'not_open');
		}
		try {
			return await (await engine()).fetchPost(id);
		} catch (error) {
			if (!(error instanceof OutgoingFailure)) throw error;
			throw new Unavailable('That server does not answer at the moment.', 'server_unreachable', {
				cause: error,
			});
		}
	};
}
