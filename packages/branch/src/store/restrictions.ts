import type { Level } from '../services/restricting/levels.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** How far a server, and every server below its name, is kept away now. */
export interface Restriction {
	/** Host name, with its port where it has one. */
	readonly host: string;
	readonly level: Level;
	/** The number of the decision that says so. */
	readonly decision: string;
	readonly since: number;
	/** UTC milliseconds; from then on it is as if it were not there. Null for until it is decided again. */
	readonly until: number | null;
	/** When hosts are to look again. */
	readonly review: number | null;
}

/** A decision of hosts about a server; `level` null is that nothing is kept away (any more). */
export interface ServerDecision {
	/** Random UUIDv4: the id of its entry. */
	readonly id: string;
	readonly host: string;
	readonly level: Level | null;
	readonly reason: string;
	readonly staff_id: string;
	readonly at: number;
	readonly until: number | null;
	readonly review: number | null;
	/** How many people here were asked before, and how many of them answered. */
	readonly asked: number;
	readonly answered: number;
}

/** All that hold or held, by name. */
export function restrictions(reading: Reading): Restriction[] {
	return reading.all<Restriction>(written('SELECT * FROM restriction ORDER BY host'));
}

/** That of exactly this name. */
export function restrictionOf(reading: Reading, host: string): Restriction | undefined {
	return reading.first<Restriction>(sql('restriction').where({ host }));
}

/** So long before the day hosts are reminded, in milliseconds. */
const REMINDED = 7 * 24 * 60 * 60_000;

/** Are hosts to look at it again by now? */
export function isDue({ review }: Pick<Restriction, 'review'>, now: number): boolean {
	return review !== null && review - REMINDED <= now;
}

/** Begins one, or changes it. */
export function keepRestriction(writing: Writing, restriction: Restriction): void {
	writing.run(
		sql('restriction')
			.insert({ ...restriction })
			.onConflict('host')
			.merge(),
	);
}

/** Ends it. */
export function endRestriction(writing: Writing, host: string): void {
	writing.run(sql('restriction').where({ host }).delete());
}

/** Keeps a decision. */
export function addServerDecision(writing: Writing, decision: ServerDecision): void {
	writing.run(sql('server_decision').insert({ ...decision }));
}

/** What was decided about a server, newest first. */
export function serverDecisionsOf(reading: Reading, host: string): ServerDecision[] {
	return reading.all<ServerDecision>(
		sql('server_decision').where({ host }).orderBy('at', 'desc').orderBy('id'),
	);
}

/** One decision. */
export function serverDecisionById(reading: Reading, id: string): ServerDecision | undefined {
	return reading.first<ServerDecision>(sql('server_decision').where({ id }));
}

/** Scheme, host and port of every server of which somebody is known. */
export function knownOrigins(reading: Reading): string[] {
	const query = written('SELECT DISTINCT origin FROM remote_actor');
	return reading.all<{ origin: string }>(query).map(({ origin }) => origin);
}
