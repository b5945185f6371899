import { once } from 'node:events';
import { connect } from 'node:tls';
import { type ShownCertificate, shownOn } from '@understory/core/certificate.ts';
import type { Door } from './installation.ts';

/** Milliseconds for a certificate to come, which may be made only now. */
const PATIENCE_MS = 30_000;

/** Asks a door for the certificate of a name and says nothing else. Rejects with the system's code when nobody listens, or nothing is shown. */
export async function shownCertificate(
	{ host, port }: Pick<Door, 'host' | 'port'>,
	name: string,
	authorities?: string,
): Promise<ShownCertificate> {
	// One that a browser refuses is looked at all the same: it says why. Nothing is sent over the line.
	const socket = connect({ host, port, servername: name, rejectUnauthorized: false, ca: authorities });
	try {
		await once(socket, 'secureConnect', { signal: AbortSignal.timeout(PATIENCE_MS) });
		return shownOn(socket);
	} finally {
		socket.destroy();
	}
}
