import { once } from 'node:events';
import { connect } from 'node:tls';
import type { Door } from './installation.ts';

/** Milliseconds for a certificate to come, which may be made only now. */
const PATIENCE_MS = 30_000;

/** What a door shows to whoever asks for a name. */
export interface ShownCertificate {
	/** Why a browser would not take it; null when it would. */
	readonly refused: string | null;
	/** UTC milliseconds, both. */
	readonly from: number;
	readonly until: number;
}

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
		const { authorizationError } = socket as { authorizationError?: unknown };
		const refused = socket.authorized
			? null
			: String((authorizationError as Error)?.message ?? authorizationError);
		const { valid_from, valid_to } = socket.getPeerCertificate();
		return { refused, from: Date.parse(valid_from), until: Date.parse(valid_to) };
	} finally {
		socket.destroy();
	}
}
