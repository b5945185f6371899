import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What cannot wait for the morning, and is sealed at once. */
export type EmergencyKind = 'threat_to_life' | 'private_details' | 'intimate_images' | 'child_abuse';

/** A post that was sealed in an emergency: the case of this decision. */
export interface Quarantined {
	readonly decision: string;
	readonly kind: EmergencyKind;
	readonly at: number;
}

/** A line of who had it in hands. */
export interface Custody {
	readonly id: number;
	readonly decision: string;
	/** `sealed`, `asked`, `agreed`, `opened`, `handed_over`, `destroyed`, `done:<step>`, or `matched:<list>`. */
	readonly what: string;
	/** Null when nobody did it: the schedule destroys, a list was given. */
	readonly staff_id: string | null;
	readonly at: number;
	/** `sha256:<hex>` of what was sealed, or of a picture as it came that is on a list; null for other lines. */
	readonly evidence: string | null;
	/** `sha256:<hex>` of this line with the digest of the one before it. */
	readonly digest: string;
}

/** Keeps that a post was sealed. */
export function addQuarantined(writing: Writing, row: Quarantined): void {
	writing.run(sql('quarantine').insert({ ...row }));
}

/** By the decision that sealed it; undefined for every other decision. */
export function quarantinedBy(reading: Reading, decision: string): Quarantined | undefined {
	return reading.first<Quarantined>(sql('quarantine').where({ decision }));
}

/** The newest first. */
export function listQuarantined(reading: Reading, limit: number): Quarantined[] {
	return reading.all<Quarantined>(sql('quarantine').orderBy('at', 'desc').orderBy('decision').limit(limit));
}

/** The cases whose last word about opening is that somebody asks, the oldest first. */
export function listAsked(reading: Reading): string[] {
	const last = written(
		`SELECT decision FROM custody WHERE what = 'asked' AND NOT EXISTS (
			SELECT 1 FROM custody AS later WHERE later.decision = custody.decision AND later.id > custody.id
				AND later.what IN ('asked', 'agreed', 'handed_over')) ORDER BY id`,
	);
	return reading.all<{ decision: string }>(last).map(({ decision }) => decision);
}

/** The lines of one case, the oldest first. */
export function custodyOf(reading: Reading, decision: string): Custody[] {
	return reading.all<Custody>(sql('custody').where({ decision }).orderBy('id'));
}

/** Keeps a line. */
export function addCustody(writing: Writing, line: Custody): void {
	writing.run(sql('custody').insert({ ...line }));
}

/** A page to the night desk that was not taken yet. */
export interface NightPage {
	readonly id: number;
	/** An emergency that was sealed, or what somebody reported. */
	readonly kind: EmergencyKind | 'reported_danger' | 'reported_private';
	/** The page of the staff where it is to be read. */
	readonly path: string;
	readonly created: number;
	readonly tries: number;
	readonly next_at: number;
}

/** Keeps a page that is to be sent. */
export function addNightPage(writing: Writing, page: NightPage): void {
	writing.run(sql('night_page').insert({ ...page }));
}

/** The one that is due first. */
export function nextNightPage(reading: Reading): NightPage | undefined {
	return reading.first<NightPage>(sql('night_page').orderBy('next_at').orderBy('id').limit(1));
}

/** It was taken, or given up. */
export function dropNightPage(writing: Writing, id: number): void {
	writing.run(sql('night_page').where({ id }).delete());
}

/** It is tried again later. */
export function postponeNightPage(writing: Writing, id: number, tries: number, next_at: number): void {
	writing.run(sql('night_page').where({ id }).update({ tries, next_at }));
}
