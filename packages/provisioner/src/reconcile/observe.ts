import { isServed } from '@understory/core/stage.ts';
import type { Drift, HomeSight } from '../drivers/driver.ts';
import { type BranchRow, big, type IntentRow, type RoleRow } from '../store/rows.ts';
import { pause } from './pause.ts';

/** What looking at a branch can find. One of them, with a reason a person understands (reference/kubernetes.md B1). */
export type BranchState =
	| { readonly state: 'NotServed'; readonly reason: string }
	| { readonly state: 'NoHome'; readonly reason: string }
	/** `drifted`: somebody else stopped it. */
	| { readonly state: 'HomeAbsent'; readonly reason: string; readonly drifted?: true }
	/** Somebody else changed the home. `until`: when bringing it back is tried again; null: now. `cutsOff`: it lies between people and the home. */
	| {
			readonly state: 'Drifted';
			readonly reason: string;
			readonly until: number | null;
			readonly cutsOff: boolean;
			/** They brought it to something by running helm, and nobody of ours tried that. */
			readonly unmanaged?: true;
	  }
	| { readonly state: 'NotEntered'; readonly reason: string }
	| { readonly state: 'Unknown'; readonly reason: string }
	/** `absent`: it is the home that does not come up. */
	| { readonly state: 'GivenUp'; readonly reason: string; readonly absent?: true }
	/** `absent`: what waits is the start of the home, so nobody is served meanwhile. */
	| { readonly state: 'Waiting'; readonly reason: string; readonly until: number; readonly absent?: true }
	/** The home takes nothing that is signed, because its clock and ours differ. */
	| { readonly state: 'ClockSkew'; readonly reason: string; readonly until: number }
	| { readonly state: 'OutOfSync'; readonly reason: string }
	| { readonly state: 'ToBeDeleted'; readonly reason: string }
	| { readonly state: 'Damaged'; readonly reason: string }
	| { readonly state: 'Refused'; readonly reason: string }
	| { readonly state: 'Suspended'; readonly reason: string }
	| { readonly state: 'Moving'; readonly reason: string }
	| { readonly state: 'InSync'; readonly reason: string };

/** What of a branch is looked at. */
export type SeenBranch = Pick<
	BranchRow,
	| 'stage'
	| 'retirement'
	| 'place'
	| 'home'
	| 'generation'
	| 'observed_generation'
	| 'observed_state'
	| 'observed_message'
	| 'branch_key'
	| 'suspension'
>;

/** Everything that was seen; `observe` only reads it. */
export interface Sighting {
	readonly branch: SeenBranch;
	/** The role that the home of this branch enrolled as. */
	readonly home: RoleRow | undefined;
	/** What the driver sees of the branch's place; nothing while it has none. */
	readonly sight: HomeSight | null;
	/** What somebody else changed about it. */
	readonly drift?: Drift | null;
	readonly intent: IntentRow | undefined;
	/** The name of the home it is carried to, while its folder is closed for that. */
	readonly carriedTo?: string | null;
	readonly now: number;
}

/** What is seen of a branch with which nothing is to be done. */
export const AS_WANTED = 'The home serves what is wanted.';

/** How often the same generation is sent, and a home started with the same, before it is left alone until somebody changes what is wanted. */
export const TRIES = 6;

/** A home that does not come up for a reason that lies outside of it is tried again after this, in milliseconds: an hour. */
const SELDOM = 3_600_000;

/** Names the state of a branch from what was seen. Pure: looks, never acts. */
export function observe({ branch, home, sight, drift, intent, carriedTo, now }: Sighting): BranchState {
	if (!isServed(branch.stage)) return { state: 'NotServed', reason: 'The branch is only listed.' };
	if (branch.retirement?.deleted !== undefined)
		return { state: 'NotServed', reason: 'The branch was deleted.' };
	if (isOver(branch))
		return { state: 'NotServed', reason: 'The branch was closed before anything ran for it.' };
	// No home has anything of it, so none is looked for.
	if (branch.stage === 'retired' && branch.place === null)
		return { state: 'ToBeDeleted', reason: 'The hold is over, and nothing ran for it.' };
	if (carriedTo) return { state: 'Moving', reason: `It is carried to ${carriedTo}, and closed meanwhile.` };
	if (branch.place === null || sight === null) return withoutHome(intent, now);
	if (sight.state === 'Absent') return absent(sight, branch, intent, now);
	if (drift) return drifted(drift, intent, now);
	if (sight.state === 'Unknown') return { state: 'Unknown', reason: sight.reason };
	if (!home?.internal_url) return { state: 'Unknown', reason: 'The home has not enrolled yet.' };
	if (branch.home === null)
		return { state: 'NotEntered', reason: 'The home runs; the branch is to move in.' };
	const wanted = big(branch.generation);
	const behind = big(branch.observed_generation) < wanted;
	if (behind && intent?.state === 'failed' && big(intent.generation) === wanted) {
		if (isSkew(intent)) {
			const until = big(intent.not_before);
			// No number of tries makes it the branch's fault; when the clocks are right it goes on by itself.
			if (now < until) return { state: 'ClockSkew', reason: triedAgain(intent), until };
		} else if (intent.failures >= TRIES) {
			return {
				state: 'GivenUp',
				reason: `Tried ${intent.failures} times without success: ${intent.detail ?? 'no answer'}.`,
			};
		}
		const until = big(intent.not_before);
		if (now < until) return { state: 'Waiting', reason: triedAgain(intent), until };
	}
	if (branch.retirement?.deleting) return { state: 'ToBeDeleted', reason: 'The hold is over.' };
	if (behind) return { state: 'OutOfSync', reason: 'The home has not carried out what is wanted.' };
	if (branch.observed_state === 'damaged') {
		return { state: 'Damaged', reason: branch.observed_message ?? 'The folder of the branch is damaged.' };
	}
	if (branch.observed_state === 'suspended') return { state: 'Suspended', reason: whySuspended(branch) };
	if (branch.observed_state !== 'serving' || branch.branch_key === null) {
		return { state: 'Refused', reason: branch.observed_message ?? 'The home does not serve what is wanted.' };
	}
	return { state: 'InSync', reason: AS_WANTED };
}

