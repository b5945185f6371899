import { createHash } from 'node:crypto';

/** What is kept of an id that is itself a secret. Such ids are long and random, so nothing has to be added to them. */
export function hash(id: string): string {
	return createHash('sha256').update(id).digest('base64url');
}
