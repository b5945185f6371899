import { firstIdAt } from '@understory/core/ids.ts';
import type { BranchContext } from '../context.ts';
import { sweepCache } from '../store/cache.ts';
import { endOlder, sweepDeliveries } from '../store/deliveries.ts';
import { sweepGreetings } from '../store/greetings.ts';
import { sweepImports } from '../store/imports.ts';
import { forgetAnswers } from '../store/proposals.ts';
import { sweepReceived } from '../store/received.ts';
import { sweepSessions } from '../store/sessions.ts';
import { sweepThreads } from '../store/threads.ts';
import { bringIn, nextImportAt } from './bringing-in.ts';
import { completeNext, nextCompletionAt } from './completing.ts';
import { contactsRecorder } from './contacts-recorded.ts';
import { deliverDue, nextDeliveryAt } from './delivering.ts';
import { checkLink, nextCheckAt } from './fields.ts';
import { checkFollowers, nextFollowerCheckAt } from './follower-checks.ts';
import { newSince } from './greeting.ts';
import { handOverEntries, nextEntryAt } from './handing-over.ts';
import { nextLeavingAt, passOnWhatIsLeft } from './hosting/leaving-the-rota.ts';
import { nextOverAt, tellWhatIsOver } from './hosting/limits-over.ts';
import { nextNightPageAt, sendNightPages } from './hosting/night-desk.ts';
import { destroyDue } from './hosting/retention.ts';
import { nextRenewalAt, renewKeys } from './key-renewal.ts';
import { nextCalendarAt, readLibraryCalendar } from './library-calendar.ts';
import { sweepMedia } from './media-sweep.ts';
import { tendLabels } from './office-labels.ts';
import { fetchPassedAlong, nextPassedAlongAt } from './passed-along.ts';
import { nextPollAt, tendPolls } from './polls.ts';
import { checkQuotes, nextQuoteCheckAt } from './quote-checks.ts';
import { endOverdue, nextEndAt } from './restricting/imposing.ts';
import { nextListAt, readServerLists } from './restricting/lists.ts';
import { recordRulesInForce } from './rules-in-force.ts';
import { nextTotalsAt, recordTotals } from './totals.ts';
import { nextWaitingAt, publishWaiting } from './waiting.ts';

const DAY = 24 * 60 * 60_000;
/** How long the words stay that people said before a decision about a server: as long as hosts may wait before they look again. */
const ANSWERS_KEPT = 180 * DAY;
/** How long we remember that an activity came: longer than anybody tries again. */
export const REMEMBER = 30 * DAY;

/** The jobs of one branch; they wait in its own file (DESIGN 4.3). */
export interface Worker {
	/** Does what is due, and says when to come again. A call while one runs gets a run that began after it asked. */
	run(): Promise<{ readonly nextAt: number | null }>;
	/** Resolves when nothing runs any more; later runs do nothing. */
	stop(): Promise<void>;
}

/** Makes the worker. It has no timer of its own: the home says when. */
export function createWorker(context: BranchContext): Worker {
	let running: Promise<void> | null = null;
	let stopped = false;
	let swept = 0;
	const recordContacts = contactsRecorder();

	async function once(): Promise<void> {
		await context.book.refresh();
		recordRulesInForce(context);
		recordContacts(context);
		recordTotals(context);
		await handOverEntries(context);
		tendPolls(context);
		tellWhatIsOver(context);
		passOnWhatIsLeft(context);
		endOverdue(context);
		await Promise.all([
			deliverDue(context),
			completeNext(context),
			checkLink(context),
			renewKeys(context),
			fetchPassedAlong(context),
			checkQuotes(context),
			checkFollowers(context),
			readLibraryCalendar(context),
			bringIn(context),
			readServerLists(context),
			sendNightPages(context),
			publishWaiting(context),
		]);
		if (context.clock.now() - swept >= DAY) {
			sweep(context);
			sweepMedia(context);
			destroyDue(context);
			tendLabels(context);
			swept = context.clock.now();
		}
	}

	return {
		async run() {
			while (running) await running.catch(() => undefined);
			if (stopped) return { nextAt: null };
			running = once().finally(() => {
				running = null;
			});
			await running;
			const times = [
				context.book.nextAt(),
				nextEntryAt(context),
				nextDeliveryAt(context),
				nextPollAt(context),
				nextCompletionAt(context),
				nextCheckAt(context),
				nextRenewalAt(context),
				nextPassedAlongAt(context),
				nextQuoteCheckAt(context),
				nextFollowerCheckAt(context),
				nextCalendarAt(context),
				nextImportAt(context),
				nextNightPageAt(context),
				nextWaitingAt(context),
				nextOverAt(context),
				nextLeavingAt(context),
				nextTotalsAt(context),
				nextEndAt(context),
				nextListAt(context),
			];
			const due = times.filter((at) => at !== null);
			return { nextAt: due.length > 0 ? Math.min(...due) : null };
		},
		async stop() {
			stopped = true;
			while (running) await running.catch(() => undefined);
		},
	};
}

function sweep(context: BranchContext): void {
	const now = context.clock.now();
	context.store.transact((writing) => {
		sweepSessions(writing, now);
		sweepCache(writing, now);
		sweepThreads(writing, now - DAY);
		sweepReceived(writing, now - REMEMBER);
		sweepImports(writing, now - DAY, now - REMEMBER);
		endOlder(writing, firstIdAt(now - REMEMBER), now);
		sweepDeliveries(writing, now - REMEMBER);
		sweepGreetings(writing, newSince(context));
		forgetAnswers(writing, now - ANSWERS_KEPT);
	});
}
