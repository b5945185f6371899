import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { BadInput } from '@understory/core/errors.ts';
import { type EventsOf, eventsAfter, lastEvent, newestEvents, type ShownEvent } from '../store/events.ts';
import { big } from '../store/rows.ts';
import { type ApiRequest, type ApiResponse, branchOf, libraryOf, pageOf } from './exchange.ts';

/** The longest somebody may wait for the next event, in seconds. */
const LONGEST_WAIT = 25;
/** How often it is looked whether something came, in milliseconds: another process may have written it. */
const LOOK_EVERY = 500;

export async function ofLibrary(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	return answer(request, { library }, `/api/v1/libraries/${library.slug}/events`);
}

export async function ofBranch(request: ApiRequest): Promise<ApiResponse> {
	const { library, branch } = await branchOf(request);
	return answer(
		request,
		{ library, branch },
		`/api/v1/libraries/${library.slug}/branches/${branch.slug}/events`,
	);
}

async function answer(request: ApiRequest, of: EventsOf, path: string): Promise<ApiResponse> {
	const { database } = request.context;
	const { limit } = pageOf(request);
	const after = numberIn(request, 'after');
	if (after !== undefined) {
		const items = await whenThere(request, () => eventsAfter(database, of, { limit, after }));
		return { body: { items: items.map(eventShape), last: big(items.at(-1)?.seq ?? String(after)) } };
	}
	const before = numberIn(request, 'before');
	// Asked for first: what comes in between stands in the answer and once more after its number, and not nowhere.
	const last = await lastEvent(database, of.library.id);
	const items = await newestEvents(database, of, { limit, ...(before === undefined ? {} : { before }) });
	const oldest = items.length === limit ? items.at(-1)?.seq : undefined;
	return {
		body: { items: items.map(eventShape), last },
		...(oldest ? { next: `${path}?limit=${limit}&before=${oldest}` } : {}),
	};
}

/** What `look` finds, as soon as it finds something, the time that was asked for is over, or whoever asked has gone. */
async function whenThere<T>({ query, stream }: ApiRequest, look: () => Promise<T[]>): Promise<T[]> {
	const seconds = Math.min(LONGEST_WAIT, Math.max(0, Number(query.wait) || 0));
	const looks = Math.ceil((seconds * 1_000) / LOOK_EVERY);
	const gone = goneSignal(stream);
	try {
		for (let left = looks; ; left--) {
			const found = await look();
			if (found.length > 0 || left <= 0 || gone.signal.aborted) return found;
			await pause(LOOK_EVERY, undefined, { signal: gone.signal }).catch(() => undefined);
		}
	} finally {
		gone.forget();
	}
}

function goneSignal({ socket }: IncomingMessage): { signal: AbortSignal; forget(): void } {
	const controller = new AbortController();
	const abort = () => controller.abort();
	socket.once('close', abort);
	return { signal: controller.signal, forget: () => void socket.off('close', abort) };
}

function numberIn({ query }: ApiRequest, name: 'after' | 'before'): number | undefined {
	const text = query[name];
	if (text === undefined) return undefined;
	if (!/^\d{1,15}$/.test(text)) {
		throw new BadInput('This is not the number of an event.', [
			{ field: name, text: 'A number from an answer before.' },
		]);
	}
	return Number(text);
}

function eventShape(event: ShownEvent) {
	return {
		id: event.id,
		seq: big(event.seq!),
		branch: event.slug,
		condition: event.condition,
		from: event.was_status && { status: event.was_status, reason: event.was_reason },
		status: event.status,
		reason: event.reason,
		message: event.message,
		observed_generation: big(event.generation),
		times: event.times,
		first_time: big(event.first_at),
		last_time: big(event.at),
	};
}
