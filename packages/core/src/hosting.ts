import { endOfDay } from './calendar.ts';
import type { Door } from './door.ts';
import type { Stage } from './stage.ts';

const DAY = 86_400_000;

/** Announced while nobody hosts a branch: none of it happens before its moment. All in UTC milliseconds. */
export interface Unhosted {
	/** Since when it is known that nobody does. */
	readonly since: number;
	/** From when nobody new comes in and nothing new leaves. */
	readonly quiet: number;
	/** From when it is announced that the branch closes. */
	readonly closing: number;
	/** From when a person may close it for good; nothing does so by itself. */
	readonly over: number;
}

/** How many days a library gives a branch without a host: until it is quiet, from then until it closes, and from then until it may end. */
export interface HostingDays {
	readonly quiet: number;
	readonly closing: number;
	readonly over: number;
}

/** What holds when a library says nothing else: two weeks to find somebody, a month of quiet, three months to move (docs/adr/0115). */
export const HOSTING_DAYS: HostingDays = { quiet: 14, closing: 30, over: 90 };
/** At least so many of each; the longest is a year. */
export const LEAST_HOSTING_DAYS: HostingDays = { quiet: 14, closing: 30, over: 90 };
export const MOST_HOSTING_DAYS = 365;

/** So long before a rota ends its end is said, in milliseconds: 30 days. */
export const ROTA_WARNING = 30 * DAY;
/** Whoever comes to a branch can read for so long what is announced before it happens, in milliseconds: 7 days. */
export const LEAST_NOTICE = 7 * DAY;
/** The longest that a step can be put off in one go, in milliseconds: 180 days. */
export const LONGEST_WAIT = 180 * DAY;

/**
 * Until when somebody hosts a branch by its rota, UTC milliseconds, or null while no end is known: until the day that its door names, and
 * where hosts have a role, until the last of them loses it. `roles` says when each ends that held since the door was last settled, null for
 * never. A branch without a door has been hosted by nobody: 0.
 */
export function coveredUntil(
	door: Pick<Door, 'until'> | null,
	{ zone, roles }: { readonly zone: string; readonly roles: readonly (number | null)[] },
): number | null {
	if (door === null) return 0;
	const ends = [door.until ? endOfDay(zone, door.until) : null];
	if (roles.length > 0)
		ends.push(roles.some((until) => until === null) ? null : Math.max(...roles.map(Number)));
	const known = ends.filter((end) => end !== null);
	return known.length > 0 ? Math.min(...known) : null;
}

/** What the clock does next with a branch; `plan` is what is announced from then on. */
export type HostingStep =
	| { readonly act: 'announce' | 'quiet' | 'close' | 'put_off'; readonly plan: Unhosted }
	| { readonly act: 'return' };

/** What decides about the next step. */
export interface HostingFacts {
	readonly stage: Stage;
	readonly plan: Unhosted | null;
	/** As `coveredUntil` has it. */
	readonly until: number | null;
	/** Can people at the branch read what is announced: now, not just now, or not for a day and more? */
	readonly shown: 'now' | 'not_yet' | 'silent';
	readonly days: HostingDays;
}

/**
 * The one thing to do with a branch now, or null. Somebody who hosts it brings it back whatever came before. Nobody: it is announced, then
 * quiet, then closing, each not before its announced moment, the next never sooner after a step than the library's days, and none while people
 * could not read of it: then it is put off, and announced anew. It is never closed for good here.
 */
export function hostingStep(facts: HostingFacts, now: number): HostingStep | null {
	const { stage, plan, until, shown, days } = facts;
	if (stage !== 'open' && stage !== 'quiet' && stage !== 'closing') return null;
	if (until === null || now < until) return plan === null ? null : { act: 'return' };
	// Where a person announced that it closes there is nothing for the clock to do.
	if (plan === null) return stage === 'open' ? { act: 'announce', plan: announced(days, now) } : null;
	const due = dueOf(stage, plan);
	if (stage === 'closing') return null;
	if (shown === 'silent' && due - now < LEAST_NOTICE)
		return { act: 'put_off', plan: putOff(stage, plan, now + 2 * LEAST_NOTICE) };
	if (shown !== 'now' || now < due) return null;
	if (stage === 'open') {
		const closing = Math.max(plan.closing, now + days.closing * DAY);
		return { act: 'quiet', plan: { ...plan, closing, over: Math.max(plan.over, closing + days.over * DAY) } };
	}
	return { act: 'close', plan: { ...plan, over: Math.max(plan.over, now + days.over * DAY) } };
}

/** The moment of the step that comes next. */
export function dueOf(stage: Stage, plan: Unhosted): number {
	return stage === 'open' ? plan.quiet : stage === 'quiet' ? plan.closing : plan.over;
}

/** The plan with its next step at a later moment, and what follows it as far after it as before. Never sooner. */
export function putOff(stage: Stage, plan: Unhosted, to: number): Unhosted {
	const by = Math.max(0, to - dueOf(stage, plan));
	const later = (at: number, moves: boolean) => (moves ? at + by : at);
	return {
		since: plan.since,
		quiet: later(plan.quiet, stage === 'open'),
		closing: later(plan.closing, stage !== 'closing'),
		over: plan.over + by,
	};
}

function announced(days: HostingDays, now: number): Unhosted {
	const quiet = now + days.quiet * DAY;
	const closing = quiet + days.closing * DAY;
	return { since: now, quiet, closing, over: closing + days.over * DAY };
}
