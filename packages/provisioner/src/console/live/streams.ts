import { createHash } from 'node:crypto';
import { NotAllowed, PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import type { Request, Response } from 'express';

/** Bounds of the streams of one process. */
export interface StreamLimits {
	/** How often what is shown is looked at anew, in milliseconds. */
	readonly every: number;
	/** After so many milliseconds without anything new a line is sent that says so, for proxies that close what is silent. */
	readonly heartbeat: number;
	/** A stream ends after so many milliseconds; the browser asks anew, with its cookie, so a session that is over sees no more. */
	readonly longest: number;
	/** Streams at once, and those of one token. */
	readonly most: number;
	readonly mostOfOne: number;
}

export const STREAM_LIMITS: StreamLimits = {
	every: 1_000,
	heartbeat: 15_000,
	longest: 120_000,
	most: 50,
	mostOfOne: 6,
};

/** What a page shows now; `ended` when it will show nothing else. */
export interface Drawn {
	readonly html: string;
	readonly ended: boolean;
}

/** Serves what a page shows as server-sent events (HTML standard, section 9.2). */
export interface Streams {
	/**
	 * Sends what `draw` says, now and whenever it says something else, until it has ended. The id of an event is a digest of what is shown, and each event is
	 * the whole of it: whoever names the last id they had misses nothing and gets nothing twice, from whichever process. Throws `PublicError` 503
	 * when too many watch. Where `draw` says null, whoever watches may see it no more, and the stream ends.
	 */
	serve(request: Request, response: Response, by: string, draw: () => Promise<Drawn | null>): Promise<void>;
}

export function createStreams(log: Log, limits: StreamLimits = STREAM_LIMITS): Streams {
	const watching = new Map<string, number>();

	/** Takes a place for as long as the answer lasts. */
	function takePlace(response: Response, by: string): void {
		const own = watching.get(by) ?? 0;
		const all = [...watching.values()].reduce((sum, one) => sum + one, 0);
		if (own >= limits.mostOfOne || all >= limits.most) {
			const sentence = 'Too many watch at once. Load the page again to see how far it is.';
			throw new PublicError(503, 'too_many_watch', sentence, { retryAfter: 60 });
		}
		watching.set(by, own + 1);
		response.once('close', () => {
			const left = watching.get(by)! - 1;
			if (left === 0) watching.delete(by);
			else watching.set(by, left);
		});
	}

	return {
		async serve(request, response, by, draw) {
			// Whoever may not see it, or names something that is not there, is told so in the usual way.
			const first = await draw();
			if (first === null) throw new NotAllowed('Sign in to the console first.');
			let drawn = first;
			if (request.method === 'HEAD') {
				response.type('text/event-stream').end();
				return;
			}
			takePlace(response, by);
			response.status(200).set({
				'content-type': 'text/event-stream; charset=utf-8',
				'cache-control': 'no-store',
				'x-accel-buffering': 'no',
			});
			response.write(`retry: ${limits.every}\n\n`);
			const begun = performance.now();
			let had = request.headers['last-event-id'];
			let told = begun;
			for (;;) {
				const id = createHash('sha256').update(drawn.html).digest('hex').slice(0, 24);
				if (id !== had && !response.writableNeedDrain) {
					response.write(event('drawn', drawn.html, id));
					[had, told] = [id, performance.now()];
				}
				if (drawn.ended && id === had) {
					response.end(event('end', 'ended', id));
					return;
				}
				await pause(response, limits.every);
				if (response.closed) return;
				const now = performance.now();
				if (now - begun >= limits.longest) break;
				if (now - told >= limits.heartbeat) {
					response.write(': nothing new\n\n');
					told = now;
				}
				try {
					const next = await draw();
					if (next === null) break;
					drawn = next;
				} catch (error) {
					// The browser asks again by itself, and is told then.
					log.warn('stream_broke_off', { error });
					break;
				}
			}
			response.end();
		},
	};
}

/** One event; text of several lines is several lines of data. */
function event(name: string, data: string, id: string): string {
	const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
	return `id: ${id}\nevent: ${name}\n${lines.join('')}\n`;
}

/** Waits, or until whoever watches has gone. */
function pause(response: Response, milliseconds: number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const late = setTimeout(resolve, milliseconds);
	response.once('close', resolve);
	return promise.finally(() => {
		clearTimeout(late);
		response.off('close', resolve);
	});
}
