import { once } from 'node:events';
import { connect } from 'node:tls';
import { type ShownCertificate, shownOn } from '@understory/core/certificate.ts';
import type { Edge } from './edge.ts';
import { isTownName, systemResolve } from './lookup.ts';
import type { Reach } from './reach.ts';
import { socketGuard } from './socket-guard.ts';

/** Milliseconds for a certificate to come, which may be made only now. */
const PATIENCE = 15_000;

/** What people who come by a public name meet before anything is said: the DNS, and a certificate. */
export interface PublicDoor {
	/** Resolves when the DNS says where the name is. Rejects with the resolver's error, whose `code` says why not. */
	lookUp(name: string): Promise<void>;
	/**
	 * The certificate that is shown for a name, whoever made it. Nothing is sent over the line. Rejects with `OutgoingFailure` where nothing may lead, and with
	 * the system's error, or an `AbortError`, when nobody answers or nothing is shown.
	 */
	certificate(name: string, port: number, signal: AbortSignal): Promise<ShownCertificate>;
}

/** By the guard of everything that goes out. Names below the platform's own domain are asked at its edge where one is named, as they are over HTTP. */
export function createPublicDoor(
	reach: Reach & { readonly edge?: Edge | null; readonly ca?: string },
): PublicDoor {
	const guard = socketGuard(reach);
	const resolve = reach.resolve ?? systemResolve;
	const { edge, ca } = reach;
	return {
		async lookUp(name) {
			if (reach.town && isTownName(name)) return;
			await resolve(name);
		},
		async certificate(name, port, signal) {
			guard.refuseAddress(name);
			const isOurs = edge && name.endsWith(`.${edge.domain}`);
			const at = isOurs ? { host: edge.host, port: edge.port } : { host: name, port, lookup: guard.lookup };
			// One that a browser refuses is looked at all the same: it says why.
			const socket = connect({ ...at, servername: name, rejectUnauthorized: false, ca });
			try {
				await once(socket, 'secureConnect', {
					signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]),
				});
				return shownOn(socket);
			} finally {
				socket.destroy();
			}
		},
	};
}
