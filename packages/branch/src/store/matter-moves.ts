import type { Concern } from './matters.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** `left`: whoever had it has no role here any more. */
export type MoveKind = 'taken' | 'given' | 'put_back' | 'handed' | 'taken_back' | 'left';

/** That a matter went from one to another. */
export interface MatterMove {
	readonly id: number;
	readonly matter: number;
	readonly what: MoveKind;
	/** Who did it; for `left` who had it. */
	readonly staff_id: string;
	/** To whom it was given; null for every other kind. */
	readonly to_staff: string | null;
	/** UTC milliseconds. */
	readonly at: number;
}

/** Keeps one. */
export function addMove(writing: Writing, move: MatterMove): void {
	writing.run(sql('matter_move').insert({ ...move }));
}

/** The way of one matter, the oldest first. */
export function movesOf(reading: Reading, matter: number): MatterMove[] {
	return reading.all<MatterMove>(sql('matter_move').where({ matter }).orderBy('id'));
}

/** A move as it is told to somebody. */
export interface ToldMove extends MatterMove {
	readonly concern: Concern;
	readonly due: number;
	readonly closed: number | null;
}

/** Whom it is told to: somebody who may decide here, on the moderation team or not. */
export interface Hearing {
	readonly staffId: string;
	readonly team: boolean;
}

/**
 * What is told to a member of the staff, the newest first: what was given to them, or handed to the team they are on; who took what they had given away; and what somebody
 * had who left. Nothing of what they did themselves.
 */
export function movesToldTo(reading: Reading, who: Hearing, limit: number): ToldMove[] {
	return reading.all<ToldMove>(
		written(
			`SELECT move.*, matter.concern, matter.due, matter.closed ${TOLD} ORDER BY move.id DESC LIMIT ?`,
			...bindingsOf(who),
			limit,
		),
	);
}

/** How much of it they have not read, of what is still open or was taken. */
export function countUnreadMoves(reading: Reading, who: Hearing): number {
	return reading.first<{ unread: number }>(
		written(
			`SELECT count(*) AS unread ${TOLD} AND (matter.closed IS NULL OR move.what = 'taken')
				AND move.id > coalesce((SELECT staff_read.move FROM staff_read WHERE staff_id = ?), 0)`,
			...bindingsOf(who),
			who.staffId,
		),
	)!.unread;
}

const TOLD = `FROM matter_move AS move JOIN matter ON matter.id = move.matter
	WHERE move.staff_id <> ? AND (
		move.what = 'left' OR (move.what = 'given' AND move.to_staff = ?) OR (move.what = 'handed' AND ?)
		OR (move.what = 'taken' AND EXISTS (
			SELECT 1 FROM matter_move AS before WHERE before.matter = move.matter AND before.id < move.id
				AND before.what IN ('handed', 'given') AND before.staff_id = ?)))`;

function bindingsOf({ staffId, team }: Hearing): (string | number)[] {
	return [staffId, staffId, team ? 1 : 0, staffId];
}

/** They have read everything up to this move. */
export function noteMovesRead(writing: Writing, staffId: string, move: number): void {
	writing.run(sql('staff_read').insert({ staff_id: staffId, move }).onConflict('staff_id').merge({ move }));
}
