import { isDay } from './calendar.ts';
import type { Fault } from './errors.ts';

/**
 * What a branch keeps for a time and then destroys: what was removed, with copies that were held; people's words in appeals and answers; what was reported, with the
 * notes and answers to it; who looked at what.
 */
export const RETENTION_CLASSES = ['removed', 'words', 'reports', 'accesses'] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

/** How many years each class is kept until somebody says otherwise, after the last thing that was decided in a case (reference/accountability.md 3.2). */
export const YEARS: Readonly<Record<RetentionClass, number>> = {
	removed: 3,
	words: 3,
	reports: 3,
	accesses: 6,
};
/** Nothing goes sooner than an appeal could need it, and nothing is kept for ever. A profile narrows these and never widens them. */
export const FEWEST_YEARS = 1;
export const MOST_YEARS = 50;
/** A law of records that asks for an answer sooner cannot wait longer. */
export const MOST_NOTICE_DAYS = 90;

/** A sentence in each language. */
export type InLanguages = Readonly<Record<string, string>>;

/** Something that was found, and where; nobody found anything where it is null, and counsel has to be asked. */
export interface Found<T> {
	readonly value: T;
	/** A statute, a decision of a court, or a state's schedule, as lawyers cite it. */
	readonly source: string;
}

/** What is known of one state's law of records, as a start for the library's counsel: not advice, and nothing that holds before the library adopts it. */
export interface RecordsProfile {
	/** `wy`; `default` where nobody looked into the state's law. */
	readonly id: string;
	readonly state: InLanguages;
	/** Which records the state's law speaks of. */
	readonly records: Found<InLanguages> | null;
	/** The fewest years of a class, where a schedule says so. */
	readonly least: Readonly<Partial<Record<RetentionClass, Found<number>>>>;
	/** Must what stands nowhere else be kept? */
	readonly unique: Found<InLanguages> | null;
	/** Days between telling the person a record is about and giving it out; null: counsel has to say. */
	readonly notice: Found<number> | null;
	/** The statute by which it is confidential who uses a library. */
	readonly patrons: Found<InLanguages> | null;
}

/** What a library's counsel settled, as the register carries it. */
export interface AdoptedRecords {
	/** Id of the profile it began with. */
	readonly profile: string;
	/** A board, an office, or counsel by name: whoever answers for it. */
	readonly adopted_by: string;
	/** YYYY-MM-DD. */
	readonly adopted_on: string;
	/** The fewest and the most years that a branch may keep a class. */
	readonly years: Readonly<Record<RetentionClass, YearsBetween>>;
	/** Days between telling the person and giving out a record of theirs; 0: none; null or missing: counsel has not said, and it is given out at once. */
	readonly notice_days?: number | null;
}

export interface YearsBetween {
	readonly least: number;
	readonly most: number;
}

/** The years a class may be kept: what the library adopted, and without that what every branch may choose among. */
export function yearsAllowed(adopted: AdoptedRecords | undefined, kind: RetentionClass): YearsBetween {
	return adopted?.years[kind] ?? { least: FEWEST_YEARS, most: MOST_YEARS };
}

/** What a branch keeps a class for: what it chose, or the default, moved to the nearest that is allowed. */
export function yearsKept(
	adopted: AdoptedRecords | undefined,
	kind: RetentionClass,
	chosen: number = YEARS[kind],
): number {
	const { least, most } = yearsAllowed(adopted, kind);
	return Math.min(most, Math.max(least, chosen));
}

/**
 * What stops a library from adopting this, each with its field. Years that a state's schedule asks for cannot be undercut, and nothing can be set that would keep
 * patrons' records less confidential than the default: who is taken out of a record is in no profile.
 */
export function faultsOfAdoption(profile: RecordsProfile | undefined, adopted: AdoptedRecords): Fault[] {
	const faults: Fault[] = [];
	const bad = (field: string, text: string): void => void faults.push({ field, text });
	if (!profile) bad('profile', 'There is no such profile.');
	const by = adopted.adopted_by.trim();
	if (by === '' || by.length > 200) bad('adopted_by', 'Say who adopted it: a board, an office, or counsel.');
	if (!isDay(adopted.adopted_on)) bad('adopted_on', 'Write the day as 2026-11-30.');
	for (const kind of RETENTION_CLASSES) {
		const { least, most } = adopted.years[kind];
		const floor = profile?.least[kind]?.value ?? FEWEST_YEARS;
		const fits =
			[least, most].every(Number.isInteger) && least >= floor && least <= most && most <= MOST_YEARS;
		if (!fits) bad(kind, `Write whole years: at least ${floor}, at most ${MOST_YEARS}, the fewest first.`);
	}
	const days = adopted.notice_days ?? 0;
	if (!Number.isInteger(days) || days < 0 || days > MOST_NOTICE_DAYS) {
		bad('notice_days', `Write whole days, at most ${MOST_NOTICE_DAYS}, or nothing.`);
	}
	return faults;
}
