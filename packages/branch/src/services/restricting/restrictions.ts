import type { Clock } from '@understory/core/clock.ts';
import { type Restriction, restrictions } from '../../store/restrictions.ts';
import type { Store } from '../../store/store.ts';
import { levelRow, type Stop } from './levels.ts';

/** How far this branch keeps other servers away now. */
export interface Restrictions {
	/** What holds for the server of this origin: of its own name, else of the nearest name above; null for nothing. */
	of(origin: string): Restriction | null;
	stops(origin: string, what: Stop): boolean;
	/** Another number whenever anything may have changed. */
	readonly version: number;
	/** To be called after a transaction that changed any. */
	changed(): void;
}

/** Read once from the store, since it is asked with everything that comes and goes. */
export function createRestrictions(store: Store, clock: Clock): Restrictions {
	let known: ReadonlyMap<string, Restriction> | null = null;
	let version = 0;
	const of = (origin: string) => {
		known ??= byHost(store.read((reading) => restrictions(reading)));
		return known.size === 0 ? null : nearest(known, origin, clock.now());
	};
	return {
		of,
		stops: (origin, what) => stopsAt(of(origin), what),
		get version() {
			return version;
		},
		changed() {
			known = null;
			version += 1;
		},
	};
}

/** By name, to be asked with `nearest`. */
export function byHost(rows: readonly Restriction[]): ReadonlyMap<string, Restriction> {
	return new Map(rows.map((row) => [row.host, row]));
}

/** Does this restriction end that? */
export function stopsAt(restriction: Restriction | null, what: Stop): boolean {
	return restriction !== null && levelRow(restriction.level).stops.includes(what);
}

/** Has it ended by itself? */
export function isOver({ until }: Pick<Restriction, 'until'>, now: number): boolean {
	return until !== null && until <= now;
}

/** The restriction of a server, or of the nearest name above it, that holds now. A port belongs to the name. */
export function nearest(
	rows: ReadonlyMap<string, Restriction>,
	origin: string,
	now: number,
): Restriction | null {
	if (!URL.canParse(origin)) return null;
	let host = new URL(origin).host;
	while (host !== '') {
		const row = rows.get(host);
		if (row && !isOver(row, now)) return row;
		const dot = host.indexOf('.');
		host = dot === -1 ? '' : host.slice(dot + 1);
	}
	return null;
}

/** Is this the server of that name, or one below it? */
export function isUnder(origin: string, host: string): boolean {
	const own = new URL(origin).host;
	return own === host || own.endsWith(`.${host}`);
}
