import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What is to be said to another server. The words are made when it is sent, so that today's trust decides. */
export type Errand =
	| 'create'
	| 'update'
	| 'delete'
	| 'restore'
	| 'like'
	| 'unlike'
	| 'announce'
	| 'unannounce'
	| 'follow'
	| 'unfollow'
	| 'flag'
	| 'profile'
	| 'move'
	| 'pin'
	| 'unpin'
	| 'welcome'
	| 'decline'
	| 'vote'
	| 'join'
	| 'leave'
	| 'attend'
	| 'unattend'
	| 'quote_request'
	| 'quote_accept'
	| 'quote_reject'
	| 'unquote'
	| 'farewell'
	| 'block'
	| 'unblock'
	| 'accept'
	| 'reject';

/** One thing to be sent to one inbox; kept until the other side has it, or never will. */
export interface Delivery {
	readonly id: number;
	readonly what: Errand;
	/** For create, update, delete and restore, and for what somebody did with it. */
	readonly post: number | null;
	/** For the others: id of the activity, and the actor it is about. */
	readonly about: {
		readonly activity: string;
		readonly actor: string;
		/** For a no to a quote: what was to be quoted, and by what. */
		readonly quoted?: string;
		readonly quoting?: string;
	} | null;
	/** Id of the person who signs. */
	readonly sender: string;
	/** Scheme, host and port of the receiving server. */
	readonly origin: string;
	readonly inbox: string;
	/** How many tries failed. */
	readonly tries: number;
	/** UTC milliseconds. */
	readonly next_at: number;
	/** What it is about: of what is in one lane to one inbox, nothing overtakes anything. */
	readonly lane: string;
	/** When it was last tried, written down before: from then on the other side may have it. */
	readonly begun: number | null;
	/** What a branch of this home gave for it; it has it then, though perhaps not yet safe on its disk. */
	readonly receipt: string | null;
	readonly outcome: Outcome | null;
	readonly finished: number | null;
}

/** `withheld`: the serializer would not make it for this server. */
export type Outcome = 'accepted' | 'refused' | 'gone' | 'withheld' | 'given_up';

type Row = Omit<Delivery, 'about'> & { readonly about: string };

/** A thing to be said, and the inboxes it is for. */
export interface ToSend {
	readonly what: Errand;
	readonly post: number | null;
	readonly about: Delivery['about'];
	readonly sender: string;
	readonly at: number;
	/** Each with an id of its own; later ids go later. */
	readonly to: readonly { readonly id: number; readonly origin: string; readonly inbox: string }[];
}

/**
 * One statement however many inboxes. What waits behind something of its lane is due no sooner than that; an edit that would wait
 * behind a Create or another edit nobody has tried yet is not needed, since those will be sent as the post is then.
 */
const ADD = `
INSERT INTO delivery (id, what, post, about, sender, origin, inbox, lane, next_at)
SELECT
	each.value ->> 'id', :what, :post, :about, :sender, each.value ->> 'origin', each.value ->> 'inbox', :lane,
	max(:at, coalesce((
		SELECT max(next_at) FROM delivery AS head
		WHERE head.finished IS NULL AND head.receipt IS NULL AND head.inbox = each.value ->> 'inbox'
			AND head.lane = :lane
	), 0))
FROM json_each(:to) AS each
WHERE :what <> 'update' OR NOT EXISTS (
	SELECT 1 FROM delivery AS same
	WHERE same.finished IS NULL AND same.inbox = each.value ->> 'inbox' AND same.lane = :lane
		AND same.begun IS NULL AND same.what IN ('create', 'update', 'restore')
)`;

/** Puts something into the outbox; how many rows that made. */
export function addDeliveries(writing: Writing, sending: ToSend): number {
	const { what, post, sender, at } = sending;
	const about = JSON.stringify(sending.about);
	const to = JSON.stringify(sending.to);
	return writing.run(sql.raw(ADD, { what, post, about, sender, at, to, lane: laneOf(sending) }));
}

/** One post, what one person did with it, or whatever passes between two people: a Follow after its Undo must not come before it. */
function laneOf({ what, post, about, sender }: ToSend): string {
	if (post !== null && about !== null && what !== 'restore' && what !== 'update')
		return `act:${about.activity}`;
	return post === null ? `${sender} ${about?.actor ?? ''}` : `post:${post}`;
}

const DUE = `
SELECT delivery.* FROM json_each(?) AS server JOIN delivery ON delivery.id IN (
	SELECT id FROM delivery AS due
	WHERE finished IS NULL AND receipt IS NULL AND origin = server.value AND next_at <= ? AND NOT EXISTS (
		SELECT 1 FROM delivery AS head
		WHERE head.finished IS NULL AND head.receipt IS NULL
			AND head.inbox = due.inbox AND head.lane = due.lane AND head.id < due.id
	)
	ORDER BY next_at, id LIMIT ?
)
ORDER BY server.key, next_at, id`;

/** What may go to these servers now, at most `limit` to each, oldest first: the head of each lane alone. */
export function dueDeliveries(
	reading: Reading,
	origins: readonly string[],
	now: number,
	limit: number,
): Delivery[] {
	return reading.all<Row>(written(DUE, JSON.stringify(origins), now, limit)).map(toDelivery);
}

/** It is about to be tried. */
export function beginDeliveries(writing: Writing, ids: readonly number[], now: number): void {
	const list = JSON.stringify(ids);
	writing.run(
		sql.raw('UPDATE delivery SET begun = ? WHERE id IN (SELECT value FROM json_each(?))', [now, list]),
	);
}

