import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A server that is no neighbor, at a branch that lets new ones in one by one. */
export interface Server {
	/** Scheme, host and port. */
	readonly origin: string;
	readonly state: 'waiting' | 'let_in' | 'refused';
	/** When somebody first wanted it, in UTC milliseconds. */
	readonly asked: number;
	readonly decided: number | null;
	readonly staff_id: string | null;
	/** Why, in the host's words. */
	readonly reason: string;
}

/** By origin. */
export function serverAt(reading: Reading, origin: string): Server | undefined {
	return reading.first<Server>(sql('server').where({ origin }));
}

/** All that are known, those that wait first. */
export function servers(reading: Reading): Server[] {
	return reading.all<Server>(sql('server').orderByRaw("state <> 'waiting', asked"));
}

/** How many wait. */
export function countWaiting(reading: Reading): number {
	return reading.first<{ n: number }>(sql('server').count({ n: '*' }).where({ state: 'waiting' }))?.n ?? 0;
}

/** Keeps that somebody wants this server; what a host said about it stays. */
export function addServer(writing: Writing, origin: string, asked: number): void {
	writing.run(sql('server').insert({ origin, state: 'waiting', asked }).onConflict('origin').ignore());
}

/** Keeps what a host said. */
export function decideServer(
	writing: Writing,
	origin: string,
	said: Pick<Server, 'state' | 'decided' | 'staff_id' | 'reason'>,
): void {
	writing.run(
		sql('server')
			.where({ origin })
			.update({ ...said }),
	);
}
