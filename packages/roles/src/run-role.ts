import type { IncomingMessage, ServerResponse } from 'node:http';
import { flushCompileCache } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { PublicError } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { notReady } from '@understory/http/health.ts';
import { addDisk, addProcessMetrics, addReadiness } from '@understory/http/metrics.ts';
import { listen } from '@understory/http/server.ts';
import type { BegunRole } from './begun-role.ts';
import { isForProcess, isFromInside } from './inside.ts';

/** How long answers that are under way may take when it stops, in milliseconds. A cluster waits 20 s and more. */
const GRACE = 15_000;
/** The longest pause between two tries to begin, in milliseconds. */
const LONGEST_PAUSE = 10_000;

/** A process that is one role. */
export interface RunningRole {
	readonly port: number;
	/** Says that it is not ready, finishes what is under way, and lets go of everything. May be called twice. */
	stop(): Promise<void>;
}

/**
 * Listens at once and begins the role as soon as what it needs is there, however long that takes; roles may be started in any order. Until then
 * `/healthz` says that the process lives, `/readyz` what it waits for, and `/metrics` nothing yet. Throws `PublicError` when it cannot listen.
 */
export async function runRole(options: {
	readonly port: number;
	readonly address: string;
	readonly log: Log;
	begin(): Promise<BegunRole>;
}): Promise<RunningRole> {
	const { log } = options;
	let role: BegunRole | null = null;
	let reason = 'It is starting.';
	const stopping = new AbortController();

	const listening = await listen(
		(request, response) => {
			if (isForProcess(request, role?.insideHost ?? null)) forProcess(request, response);
			else if (!role) say(response, 503, 'This is starting. Try again in a moment.');
			// What roles tell each other is nobody's outside, signed or not.
			else if (/^\/internal(?:\/|$)/.test(request.url ?? '') && !isFromInside(request))
				say(response, 404, 'There is nothing here.');
			else role.handle(request, response);
		},
		{ port: options.port, address: options.address },
	);

	function forProcess(request: IncomingMessage, response: ServerResponse): void {
		const path = (request.url ?? '').split('?')[0];
		if (path === '/healthz') say(response, 200, 'ok');
		else if (path === '/readyz') void sayReady(response);
		else if (!role) say(response, 503, reason);
		else if (path === '/metrics') void sayMetrics(response, role);
		else if (role.handleInside) role.handleInside(request, response);
		else role.handle(request, response);
	}

	async function sayReady(response: ServerResponse): Promise<void> {
		if (stopping.signal.aborted) return say(response, 503, 'It is stopping.');
		if (!role) return say(response, 503, reason);
		const waiting = await notReady(role.checks);
		if (waiting.length === 0) say(response, 200, 'ready');
		else say(response, 503, `It waits for: ${waiting.join(', ')}.`);
	}

	async function sayMetrics(response: ServerResponse, { metrics }: BegunRole): Promise<void> {
		const text = await metrics.metrics().catch((error: unknown) => {
			log.error('metrics_not_told', { error });
			return null;
		});
		if (text === null) return say(response, 500, 'Its numbers cannot be told. Why is in its log.');
		response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
		response.end(text);
	}

	async function begin(): Promise<void> {
		for (let tries = 0; !stopping.signal.aborted; tries++) {
			try {
				const begun = await options.begin();
				addProcessMetrics(begun.metrics);
				addReadiness(begun.metrics, begun.checks);
				addDisk(begun.metrics, begun.folder);
				role = begun;
				log.info('role_begun');
				// What was compiled is kept for the next one now: this process may be killed.
				flushCompileCache();
				return;
			} catch (error) {
				reason =
					error instanceof PublicError ? error.message : 'Its database or the provisioner does not answer.';
				log.warn('role_not_begun', { error });
				await pause(Math.min(LONGEST_PAUSE, 500 * 2 ** tries), null, { signal: stopping.signal }).catch(
					() => undefined,
				);
			}
		}
	}
	const beginning = begin();

	let closing: Promise<void> | null = null;
	return {
		port: listening.port,
		stop() {
			closing ??= (async () => {
				stopping.abort();
				await listening.close(GRACE);
				await beginning;
				await role?.close();
			})();
			return closing;
		},
	};
}

function say(response: ServerResponse, status: number, sentence: string): void {
	response.writeHead(status, {
		'content-type': 'text/plain; charset=utf-8',
		'cache-control': 'no-store',
		...(status === 503 ? { 'retry-after': '1' } : {}),
	});
	response.end(`${sentence}\n`);
}
