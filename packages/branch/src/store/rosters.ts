import type { SignedConsent, SignedRoster } from '@understory/core/register.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A roster that was verified. */
export interface KeptRoster {
	readonly roster: SignedRoster;
	/** When it was last fetched from its public address, UTC milliseconds; 0 when only the register brought it so far. */
	readonly fetched: number;
}

/** The last verified roster of each neighborhood. */
export function keptRosters(reading: Reading): KeptRoster[] {
	return reading
		.all<{ body: string; fetched: number }>(sql('roster').select('body', 'fetched').orderBy('id'))
		.map(({ body, fetched }) => ({ roster: JSON.parse(body) as SignedRoster, fetched }));
}

/** Keeps a roster that was verified. */
export function keepRoster(writing: Writing, { roster, fetched }: KeptRoster): void {
	const row = { id: roster.id, body: JSON.stringify(roster), fetched };
	writing.run(sql('roster').insert(row).onConflict('id').merge());
}

/** Forgets a roster: the branch stands on that neighborhood no more. */
export function removeRoster(writing: Writing, id: string): void {
	writing.run(sql('roster').where({ id }).delete());
}

/** What this branch agreed to, by neighborhood. */
export function keptConsents(reading: Reading): SignedConsent[] {
	return reading
		.all<{ body: string }>(sql('consent').select('body').orderBy('neighborhood'))
		.map((row) => JSON.parse(row.body) as SignedConsent);
}

/** Keeps a consent, in the place of an older one for this neighborhood. */
export function keepConsent(writing: Writing, consent: SignedConsent): void {
	const row = {
		neighborhood: consent.neighborhood,
		charter: consent.charter_digest,
		body: JSON.stringify(consent),
	};
	writing.run(sql('consent').insert(row).onConflict('neighborhood').merge());
}

/** Takes a consent back. */
export function removeConsent(writing: Writing, neighborhood: string): void {
	writing.run(sql('consent').where({ neighborhood }).delete());
}
