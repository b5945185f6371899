import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The script of pages with a passkey, at an address that changes with it. */
export interface PasskeyScript {
	readonly path: string;
	readonly body: Buffer;
}

export function passkeyScript(): PasskeyScript {
	const body = readFileSync(new URL('../../assets/passkey.mjs', import.meta.url));
	const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
	return { path: `/passkey-${digest}.mjs`, body };
}
