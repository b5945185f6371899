import { NotAllowed, Unavailable } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Engine } from '../fedify/engine.ts';
import type { BranchPorts } from '../ports.ts';

const TIMEOUT = 10_000;

/**
 * Fetches a file from another server through the guarded client, signed by the branch, since what is not for everyone is shown to a server
 * that may have it only. Null when there is none. Throws NotAllowed for a server this branch does not talk to, and Unavailable.
 */
export function createFetchFile(ports: BranchPorts, engine: () => Promise<Engine>) {
	return async (url: string, maxBytes: number): Promise<Buffer | null> => {
		const origin = originOf(url);
		if (origin === '' || origin === ports.origin) return null;
		if (!ports.mayFederate()) throw new NotAllowed('This branch fetches nothing at the moment.', 'not_open');
		const { knock } = await engine();
		try {
			const request = { method: 'GET', url, accept: 'image/*' } as const;
			const answer = await knock(request, await ports.serverActor(), {
				timeoutMs: TIMEOUT,
				maxBytes,
				redirects: 2,
			});
			if (answer.status >= 500 || answer.status === 429) throw unavailable();
			return answer.status === 200 ? answer.body : null;
		} catch (error) {
			if (!(error instanceof OutgoingFailure)) throw error;
			if (error.silent) throw unavailable(error);
			return null;
		}
	};
}

function unavailable(cause?: unknown): Unavailable {
	return new Unavailable('That server does not answer at the moment.', 'server_unreachable', { cause });
}
