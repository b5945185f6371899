import type { DesiredBranch } from '@understory/core/desired.ts';
import type { SignedConsent } from '@understory/core/register.ts';
import { digestCharter } from '@understory/neighborhood/charter.ts';
import { signConsent } from '@understory/neighborhood/consent.ts';
import { signWithdrawal } from '@understory/neighborhood/proposal.ts';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import { keepRosterWord, rosterWord } from '../store/roster-words.ts';
import { keepConsent, keptConsents, removeConsent, removeRoster } from '../store/rosters.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Reading, Writing } from '../store/store.ts';

const LEFT = 'left_neighborhoods';

/** Neighborhoods this branch left by its own hosts' word. */
export function leftNeighborhoods(reading: Reading): readonly string[] {
	return readSetting<string[]>(reading, LEFT) ?? [];
}

/** Its hosts leave a neighborhood, or come back; `agreeTo` makes it so. */
export function setLeft(writing: Writing, id: string, left: boolean): void {
	const others = leftNeighborhoods(writing).filter((one) => one !== id);
	writeSetting(writing, LEFT, left ? [...others, id] : others);
}

/**
 * Signs consent to the neighborhoods a desired document names, once for each charter, and takes back what it names no more, or what its hosts left: with a signed
 * withdrawal, as a branch that closes for good leaves one (DESIGN 4.6, 5.10). Doing it again changes nothing: `since` stays what it was.
 */
export function agreeTo(writing: Writing, desired: DesiredBranch, key: SigningKey, now: number): void {
	const known = new Map(keptConsents(writing).map((consent) => [consent.neighborhood, consent]));
	const left = new Set(leftNeighborhoods(writing));
	for (const { id, charter } of desired.neighborhoods.filter((one) => !left.has(one.id))) {
		const given = known.get(id);
		known.delete(id);
		if (given && desired.branch.stage === 'retired') withdraw(writing, given, key, now);
		if (given?.charter_digest === digestCharter(charter) && given.key_id === key.id) continue;
		keepConsent(
			writing,
			signConsent({ neighborhood: id, charter, origin: desired.branch.origin, since: now }, key),
		);
	}
	for (const [id, consent] of known) {
		withdraw(writing, consent, key, now);
		removeConsent(writing, id);
		removeRoster(writing, id);
	}
}

function withdraw(writing: Writing, consent: SignedConsent, key: SigningKey, at: number): void {
	const { neighborhood, domain, since } = consent;
	const about = `${neighborhood} ${since}`;
	if (rosterWord(writing, 'withdrawal', about)) return;
	keepRosterWord(writing, 'withdrawal', about, signWithdrawal({ neighborhood, domain, since, at }, key));
}
