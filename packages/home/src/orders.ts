import { CLOCKS_DIFFER, type Clock, clocksSentence } from '@understory/core/clock.ts';
import { Malformed, NotAllowed, Unavailable } from '@understory/core/errors.ts';
import type { Platform } from './platform.ts';

/** What every signed document to a home says of itself. */
interface Order {
	readonly type: string;
	readonly home: string;
	readonly issued: number;
	readonly expires: number;
}

/**
 * Takes a document for what it says it is, when the platform signed it, for this home, not too long ago and not in times to come. `subject` is the branch it names.
 * Throws `Malformed`, `NotAllowed`, or `Unavailable` while this home has not enrolled.
 */
export function readOrder<T extends Order>(
	parts: { readonly platform: Pick<Platform, 'id' | 'isGenuine'>; readonly clock: Clock },
	document: unknown,
	wanted: { readonly type: T['type']; readonly branch: string; subject(order: Partial<T>): unknown },
): T {
	const order = document as Partial<T> | null;
	if (order?.type !== wanted.type || wanted.subject(order) !== wanted.branch) {
		throw new Malformed('This is not a document of that kind for this branch.');
	}
	if (parts.platform.id() === null) throw new Unavailable('This home has not enrolled yet.', 'not_enrolled');
	if (!parts.platform.isGenuine(document))
		throw new NotAllowed('This document is not signed by the platform.', 'signature');
	const genuine = order as T;
	if (genuine.home !== parts.platform.id())
		throw new NotAllowed('This document is for another home.', 'another_home');
	const now = parts.clock.now();
	if (genuine.expires < now)
		throw new NotAllowed(`This document has expired. ${clocksSentence(genuine.issued, now)}`, 'expired');
	// Taken now, it could be sent again long after its time by whoever overheard it.
	if (genuine.issued > now + CLOCKS_DIFFER)
		throw new NotAllowed(
			`This document is of a later time. ${clocksSentence(genuine.issued, now)}`,
			'not_yet',
		);
	return genuine;
}
