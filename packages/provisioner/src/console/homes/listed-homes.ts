import type { Request } from 'express';
import type { Context } from '../../context.ts';
import { homesWithNumbers } from '../../store/home-numbers.ts';
import { shownHome } from './shown-home.ts';

/** So many homes or branches stand on a page. */
export const SHOWN = 100;

/** A page of the homes that a request asks for, of one cell or of all, and where the next one is. */
export async function listedHomes({ database }: Context, request: Request, cell?: string) {
	const [begins, after] = [said(request, 'name'), said(request, 'after')];
	const page = { ...(cell && { cell }), ...(begins && { begins }), after, limit: SHOWN + 1 };
	const rows = await homesWithNumbers(database, page);
	const last = rows.length > SHOWN ? rows[SHOWN - 1]!.name : null;
	// The stream of the page draws the same addresses as the page.
	const path = cell === undefined ? '/homes' : `/cells/${cell}`;
	const next = last && `${path}?${new URLSearchParams({ ...(begins && { name: begins }), after: last })}`;
	return { homes: rows.slice(0, SHOWN).map(shownHome), begins, next, path };
}

/** What stands in the query under a name; empty when nothing does. */
export function said(request: Request, name: string): string {
	const given = request.query[name];
	return typeof given === 'string' ? given.trim().slice(0, 100) : '';
}
