import { setImmediate as breathe } from 'node:timers/promises';
import { PublicError } from '@understory/core/errors.ts';
import type { Federation, Hand } from '@understory/federation/ports.ts';
import type { Sent } from '@understory/federation/sending.ts';
import type { BranchContext } from '../context.ts';
import {
	beginDeliveries,
	type Delivery,
	dueDeliveries,
	endInbox,
	finishDeliveries,
	handOver,
	type Outcome,
	postponeDelivery,
} from '../store/deliveries.ts';
import { waitingHosts } from '../store/delivery-hosts.ts';
import { forgetInbox } from '../store/follows.ts';
import type { Store, Writing } from '../store/store.ts';
import { bodyOf, type Read, reader } from './delivery-body.ts';
import { confirmHanded, type HandedOver, handTo, SAFE_WITHIN } from './handing.ts';
import { jittered, noteHealth } from './host-health.ts';
import { isSending } from './outbox.ts';
import { mayTell, PARTING } from './restricting/parting.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long to wait after the first, second, … try that failed; after the last one it is given up: eight days in all. */
const WAITS = [MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, 24 * HOUR, 48 * HOUR, 96 * HOUR];
/** How many are under way at once, in all and to one server. */
const AT_ONCE = 16;
const TO_ONE = 4;
/** How many are begun in one run; the others get the next one, so that no branch keeps a home busy. */
const A_RUN = 500;
/** How many are handed to branches of this home in one go, and of these how many to branches that are opened for it. */
const HANDED = 200;
const OPENED = 10;
/** After so many, other work of the home gets a turn. */
const BREATH = 20;
/** What became of one try. `held`: not tried, because nothing new leaves at the moment. */
type Answer = Sent | HandedOver | 'withheld' | 'held';
type Answered = { readonly delivery: Delivery; readonly answer: Answer };

/**
 * Sends what is due, each once, at most A_RUN of it. A row stays until the other server has it, will never take it, or must not have
 * it. That a row is tried is on the disk before it is tried, and what became of it afterwards: killed in between it is tried again,
 * which the other side knows by its id. Never rejects for a fault of another server; for one of our own file, after waiting for what
 * is under way (ADR 21).
 */
export async function deliverDue(context: BranchContext): Promise<void> {
	const underWay = new Map<Delivery, Promise<void>>();
	const answered: Answered[] = [];
	let left = A_RUN;
	try {
		for (;;) {
			settle(context, answered.splice(0));
			left -= await handDue(context, left);
			const chosen = begin(context, [...underWay.keys()], Math.min(left, AT_ONCE - underWay.size));
			left -= chosen.length;
			if (chosen.length > 0) {
				const federation = await context.federation();
				for (const delivery of chosen) {
					const done = attempt(context, federation, delivery).then((answer) => {
						underWay.delete(delivery);
						answered.push({ delivery, answer });
					});
					underWay.set(delivery, done);
				}
			}
			if (underWay.size === 0) return;
			// What is written meanwhile does not wait for a server that takes its time.
			await Promise.race([...underWay.values(), context.woken()]);
		}
	} finally {
		await Promise.all(underWay.values());
	}
}

/** When the next delivery is due, UTC milliseconds, or null. */
export function nextDeliveryAt(context: BranchContext): number | null {
	const hosts = context.store.read((reading) => waitingHosts(reading));
	return hosts.reduce<number | null>((next, { at }) => (next === null ? at : Math.min(next, at)), null);
}

/** Chooses what goes next, and writes down that it is tried. Servers that answer come before those that failed, and no server gets more than its share. */
function begin(context: BranchContext, underWay: readonly Delivery[], most: number): Delivery[] {
	if (most <= 0) return [];
	const now = context.clock.now();
	const chosen = context.store.read((reading) => {
		const found: Delivery[] = [];
		const hosts = waitingHosts(reading).filter(({ at, origin }) => at <= now && !isHere(context, origin));
		hosts.sort((a, b) => a.failures - b.failures || a.at - b.at);
		for (const { origin, failures } of hosts) {
			if (found.length >= most) break;
			const busy = underWay.filter((delivery) => delivery.origin === origin).map(({ id }) => id);
			const share = (failures === 0 ? TO_ONE : 1) - busy.length;
			if (share <= 0) continue;
			const due = dueDeliveries(reading, [origin], now, share + busy.length);
			found.push(...due.filter(({ id }) => !busy.includes(id)).slice(0, share));
		}
		return found.slice(0, most);
	});
	if (chosen.length > 0) {
		const ids = chosen.map(({ id }) => id);
		context.store.transact((writing) => beginDeliveries(writing, ids, now));
	}
	return chosen;
}

