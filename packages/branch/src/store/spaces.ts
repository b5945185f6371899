import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Words in each language of the pages. */
export type Named = Readonly<Record<string, string>>;

/** A part of the board with a published name and purpose. */
export interface Space {
	readonly id: number;
	readonly name: Named;
	readonly purpose: Named;
	/** Who opened it. */
	readonly staff_id: string;
	/** UTC milliseconds. */
	readonly created: number;
	/** UTC milliseconds since when nothing new comes in; what stands there stays. */
	readonly ended: number | null;
}

type Row = Omit<Space, 'name' | 'purpose'> & { readonly name: string; readonly purpose: string };

/** Where a decision moved a post; null is the main board. */
export interface SpaceMove {
	readonly decision: string;
	readonly post: number;
	readonly was: number | null;
	readonly now: number | null;
}

/** By its number, closed ones too. */
export function spaceById(reading: Reading, id: number): Space | undefined {
	const row = reading.first<Row>(written('SELECT * FROM space WHERE id = ?', id));
	return row && toSpace(row);
}

/** Those that are open, the oldest first. */
export function openSpaces(reading: Reading): Space[] {
	return reading.all<Row>(written('SELECT * FROM space WHERE ended IS NULL ORDER BY id')).map(toSpace);
}

/** Keeps a new one. */
export function addSpace(writing: Writing, space: Space): void {
	const { name, purpose } = space;
	const row = { ...space, name: JSON.stringify(name), purpose: JSON.stringify(purpose) };
	writing.run(sql('space').insert(row));
}

/** Closes it; how many that changed. */
export function closeSpace(writing: Writing, id: number, now: number): number {
	return writing.run(sql('space').where({ id, ended: null }).update({ ended: now }));
}

/** Keeps where a decision moves a post. */
export function addSpaceMove(writing: Writing, move: SpaceMove): void {
	writing.run(sql('space_move').insert({ ...move }));
}

/** What a decision moved, taken back or not. */
export function spaceMoveBy(reading: Reading, decision: string): SpaceMove | undefined {
	return reading.first<SpaceMove>(sql('space_move').where({ decision }));
}

/** The moves of a post that stand, the oldest first. */
export function spaceMovesOf(reading: Reading, post: number): SpaceMove[] {
	return reading.all<SpaceMove>(sql('space_move').where({ post, lifted: null }).orderBy('id'));
}

/** A move stands no more, from this moment. */
export function liftSpaceMove(writing: Writing, decision: string, now: number): void {
	writing.run(sql('space_move').where({ decision }).update({ lifted: now }));
}

/** What is taken back goes elsewhere, since what had brought it there was taken back before. */
export function changeOrigin(writing: Writing, decision: string, was: number | null): void {
	writing.run(sql('space_move').where({ decision }).update({ was }));
}

function toSpace(row: Row): Space {
	return { ...row, name: JSON.parse(row.name) as Named, purpose: JSON.parse(row.purpose) as Named };
}
