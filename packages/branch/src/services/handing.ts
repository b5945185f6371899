import { PublicError } from '@understory/core/errors.ts';
import { outcomeOf } from '@understory/federation/outcome.ts';
import type { Hand } from '@understory/federation/ports.ts';
import type { Sent } from '@understory/federation/sending.ts';
import type { BranchContext } from '../context.ts';
import { type Delivery, finishHanded, handAgain, receiptsDue } from '../store/deliveries.ts';

/** How long a branch of this home may hold copies that the power could take, before it is asked to make them safe. */
export const SAFE_WITHIN = 60_000;

/** How it went by the short way: as an answer to a request, and with the receipt when it was taken. */
export type HandedOver = { readonly sent: Sent; readonly receipt: string | null };

/** Hands one delivery to a branch of this home, once. Never throws for what that branch refuses. */
export async function handTo(
	context: BranchContext,
	hand: Hand,
	delivery: Delivery,
	body: string,
): Promise<HandedOver> {
	const { sender, inbox, origin } = delivery;
	const handed = await hand({ body, sender, inbox }, context.id);
	if ('outcome' in handed) return { sent: handed, receipt: null };
	try {
		return { sent: { outcome: 'accepted' }, receipt: await context.street!.hand(origin, handed) };
	} catch (error) {
		if (!(error instanceof PublicError)) throw error;
		const wait = error.retryAfter === undefined ? null : error.retryAfter * 1000;
		return { sent: outcomeOf(error.status, wait), receipt: null };
	}
}

/**
 * Asks the branches of this home whether what they were handed a while ago is safe by now. What one of them cannot answer for, since it
 * or this process was started anew, is handed over again: it knows by the id what it has (ADR 21).
 */
export async function confirmHanded(context: BranchContext): Promise<void> {
	const now = context.clock.now();
	const due = context.store.read((reading) => receiptsDue(reading, now));
	if (due.length === 0) return;
	const asked: { origin: string; receipt: string; safe: boolean }[] = [];
	for (const { origin, receipt } of due) {
		asked.push({ origin, receipt, safe: (await context.street?.confirm(origin, receipt)) ?? false });
	}
	context.store.transact((writing) => {
		for (const { origin, receipt, safe } of asked) {
			if (safe) finishHanded(writing, origin, receipt, now);
			else handAgain(writing, origin, now);
		}
	});
}
