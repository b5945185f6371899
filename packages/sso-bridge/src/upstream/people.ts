import { type AgeBand, ageBand } from '@understory/core/claims.ts';
import type { Affiliation, Condition, Upstream } from '@understory/core/upstream-settings.ts';
import { Refusal } from './refusal.ts';

/** What is kept of everything a provider said about somebody. */
export interface Person {
	readonly ageBand: AgeBand;
	readonly affiliation: Affiliation;
}

/** Somebody whom the rules keep out today, and who was here before: the porch is open to them (DESIGN section 2). */
export interface KeptOut {
	readonly keptOut: 'not_for' | 'too_young' | 'age_unknown';
}

/** Why the rules keep somebody out; undefined for a refusal that says nothing of the person. */
export function keptOutBy({ code }: Refusal): KeptOut['keptOut'] | undefined {
	if (code === 'too_young' || code === 'age_unknown') return code;
	return code === 'no_rule_fits' || code === 'rule_refuses' || code === 'not_live' ? 'not_for' : undefined;
}

/** The values of an attribute or claim, by the name a rule uses. */
export type ValuesOf = (attribute: string) => readonly string[];

/** What goes for everybody who comes a way. */
export interface Admitting extends Pick<Upstream, 'people' | 'unknown_age'> {
	/** In whole years. */
	readonly minimumAge: number;
	/** Only staff may come in yet. */
	readonly testing: boolean;
}

/**
 * Applies a library's rules to what a provider says about somebody: the first rule that fits decides, and whom none fits is not let in. `now`
 * in UTC milliseconds, for the age in `zone`. Throws `Refusal`.
 */
export function personBy(
	admitting: Admitting,
	valuesOf: ValuesOf,
	{ now, zone }: { readonly now: number; readonly zone: string },
): Person {
	const rule = admitting.people.find(({ when }) => when.every((condition) => holds(condition, valuesOf)));
	if (!rule) throw new Refusal('no_rule_fits');
	if ('refuse' in rule) throw new Refusal('rule_refuses');
	const { age_band: wanted, affiliation } = rule.let_in;
	if (admitting.testing && affiliation !== 'staff') throw new Refusal('not_live');
	const years = typeof wanted === 'string' ? null : ageIn(wanted.birth_date, valuesOf, now, zone);
	const band = typeof wanted === 'string' ? wanted : ageBand(years);
	const old = oldEnough(years === null ? AGES[band] : [years, years], admitting.minimumAge);
	if (old === false) throw new Refusal('too_young');
	if (old === null && (admitting.unknown_age ?? 'refuse') === 'refuse') throw new Refusal('age_unknown');
	return { ageBand: band, affiliation };
}

/** The youngest and the oldest in each band. */
const AGES: Readonly<Record<AgeBand, readonly [number, number]>> = {
	child: [0, 12],
	teen: [13, 17],
	adult: [18, 150],
	unknown: [0, 150],
};

/** Null: of some in it yes, of others no. */
function oldEnough([youngest, oldest]: readonly [number, number], minimum: number): boolean | null {
	if (youngest >= minimum) return true;
	return oldest < minimum ? false : null;
}

function holds({ attribute, is, starts, ends, present }: Condition, valuesOf: ValuesOf): boolean {
	const values = valuesOf(attribute).map((value) => value.toLowerCase());
	const any = (wanted: readonly string[], fits: (value: string, one: string) => boolean) =>
		values.some((value) => wanted.some((one) => fits(value, one.toLowerCase())));
	if (is) return any(is, (value, one) => value === one);
	if (starts) return any(starts, (value, one) => value.startsWith(one));
	if (ends) return any(ends, (value, one) => value.endsWith(one));
	return values.some((value) => value !== '') === present;
}

function ageIn(attribute: string, valuesOf: ValuesOf, now: number, zone: string): number | null {
	const values = new Set(valuesOf(attribute));
	const [born] = values;
	return values.size === 1 && born !== undefined ? yearsSince(born, now, zone) : null;
}

/** Whole years since a day, counted in the library's zone; null for what is no day. */
function yearsSince(born: string, now: number, zone: string): number | null {
	const [, year, month, day] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(born) ?? [];
	if (!year || !month || !day) return null;
	const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
	if (Number.isNaN(date.getTime()) || date.toISOString().slice(8, 10) !== day) return null;
	const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(now);
	const [thisYear = 0, ...thisDay] = today.split('-').map(Number);
	const had = [Number(month), Number(day)];
	const passed = thisDay[0]! > had[0]! || (thisDay[0] === had[0] && thisDay[1]! >= had[1]!);
	return thisYear - Number(year) - (passed ? 0 : 1);
}
