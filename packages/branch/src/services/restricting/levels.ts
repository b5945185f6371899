/** How far a branch keeps a server away. */
export type Level = 'media' | 'silence' | 'limit' | 'suspend';

/**
 * What a level ends. `media`: their pictures, sounds and videos are not shown and not fetched. `strangers`: somebody there is heard only by those who
 * follow them. `beginning`: nobody begins to follow anybody, either way. `everything`: nothing new goes either way, and follows are set aside.
 */
export type Stop = 'media' | 'strangers' | 'beginning' | 'everything';

export interface LevelRow {
	readonly level: Level;
	/** The word of the log. */
	readonly action: 'media_refused' | 'silenced' | 'limited' | 'suspended';
	readonly stops: readonly Stop[];
	/** The word of Mastodon's lists (reference/fediverse.md 6.2), which knows three. */
	readonly severity: 'noop' | 'silence' | 'suspend';
}

/** Every level, the mildest first (docs/adr/0086). */
export const LEVELS: readonly LevelRow[] = [
	{ level: 'media', action: 'media_refused', stops: ['media'], severity: 'noop' },
	{ level: 'silence', action: 'silenced', stops: ['strangers'], severity: 'silence' },
	{ level: 'limit', action: 'limited', stops: ['media', 'strangers', 'beginning'], severity: 'silence' },
	{
		level: 'suspend',
		action: 'suspended',
		stops: ['media', 'strangers', 'beginning', 'everything'],
		severity: 'suspend',
	},
];

/** The row of a level. Throws for what is none, which no stored level is. */
export function levelRow(level: Level): LevelRow {
	const row = LEVELS.find((one) => one.level === level);
	if (!row) throw new Error(`no level: ${level}`);
	return row;
}

/** How strong a level is: 0 for none, then 1 up. */
export function strength(level: Level | null): number {
	return level === null ? 0 : LEVELS.findIndex((one) => one.level === level) + 1;
}

/** The level of this name, or null. */
export function levelNamed(name: string): Level | null {
	return LEVELS.find(({ level }) => level === name)?.level ?? null;
}
