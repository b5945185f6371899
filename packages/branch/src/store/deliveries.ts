import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What is to be said to another server. The words are made when it is sent, so that today's trust decides. */
export type Errand = 'create' | 'update' | 'delete' | 'follow' | 'unfollow' | 'accept' | 'reject';

/** One thing to be sent to one inbox; kept until the other side has it, or never will. */
export interface Delivery {
	readonly id: number;
	readonly what: Errand;
	/** For create, update and delete. */
	readonly post: number | null;
	/** For the others: id of the follow activity, and the actor it is about. */
	readonly about: { readonly activity: string; readonly actor: string } | null;
	/** Id of the person who signs. */
	readonly sender: string;
	/** Scheme, host and port of the receiving server. */
	readonly origin: string;
	readonly inbox: string;
	readonly tries: number;
	/** UTC milliseconds. */
	readonly next_at: number;
	readonly outcome: Outcome | null;
	readonly finished: number | null;
}

/** `withheld`: the serializer would not make it for this server. */
export type Outcome = 'accepted' | 'refused' | 'gone' | 'withheld' | 'given_up';

type Row = Omit<Delivery, 'about'> & { readonly about: string };

/** Puts something into the outbox. */
export function addDelivery(
	writing: Writing,
	delivery: Omit<Delivery, 'tries' | 'outcome' | 'finished'>,
): void {
	const about = JSON.stringify(delivery.about);
	writing.run(sql('delivery').insert({ ...delivery, about }));
}

/** What is due, oldest first. */
export function dueDeliveries(reading: Reading, now: number, limit: number): Delivery[] {
	const query = sql('delivery').whereNull('finished').where('next_at', '<=', now);
	return reading.all<Row>(query.orderBy(['next_at', 'id']).limit(limit)).map(toDelivery);
}

/** When the next one is due, or null. */
export function nextDelivery(reading: Reading): number | null {
	const query = sql('delivery').min({ at: 'next_at' }).whereNull('finished');
	return reading.first<{ at: number | null }>(query)?.at ?? null;
}

/** It is over, one way or another. */
export function finishDelivery(writing: Writing, id: number, outcome: Outcome, now: number): void {
	writing.run(sql('delivery').where({ id }).update({ outcome, finished: now }));
}

/** To be tried again. */
export function postponeDelivery(writing: Writing, id: number, tries: number, nextAt: number): void {
	writing.run(sql('delivery').where({ id }).update({ tries, next_at: nextAt }));
}

/** Inboxes that have, or may yet have got, a copy of a post. */
export function holdersOf(reading: Reading, post: number): { origin: string; inbox: string }[] {
	const query = sql('delivery').distinct('origin', 'inbox').where({ post });
	return reading.all(query.whereRaw("(outcome = 'accepted' OR (finished IS NULL AND tries > 0))"));
}

/** Takes back what waits for a post and was never tried. */
export function dropUntried(writing: Writing, post: number): void {
	writing.run(sql('delivery').where({ post, tries: 0 }).whereNull('finished').delete());
}

/** Deliveries of a post by outcome, for the person who wrote it and for tests. */
export function deliveriesOf(reading: Reading, post: number): Delivery[] {
	return reading.all<Row>(sql('delivery').where({ post }).orderBy('id')).map(toDelivery);
}

/** Forgets finished errands that are about no post; those about posts say who holds a copy. */
export function sweepDeliveries(writing: Writing, before: number): number {
	return writing.run(sql('delivery').whereNull('post').where('finished', '<', before).delete());
}

function toDelivery(row: Row): Delivery {
	return { ...row, about: JSON.parse(row.about) as Delivery['about'] };
}
