import type { CopySource } from '@understory/branch/carrying.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Platform } from './platform.ts';

/** A copy that lies in another home, carried by the platform: homes have no way to each other (charts/common, network policies). */
export function carriedBy(platform: Pick<Platform, 'part'>, carriage: string): CopySource {
	return {
		manifest: async () => documentIn(await platform.part(carriage, { what: 'manifest' })),
		bytes: (path, from, bytes) => platform.part(carriage, { what: 'file', path, from, bytes }),
		async key(recipient) {
			return documentIn<{ key: string }>(await platform.part(carriage, { what: 'key', recipient })).key;
		},
	};
}

/** The document in an answer; what it says is judged by whoever asked. */
function documentIn<T>(body: Buffer): T {
	try {
		return JSON.parse(body.toString('utf8')) as T;
	} catch (cause) {
		throw new PublicError(502, 'not_carried', 'The other home does not hand over this backup.', { cause });
	}
}
