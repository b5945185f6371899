import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The script of pages that show how far something is, at an address that changes with it. */
export interface LiveScript {
	readonly path: string;
	readonly body: Buffer;
}

export function liveScript(): LiveScript {
	const body = readFileSync(new URL('../../../assets/live.mjs', import.meta.url));
	const digest = createHash('sha256').update(body).digest('hex').slice(0, 12);
	return { path: `/live-${digest}.mjs`, body };
}