/** A home that does not run is started; not again before the pause after a try that failed, by whomever, and not for ever. */
function absent(
	{ changed, failed }: Extract<HomeSight, { state: 'Absent' }>,
	{ generation }: SeenBranch,
	intent: IntentRow | undefined,
	now: number,
): BranchState {
	// Whoever changes what is wanted of a branch asks for one more try.
	const isAskedAnew = intent !== undefined && big(intent.generation) < big(generation);
	if (failed && failed.times >= TRIES && !isAskedAnew) {
		const why = `The home was started ${failed.times} times and does not come up: ${failed.why}`;
		if (!failed.outside) {
			const next =
				'It is left alone until somebody changes the branch, begins an upgrade, or the cluster brings it up.';
			return { state: 'GivenUp', reason: `${why} ${next}`, absent: true };
		}
		const until = failed.at + SELDOM;
		if (now < until)
			return { state: 'Waiting', reason: `${why} It is tried again every hour.`, until, absent: true };
	}
	const tried = intent?.state === 'failed' && intent.action === 'start_home' ? intent : undefined;
	const untilHome = failed && failed.times < TRIES ? failed.at + pause(failed.times) : 0;
	const until = Math.max(tried ? big(tried.not_before) : 0, untilHome);
	if (now < until) {
		const reason = tried || !failed ? triedAgain(tried) : `${failed.why} It is tried again.`;
		return { state: 'Waiting', reason, until, absent: true };
	}
	if (changed) return { state: 'HomeAbsent', reason: changed, drifted: true };
	return { state: 'HomeAbsent', reason: 'The home of this branch does not run.' };
}

/** Is there nothing that a home will ever be told about it: was it deleted, or closed before anything ran for it? */
export function isOver({
	stage,
	place,
	retirement,
}: Pick<BranchRow, 'stage' | 'place' | 'retirement'>): boolean {
	if (retirement?.deleted !== undefined) return true;
	return stage === 'retired' && place === null && !retirement?.deleting;
}

/** Somebody else changed the home: it is changed back, and not again before the pause after a try that failed. */
function drifted(
	{ sentence, cutsOff, unmanaged }: Drift,
	intent: IntentRow | undefined,
	now: number,
): BranchState {
	const tried = intent?.state === 'failed' && intent.action === 'mend_home' ? intent : null;
	const wait = tried ? big(tried.not_before) : 0;
	const reason = tried ? `${sentence} ${triedAgain(tried)}` : `${sentence} It is changed back.`;
	const until = now < wait ? wait : null;
	return { state: 'Drifted', reason, until, cutsOff, ...(unmanaged && { unmanaged }) };
}

/** Did the home turn it away as too old or too new? It was signed a moment before, so one of the clocks is wrong. */
export function isSkew({ code }: Pick<IntentRow, 'code'>): boolean {
	return code === 'expired' || code === 'not_yet';
}

/** Why the last try failed, as whoever tried said it. */
function triedAgain(intent: IntentRow | undefined): string {
	return `${intent?.detail ?? 'The last try failed.'} It is tried again.`;
}

/** No home was chosen yet; when that was tried, why not, and not again before its pause is over. */
function withoutHome(intent: IntentRow | undefined, now: number): BranchState {
	const tried = intent?.state === 'failed' && intent.action === 'choose_home' ? intent : null;
	const reason = tried?.detail ?? 'No home was chosen yet.';
	const until = tried ? big(tried.not_before) : 0;
	return now < until ? { state: 'Waiting', reason, until } : { state: 'NoHome', reason };
}

/** What library IT said, in English where they said it in English, and until when; what is wrong with the folder, when something is. */
export function whySuspended({
	suspension,
	observed_message,
}: Pick<SeenBranch, 'suspension' | 'observed_message'>): string {
	const why = suspension?.why.en ?? Object.values(suspension?.why ?? {})[0] ?? 'It was suspended.';
	const until = suspension ? ` Until ${new Date(suspension.until).toISOString()}.` : '';
	return `${why.replace(/[.\s]*$/, '.')}${until}${observed_message ? ` ${observed_message}` : ''}`;
}
