import { readFileSync } from 'node:fs';

/** The text of `standalone/check-proof.mjs`, for a site that hands it out or runs it in a page. */
export function standaloneCheck(): string {
	return readFileSync(new URL('../standalone/check-proof.mjs', import.meta.url), 'utf8');
}
