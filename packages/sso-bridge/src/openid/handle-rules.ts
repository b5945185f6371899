import { RESERVED_HANDLES } from '@understory/core/reserved-handles.ts';

/** What is wrong with a handle for a server that is no branch; each is the key of a sentence. */
export type HandleFault = 'form' | 'digits' | 'reserved';

/** Names by which servers of the fediverse and mail know an office or themselves. */
const OFFICES = new Set([
	'abuse',
	'hostmaster',
	'hometown',
	'instance',
	'instanceactor',
	'mastodon',
	'noreply',
]);

/**
 * `^[a-z0-9_]{3,30}$` (reference/library-sso.md 6.2): what Mastodon takes as a user name without changing it. Never a card number, which has more
 * than six digits; we do not know the card any more, so no handle may look like one. No name of an office.
 */
export function handleFault(handle: string): HandleFault | null {
	if (!/^[a-z0-9_]{3,30}$/.test(handle) || !/[a-z0-9]/.test(handle)) return 'form';
	if (handle.replace(/\D/g, '').length > 6) return 'digits';
	const bare = handle.replaceAll('_', '');
	return RESERVED_HANDLES.has(bare) || OFFICES.has(bare) ? 'reserved' : null;
}
