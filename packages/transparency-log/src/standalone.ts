import { readFileSync } from 'node:fs';

/** The text of `standalone/<name>.mjs`, for a site that hands it out or runs it in a page: of one entry, or of a whole year. */
export function standaloneCheck(name: 'check-proof' | 'check-log'): string {
	return readFileSync(new URL(`../standalone/${name}.mjs`, import.meta.url), 'utf8');
}
