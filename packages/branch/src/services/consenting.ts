import type { DesiredBranch } from '@understory/core/desired.ts';
import { digestCharter } from '@understory/neighborhood/charter.ts';
import { signConsent } from '@understory/neighborhood/consent.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import { keepConsent, keptConsents, removeConsent, removeRoster } from '../store/rosters.ts';
import type { Writing } from '../store/store.ts';

/**
 * Signs consent to the neighborhoods a desired document names, once for each charter, and takes back what it names no more
 * (DESIGN 4.6, 5.10). Doing it again changes nothing: `since` stays what it was.
 */
export function agreeTo(writing: Writing, desired: DesiredBranch, key: SigningKey, now: number): void {
	const known = new Map(keptConsents(writing).map((consent) => [consent.neighborhood, consent]));
	for (const { id, charter } of desired.neighborhoods) {
		const given = known.get(id);
		known.delete(id);
		if (given?.charter_digest === digestCharter(charter) && given.key_id === key.id) continue;
		keepConsent(
			writing,
			signConsent({ neighborhood: id, charter, origin: desired.branch.origin, since: now }, key),
		);
	}
	for (const id of known.keys()) {
		removeConsent(writing, id);
		removeRoster(writing, id);
	}
}
