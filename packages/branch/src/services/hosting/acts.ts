import type { Action } from '@understory/core/rule.ts';
import type { BranchContext } from '../../context.ts';
import { changePost, type Post, postById } from '../../store/posts.ts';
import type { Writing } from '../../store/store.ts';
import { holdBack, sendAgain } from '../outbox.ts';
import { refreshQuotesOf } from '../quoting.ts';

/** What a decision is about: as much of it as an act needs to be done and undone. */
export interface Subject {
	/** Id of the decision. */
	readonly decision: string;
	readonly post: number | null;
	readonly person: number | null;
}

/** Something a host can do, as data: what it changes, and what takes exactly that back. Both are called inside the transaction that records them. */
export interface Act {
	readonly action: Action;
	/** Does it take a post away from its readers? Then an appeal brings it back until somebody else has decided, unless the rule says otherwise. */
	readonly takesDown?: true;
	impose(context: BranchContext, writing: Writing, subject: Subject): void;
	/** Leaves alone what another decision did meanwhile. */
	lift(context: BranchContext, writing: Writing, subject: Subject): void;
}

const HIDDEN: Act = {
	action: 'content_hidden',
	takesDown: true,
	impose(context, writing, subject) {
		const post = postOf(writing, subject);
		if (post?.hidden !== null || post.deleted !== null) return;
		changePost(writing, post.id, { hidden: subject.decision });
		holdBack(context, writing, post);
		refreshQuotesOf(context, writing, post.id);
	},
	lift(context, writing, subject) {
		const post = postOf(writing, subject);
		if (post?.hidden !== subject.decision) return;
		changePost(writing, post.id, { hidden: null });
		sendAgain(context, writing, post);
		refreshQuotesOf(context, writing, post.id);
	},
};

/** Everything a host of a branch can do. */
export const ACTS: readonly Act[] = [HIDDEN];

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
	const down = ACTS.filter(({ takesDown }) => takesDown).map(({ action }) => action);
	lift(
		context,
		writing,
		actions.filter((action) => down.includes(action)),
		subject,
	);
}

function postOf(writing: Writing, { post }: Subject): Post | undefined {
	return post === null ? undefined : postById(writing, post);
}
