import type { RosterMember, SignedRoster } from '@understory/core/register.ts';
import { generateKey, type SigningKey } from '@understory/transparency-log/keys.ts';
import { libraryCharter } from '../src/charter.ts';
import { signConsent } from '../src/consent.ts';
import { memberOf } from '../src/member.ts';
import { buildRoster, type RosterParts, signRoster } from '../src/roster.ts';

export const NOW = Date.UTC(2026, 2, 2);
export const charter = libraryCharter('Multnomah County Library');
export const ID = 'multnomah';

/** A branch with its key, and the entry it agreed to. */
export function branch(slug: string, key: SigningKey = generateKey()) {
	const origin = `http://${slug}.multnomah.localhost:4000`;
	const consent = signConsent({ neighborhood: ID, charter, origin, since: NOW - 1000 }, key);
	const member = memberOf({ origin, name: slug, library: 'Multnomah County Library', key, consent });
	return { origin, key, consent, member };
}

/** A steward with the roster of `members`. */
export function roster(
	members: readonly RosterMember[],
	more: Partial<RosterParts> = {},
	steward: SigningKey = generateKey(),
): { steward: SigningKey; first: SignedRoster } {
	const url = 'http://accountability.multnomah.localhost:4000/neighborhoods/multnomah/roster';
	const parts = { id: ID, name: 'Multnomah', url, charter, steward, members, issued: NOW, ...more };
	return { steward, first: signRoster(buildRoster(parts), steward) };
}
