import type { IncomingMessage } from 'node:http';
import type { Reader } from '@understory/core/scope.ts';
import type { Engine } from '../fedify/engine.ts';
import type { BranchPorts } from '../ports.ts';
import { signatureClaim } from './signature-header.ts';

/** Who a GET is from: a server whose signature was verified, or nobody. Never throws for a bad signature. */
export type IdentifyReader = (request: IncomingMessage, path: string) => Promise<Reader>;

/** Servers we do not talk to are nobody, and their key is not fetched. */
export function createIdentifyReader(ports: BranchPorts, engine: () => Promise<Engine>): IdentifyReader {
	return async (request, path) => {
		const claim = signatureClaim(request.headers, false);
		if (!claim || claim.origin === ports.origin || !ports.accepts(claim.origin)) return { kind: 'nobody' };
		const method = request.method ?? 'GET';
		const fedify = await engine();
		const verified = await fedify.verify({ method, path, headers: request.headers, body: null, claim });
		return typeof verified === 'string' ? { kind: 'nobody' } : ports.serverReader(verified.proof.origin);
	};
}
