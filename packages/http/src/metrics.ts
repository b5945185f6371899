import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** A registry of one role, so that several roles in one process keep their numbers apart. */
export function createMetrics(role: string): Registry {
	const registry = new Registry();
	registry.setDefaultLabels({ role });
	return registry;
}

/** Adds what the process itself tells (memory, event loop); once a process. */
export function addProcessMetrics(registry: Registry): void {
	collectDefaultMetrics({ register: registry });
}

/** Serves the registry in Prometheus' text form; for internal ports. */
export function serveMetrics(registry: Registry): RequestHandler {
	return async (_request, response) => {
		response.setHeader('content-type', registry.contentType);
		response.send(await registry.metrics());
	};
}