/** Hands over what is due for branches of this home, those that are open first; how many. */
async function handDue(context: BranchContext, left: number): Promise<number> {
	const { street } = context;
	const now = context.clock.now();
	if (!street || left <= 0) return 0;
	await confirmHanded(context);
	const hosts = context.store
		.read((reading) => waitingHosts(reading))
		.filter(({ at }) => at <= now)
		.map(({ origin }) => ({ origin, standing: street.standing(origin) }));
	const open = hosts.filter(({ standing }) => standing === 'open');
	const closed = hosts.filter(({ standing }) => standing === 'closed').slice(0, OPENED);
	const chosen = context.store.read((reading) =>
		dueDeliveries(
			reading,
			[...open, ...closed].map(({ origin }) => origin),
			now,
			TO_ONE,
		),
	);
	const handing = chosen.slice(0, Math.min(HANDED, left));
	if (handing.length === 0) return 0;
	const federation = await context.federation();
	const ids = handing.map(({ id }) => id);
	context.store.transact((writing) => beginDeliveries(writing, ids, now));
	// What changes in the meantime follows as an edit or a Delete, as for what is on its way over the wire.
	const once = { read: reader(context), hand: federation.handing() };
	const answered: Answered[] = [];
	for (const [at, delivery] of handing.entries()) {
		// Whoever else this home serves is not to wait for all of it.
		if (at % BREATH === BREATH - 1) await breathe();
		answered.push({ delivery, answer: await attempt(context, federation, delivery, once) });
	}
	// Lost with the power it is handed over again, which the others know by its id.
	settle(context, answered, context.store.relaxed);
	return handing.length;
}

function isHere(context: BranchContext, origin: string): boolean {
	return (context.street?.standing(origin) ?? null) !== null;
}

async function attempt(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
	once?: { readonly read: Read; readonly hand: Hand },
): Promise<Answer> {
	try {
		const body = await bodyOf(context, federation, delivery, once?.read);
		// Suspended after it was written: what is new is not sent any more.
		if (body === null || !mayTell(context, delivery.what, delivery.origin)) return 'withheld';
		if (!PARTING.has(delivery.what) && !isSending(context)) return 'held';
		if (isHere(context, delivery.origin)) {
			return await handTo(context, once?.hand ?? federation.handing(), delivery, body);
		}
		return await federation.send({ body, sender: delivery.sender, inbox: delivery.inbox });
	} catch (error) {
		// A fault of ours must not stop the others, nor be tried in a tight circle.
		context.log.error('delivery_broke', { branch: context.id, job: delivery.what, error });
		const status = error instanceof PublicError ? error.status : null;
		return { outcome: 'later', status: null, reason: `our fault ${status ?? ''}` };
	}
}

/** Writes down what became of some tries, in one transaction. */
function settle(
	context: BranchContext,
	answered: readonly Answered[],
	{ transact }: Pick<Store, 'transact'> = context.store,
): void {
	if (answered.length === 0) return;
	transact((writing) => {
		for (const { delivery, answer } of answered) note(context, writing, delivery, answer);
	});
}

function note(context: BranchContext, writing: Writing, delivery: Delivery, given: Answer): void {
	const now = context.clock.now();
	const answer = typeof given === 'object' && 'sent' in given ? given.sent : given;
	const receipt = typeof given === 'object' && 'sent' in given ? given.receipt : null;
	const end = (outcome: Outcome) => finishDeliveries(writing, [delivery.id], outcome, now);
	const again = (changes: { tries?: number; begun?: number | null }, wait: number) =>
		postponeDelivery(writing, delivery, { ...changes, next_at: now + jittered(context, wait) });
	if (answer === 'withheld') {
		end('withheld');
		return;
	}
	if (answer === 'held') {
		again({ begun: delivery.begun }, HOUR);
		return;
	}
	if (receipt !== null) {
		handOver(writing, [delivery.id], receipt, now + SAFE_WITHIN);
		return;
	}
	noteHealth(context, writing, delivery.origin, answer);
	const wait = WAITS[delivery.tries];
	if (answer.outcome === 'later' && wait !== undefined) {
		again({ tries: delivery.tries + 1 }, Math.max(wait, answer.retryAfter ?? 0));
		return;
	}
	end(answer.outcome === 'later' ? 'given_up' : answer.outcome);
	if (answer.outcome === 'accepted') return;
	const { outcome, status } = answer;
	context.log.warn('delivery_refused', { branch: context.id, job: delivery.what, status: status ?? 0 });
	if (outcome === 'gone') {
		endInbox(writing, delivery.inbox, 'gone', now);
		forgetInbox(writing, delivery.inbox);
	}
}
