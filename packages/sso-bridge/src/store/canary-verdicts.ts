import type { Knex } from 'knex';
import type { Database } from './database.ts';

/** What is known of each library's catalogue by its canary; every process goes by it. */
export async function canaryTables(database: Knex): Promise<void> {
	await database.raw(`
		create table canary_verdict (
			library uuid primary key,
			-- A keyed hash of the settings that were tried; others are not judged by it.
			settings text not null,
			tried_at timestamptz not null,
			-- 'safe', 'unsafe'; null while nobody could tell.
			verdict text,
			verdict_at timestamptz,
			-- Which probe was accepted, and whether library IT was told.
			accepted text,
			told boolean not null default false,
			-- How many wrong PINs the canary's card was given on a day of the library's.
			wrong_day date,
			wrong_ones integer not null default 0
		);
	`);
}

export interface CanaryVerdict {
	readonly settings: string;
	/** UTC milliseconds. */
	readonly tried: number;
	readonly verdict: 'safe' | 'unsafe' | null;
	/** When the verdict was found; null without one. */
	readonly since: number | null;
}

export async function canaryVerdict(database: Database, library: string): Promise<CanaryVerdict | undefined> {
	const row:
		| { settings: string; tried_at: Date; verdict: CanaryVerdict['verdict']; verdict_at: Date | null }
		| undefined = await database('canary_verdict')
		.where({ library })
		.first('settings', 'tried_at', 'verdict', 'verdict_at');
	if (!row) return undefined;
	const { settings, tried_at, verdict, verdict_at } = row;
	return { settings, tried: tried_at.getTime(), verdict, since: verdict_at?.getTime() ?? null };
}

/** Writes down that a try begins. A verdict about other settings is gone then. */
export async function beginCanary(
	database: Database,
	{ library, settings, now }: { library: string; settings: string; now: number },
): Promise<void> {
	await database.raw(
		`insert into canary_verdict (library, settings, tried_at) values (:library, :settings, :now)
		on conflict (library) do update set tried_at = excluded.tried_at, settings = excluded.settings,
			verdict = case when canary_verdict.settings = excluded.settings then canary_verdict.verdict end,
			verdict_at = case when canary_verdict.settings = excluded.settings then canary_verdict.verdict_at end`,
		{ library, settings, now: new Date(now) },
	);
}

/** Keeps what was found, unless other settings are tried meanwhile. `accepted`: the probe to which the catalogue said yes. */
export async function keepVerdict(
	database: Database,
	found: {
		readonly library: string;
		readonly settings: string;
		readonly verdict: 'safe' | 'unsafe';
		readonly accepted: string | null;
		readonly now: number;
	},
): Promise<void> {
	const { library, settings, verdict, accepted, now } = found;
	await database('canary_verdict')
		.where({ library, settings })
		.update({ verdict, verdict_at: new Date(now), accepted, told: false });
}

/** Takes one of the wrong PINs that the card of a library's canary may be given in a day; false when none is left. One statement. */
export async function takeWrongPin(
	database: Database,
	{ library, day, most }: { library: string; day: string; most: number },
): Promise<boolean> {
	const { rows }: { rows: unknown[] } = await database.raw(
		`update canary_verdict set wrong_day = :day,
			wrong_ones = case when wrong_day = :day then wrong_ones + 1 else 1 end
		where library = :library and (wrong_day is distinct from :day or wrong_ones < :most) returning 1`,
		{ library, day, most },
	);
	return rows.length === 1;
}

/** Catalogues that were switched off, of which library IT was not told yet. */
export async function untoldCanaries(
	database: Database,
): Promise<{ library: string; settings: string; accepted: string }[]> {
	return database('canary_verdict')
		.where({ verdict: 'unsafe', told: false })
		.select('library', 'settings', 'accepted');
}

export async function markTold(
	database: Database,
	{ library, settings }: { library: string; settings: string },
): Promise<void> {
	await database('canary_verdict').where({ library, settings, verdict: 'unsafe' }).update({ told: true });
}