/** They are over, one way or another. */
export function finishDeliveries(
	writing: Writing,
	ids: readonly number[],
	outcome: Outcome,
	now: number,
): void {
	const list = JSON.stringify(ids);
	const change = 'UPDATE delivery SET outcome = ?, finished = ? WHERE id IN (SELECT value FROM json_each(?))';
	writing.run(sql.raw(change, [outcome, now, list]));
}

/** To be tried again; what follows it in its lane waits at least as long. */
export function postponeDelivery(
	writing: Writing,
	{ id, inbox, lane }: Delivery,
	changes: Pick<Delivery, 'next_at'> & Partial<Pick<Delivery, 'tries' | 'begun'>>,
): void {
	writing.run(sql('delivery').where({ id }).update(changes));
	const behind = sql('delivery').whereNull('finished').where({ inbox, lane }).where('id', '>', id);
	writing.run(behind.where('next_at', '<', changes.next_at).update({ next_at: changes.next_at }));
}

/** A branch of this home has them; `nextAt` is when it is asked whether they are safe. */
export function handOver(writing: Writing, ids: readonly number[], receipt: string, nextAt: number): void {
	const change = 'UPDATE delivery SET receipt = ?, next_at = ? WHERE id IN (SELECT value FROM json_each(?))';
	writing.run(written(change, receipt, nextAt, JSON.stringify(ids)));
}

/** What was handed to branches of this home and is to be asked about. */
export function receiptsDue(reading: Reading, now: number): { origin: string; receipt: string }[] {
	const handed = sql('delivery').whereNull('finished').whereNotNull('receipt');
	return reading.all(handed.where('next_at', '<=', now).distinct('origin', 'receipt'));
}

/** What was handed over for a receipt is safe on the disk of the other branch. */
export function finishHanded(writing: Writing, origin: string, receipt: string, now: number): void {
	const handed = sql('delivery').whereNull('finished').where({ origin, receipt });
	writing.run(handed.update({ outcome: 'accepted', finished: now }));
}

/** Nobody can say whether it is: all of it is handed over again, in the order in which it was made. */
export function handAgain(writing: Writing, origin: string, now: number): void {
	const handed = sql('delivery').whereNull('finished').whereNotNull('receipt').where({ origin });
	writing.run(handed.update({ receipt: null, next_at: now }));
}

/** Ends everything that waits for one inbox. */
export function endInbox(writing: Writing, inbox: string, outcome: Outcome, now: number): number {
	return writing.run(
		sql('delivery').whereNull('finished').where({ inbox }).update({ outcome, finished: now }),
	);
}

/** How much waits, for whatever reason. */
export function countWaiting(reading: Reading): number {
	return reading.first<{ n: number }>(sql('delivery').whereNull('finished').count({ n: '*' }))?.n ?? 0;
}

/** Gives up what waits since before this id was made. */
export function endOlder(writing: Writing, id: number, now: number): number {
	const old = sql('delivery').whereNull('finished').where('id', '<', id);
	return writing.run(old.update({ outcome: 'given_up', finished: now }));
}

/** Inboxes that have, or may yet have got, a copy of a post; whoever was told that it is passed along came for it, or may yet; whoever was asked whether it may quote them got it with the question. */
export function holdersOf(reading: Reading, post: number): { origin: string; inbox: string }[] {
	const query = sql('delivery')
		.distinct('origin', 'inbox')
		.where({ post })
		.whereIn('what', ['create', 'update', 'restore', 'announce', 'quote_request']);
	// What was tried and never answered may have arrived all the same.
	return reading.all(
		query.whereNotNull('begun').whereRaw("(outcome IS NULL OR outcome IN ('accepted', 'given_up'))"),
	);
}

/**
 * Inboxes that were told, or may yet have been told, of what somebody did with a post; what was never tried is not sent any more. `activity` is the
 * id of what told of it.
 */
export function takeBackAct(
	writing: Writing,
	post: number,
	activity: string,
): { origin: string; inbox: string }[] {
	const told = () => sql('delivery').where({ post, lane: `act:${activity}` });
	writing.run(told().whereNull('finished').whereNull('begun').delete());
	return writing.all(
		told()
			.distinct('origin', 'inbox')
			.whereNotNull('begun')
			.whereRaw("(outcome IS NULL OR outcome IN ('accepted', 'given_up'))"),
	);
}

/** Takes back what waits for a post and was never tried. */
export function dropUntried(writing: Writing, post: number): void {
	writing.run(sql('delivery').where({ post }).whereNull('finished').whereNull('begun').delete());
}

/** Ends what waits for a post and was never tried, and remembers whom it was for: it may be sent after all one day. */
export function withholdUntried(writing: Writing, post: number, now: number): void {
	const untried = sql('delivery').where({ post }).whereNull('finished').whereNull('begun');
	writing.run(untried.update({ outcome: 'withheld', finished: now }));
}

/** Inboxes that had a copy of a post, or were to have one when it was called back. */
export function onceHolders(reading: Reading, post: number): { origin: string; inbox: string }[] {
	const query = sql('delivery')
		.distinct('origin', 'inbox')
		.where({ post })
		.whereIn('what', ['create', 'update', 'restore', 'announce', 'quote_request']);
	return reading.all(query.whereRaw("(outcome IS NULL OR outcome IN ('accepted', 'given_up', 'withheld'))"));
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
