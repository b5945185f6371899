import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { findFollow } from '../store/follows.ts';
import { blockersOf, findRelation, relationsBy } from '../store/relations.ts';
import type { Reading } from '../store/store.ts';

/** Does either of these two block the other? */
export function isApart(reading: Reading, one: string, another: string): boolean {
	return (
		findRelation(reading, one, 'block', another) !== undefined ||
		findRelation(reading, another, 'block', one) !== undefined
	);
}

/** Does this person want to hear of what this actor does? */
export function wantsToHear(
	context: Pick<BranchContext, 'at' | 'clock' | 'restrictions'>,
	reading: Reading,
	person: number,
	actor: string,
): boolean {
	const me = context.at.person(person);
	if (isApart(reading, me, actor) || findRelation(reading, me, 'hide', originOf(actor))) return false;
	if (isStranger(context, reading, me, actor)) return false;
	const muted = findRelation(reading, me, 'mute', actor);
	return !muted || (muted.until !== null && muted.until <= context.clock.now());
}

/** Is this actor of a server whose people are heard only by those who follow them, and this person does not? */
export function isStranger(
	context: Pick<BranchContext, 'restrictions'>,
	reading: Reading,
	me: string,
	actor: string,
): boolean {
	if (!context.restrictions.stops(originOf(actor), 'strangers')) return false;
	return findFollow(reading, me, actor)?.state !== 'accepted';
}

/** Actor ids that this person and the other side keep apart. */
export function apartFrom(reading: Reading, actor: string, now: number): Set<string> {
	const mine = relationsBy(reading, actor, now).filter(({ kind }) => kind === 'block');
	return new Set([...mine.map(({ object }) => object), ...blockersOf(reading, actor)]);
}
