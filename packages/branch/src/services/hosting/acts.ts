import type { Action } from '@understory/core/rule.ts';
import type { BranchContext } from '../../context.ts';
import { caseFile, dropCaseFiles, hasCaseFile, keepCaseFile } from '../../store/case-files.ts';
import { addLimitation, endLimitation } from '../../store/limitations.ts';
import { changePost, type Post, postById } from '../../store/posts.ts';
import { changeOrigin, liftSpaceMove, spaceMoveBy, spaceMovesOf } from '../../store/spaces.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { holdBack, refreshMarked, sendAgain } from '../outbox.ts';
import { refreshQuotesOf } from '../quoting.ts';
import { moveBack, moveToCaseFile } from './removing.ts';

/** What a decision is about: as much of it as an act needs to be done and undone. */
export interface Subject {
	/** Id of the decision. */
	readonly decision: string;
	readonly post: number | null;
	readonly person: number | null;
	/** UTC milliseconds; for what ends by itself. */
	readonly until: number | null;
}

/** Something a host can do, as data: what it is about, how long it can last, what it changes, and what takes exactly that back. */
export interface Act {
	readonly action: Action;
	readonly about: 'post' | 'person';
	/** The most days one host can give it at once; null for what has no end. Nothing about a person is without one. */
	readonly days: number | null;
	/** Is it done only after a decision said that it is considered, and the person could answer? */
	readonly afterNotice?: true;
	/** Does it take a post away from its readers? Then an appeal brings it back until somebody else has decided, unless the rule says otherwise. */
	readonly takesDown?: true;
	/** Both are called inside the transaction that records them. */
	impose(context: BranchContext, writing: Writing, subject: Subject): void;
	/** Leaves alone what another decision did meanwhile. */
	lift(context: BranchContext, writing: Writing, subject: Subject): void;
}

/** An act about a post that is still there; `null` for one that its author took back. */
function onPost(
	act: Pick<Act, 'action' | 'takesDown'>,
	impose: (context: BranchContext, writing: Writing, post: Post, decision: string) => void,
	lift: (context: BranchContext, writing: Writing, post: Post, decision: string) => void,
): Act {
	const on =
		(change: typeof impose): Act['impose'] =>
		(context, writing, { post, decision }) => {
			const found = post === null ? undefined : postById(writing, post);
			if (found && found.deleted === null) change(context, writing, found, decision);
		};
	return { ...act, about: 'post', days: null, impose: on(impose), lift: on(lift) };
}

/** An act about somebody, until a day. */
function onPerson(action: 'account_limited' | 'account_suspended', days: number): Act {
	return {
		...{ action, about: 'person', days },
		impose(_, writing, { decision, person, until: end }) {
			if (person !== null && end !== null) addLimitation(writing, { decision, person, action, until: end });
		},
		lift: (_, writing, { decision }) => endLimitation(writing, decision, action),
	};
}

/** How it was before a picture was marked, as the file of the case keeps it. */
const WAS = 'sensitive';

/** Did a host mark the pictures of this post? Then its author cannot unmark them. */
export function isMarkedByHost(reading: Reading, post: number): boolean {
	return hasCaseFile(reading, post, WAS);
}

/** For how many days an account is ended; whoever wants it to go on has to decide again then, with notice and answer (reference/accountability.md 3.4: never without a yearly review). */
export const ENDED = 365;

/** Everything a host of a branch can do, from mild to strong. */
export const ACTS: readonly Act[] = [
	{ action: 'warning', about: 'person', days: null, impose: () => undefined, lift: () => undefined },
	onPost(
		{ action: 'media_marked_sensitive' },
		(context, writing, post, decision) => {
			if (post.sensitive) return;
			const sealed = context.keyring.seal(`case:${decision}:${WAS}`, 'no');
			keepCaseFile(writing, { decision, name: WAS, sealed, created: context.clock.now() });
			changePost(writing, post.id, { sensitive: true });
			refreshMarked(context, writing, post);
		},
		(context, writing, post, decision) => {
			if (caseFile(writing, decision, WAS) === undefined) return;
			dropCaseFiles(writing, decision);
			changePost(writing, post.id, { sensitive: false });
			refreshMarked(context, writing, post);
		},
	),
	onPost(
		{ action: 'content_labelled' },
		(_, writing, post, decision) => {
			if (post.label == null) changePost(writing, post.id, { label: decision });
		},
		(_, writing, post, decision) => {
			if (post.label === decision) changePost(writing, post.id, { label: null });
		},
	),
	onPost(
		{ action: 'post_locked' },
		(_, writing, post, decision) => {
			if (post.locked == null) changePost(writing, post.id, { locked: decision });
		},
		(_, writing, post, decision) => {
			if (post.locked === decision) changePost(writing, post.id, { locked: null });
		},
	),
	onPost(
		{ action: 'content_moved' },
		(_, writing, post, decision) => {
			const move = spaceMoveBy(writing, decision);
			if (move) changePost(writing, post.id, { space: move.now });
		},
		(context, writing, post, decision) => {
			const move = spaceMoveBy(writing, decision);
			if (!move) return;
			const standing = spaceMovesOf(writing, post.id);
			const next = standing[standing.findIndex((one) => one.decision === decision) + 1];
			liftSpaceMove(writing, decision, context.clock.now());
			// What another decision moved on from there goes back to where it was before both.
			if (next?.was === move.now) changeOrigin(writing, next.decision, move.was);
			else if ((post.space ?? null) === move.now) changePost(writing, post.id, { space: move.was });
		},
	),
	onPost(
		{ action: 'content_hidden', takesDown: true },
		(context, writing, post, decision) => {
			if (post.hidden !== null) return;
			hide(context, writing, post.id, decision);
			holdBack(context, writing, post);
			refreshQuotesOf(context, writing, post.id);
		},
		(context, writing, post, decision) => {
			if (post.hidden !== decision) return;
			hide(context, writing, post.id, null);
			sendAgain(context, writing, post);
			refreshQuotesOf(context, writing, post.id);
		},
	),
	onPost(
		{ action: 'content_removed', takesDown: true },
		(context, writing, post, decision) => {
			if (post.hidden !== null) return;
			hide(context, writing, post.id, decision);
			moveToCaseFile(context, writing, decision, post);
			holdBack(context, writing, post);
			refreshQuotesOf(context, writing, post.id);
		},
		(context, writing, post, decision) => {
			if (post.hidden !== decision) return;
			moveBack(context, writing, decision, post);
			hide(context, writing, post.id, null);
			sendAgain(context, writing, post);
			refreshQuotesOf(context, writing, post.id);
		},
	),
	onPerson('account_limited', 30),
	onPerson('account_suspended', 1),
	// For whoever it is about an account that is ended is one whose door stays closed: the porch is always there.
	{ ...onPerson('account_suspended', ENDED), action: 'account_ended', afterNotice: true },
];

/** The longest suspension, in days: after notice, and the person's answer or the end of their time for it (reference/accountability.md 3.4). */
export const LONGEST_SUSPENSION = 30;

/** The act of that name; undefined for what no host of a branch does. */
export function actOf(action: string): Act | undefined {
	return ACTS.find((act) => act.action === action);
}

/** Does what a decision says. */
export function impose(
	context: BranchContext,
	writing: Writing,
	actions: readonly Action[],
	subject: Subject,
): void {
	for (const act of ACTS) if (actions.includes(act.action)) act.impose(context, writing, subject);
}

/** Takes back what a decision did. */
export function lift(
	context: BranchContext,
	writing: Writing,
	actions: readonly Action[],
	subject: Subject,
): void {
	for (const act of ACTS) if (actions.includes(act.action)) act.lift(context, writing, subject);
}

/** Takes back what a decision took away from readers, and nothing else of it. */
export function liftForAppeal(
	context: BranchContext,
	writing: Writing,
	actions: readonly Action[],
	subject: Subject,
): void {
	const down = actions.filter((action) => actOf(action)?.takesDown);
	lift(context, writing, down, subject);
}

/** Takes it away again: the appeal is over, and the decision stands. */
export function imposeAfterAppeal(
	context: BranchContext,
	writing: Writing,
	decision: Parameters<typeof subjectOf>[0] & { readonly actions: readonly Action[] },
): void {
	const down = decision.actions.filter((action) => actOf(action)?.takesDown);
	impose(context, writing, down, subjectOf(decision));
}

/** A decision as its acts need it. */
export function subjectOf(decision: {
	readonly id: string;
	readonly post: number | null;
	readonly person: number | null;
	readonly until: number | null;
}): Subject {
	const { id, post, person, until } = decision;
	return { decision: id, post, person, until };
}

/** Takes a post down by a decision, or puts it back. */
function hide(context: BranchContext, writing: Writing, post: number, decision: string | null): void {
	changePost(writing, post, { hidden: decision });
	writing.afterwards(() => context.gone());
}
