import { statfs } from 'node:fs/promises';
import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Checks } from './health.ts';

/** What one role tells whoever watches over it. Numbers of the whole role: nothing of a person, and no label that grows with people or branches. */
export type Metrics = Registry;

/** A registry of one role, so that several roles in one process keep their numbers apart. */
export function createMetrics(role: string): Metrics {
	const registry = new Registry();
	registry.setDefaultLabels({ role });
	return registry;
}

/** The name as Prometheus wants it (`understory_…`, the unit at its end), what it says, and its labels, each of a short closed list. */
export interface Described {
	readonly name: string;
	readonly help: string;
	readonly labels?: readonly string[];
}

/** A value with the labels it holds for. */
export type Labelled = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A number that is read whenever somebody asks. When it cannot be read it is left out, and the others are told all the same. */
export function addGauge(
	registry: Metrics,
	{ labels = [], ...what }: Described,
	read: () => number | readonly Labelled[] | Promise<number | readonly Labelled[]>,
): void {
	new Gauge({
		...what,
		labelNames: [...labels],
		registers: [registry],
		async collect() {
			if (labels.length > 0) this.reset();
			else this.remove();
			const found = await Promise.resolve()
				.then(read)
				.catch((): Labelled[] => []);
			if (typeof found === 'number') this.set(found);
			else for (const [labelled, value] of found) this.set({ ...labelled }, value);
		},
	});
}

/** A number that only grows while the process lives; answers with a function that counts one more. It begins at 0 for each of `known`. */
export function addCounter<Name extends string>(
	registry: Metrics,
	what: Described & { readonly labels: readonly [Name] },
	known: readonly string[],
): (value: string) => void {
	const [label] = what.labels;
	const counter = new Counter({ ...what, labelNames: [label], registers: [registry] });
	const labelled = (value: string) => ({ [label]: value }) as Record<Name, string>;
	for (const value of known) counter.inc(labelled(value), 0);
	return (value) => counter.inc(labelled(value));
}

/** Adds what the process itself tells (memory, event loop); once a process. */
export function addProcessMetrics(registry: Metrics): void {
	collectDefaultMetrics({ register: registry });
}

/** Adds which of the parts that a role needs it waits for. */
export function addReadiness(registry: Metrics, checks: Checks): void {
	addGauge(
		registry,
		{
			name: 'understory_waits_for',
			help: 'Whether the role waits for a part that it needs (1) or has it (0)',
			labels: ['part'],
		},
		() =>
			Promise.all(
				Object.entries(checks).map(async ([part, check]): Promise<Labelled> => {
					const fine = await Promise.resolve()
						.then(check)
						.catch(() => false);
					return [{ part }, fine ? 0 : 1];
				}),
			),
	);
}

/** Adds how much room there is where a role keeps its files. */
export function addDisk(registry: Metrics, folder: string): void {
	const disk = (name: string, help: string, blocks: 'bavail' | 'blocks') =>
		addGauge(registry, { name, help }, async () => {
			const found = await statfs(folder);
			return found[blocks] * found.bsize;
		});
	disk('understory_data_free_bytes', 'Room that is left where the role keeps its files', 'bavail');
	disk('understory_data_size_bytes', 'Room there is where the role keeps its files', 'blocks');
}

/** Serves the registry in Prometheus' text form; for internal ports. */
export function serveMetrics(registry: Metrics): RequestHandler {
	return async (_request, response) => {
		response.setHeader('content-type', registry.contentType);
		response.send(await registry.metrics());
	};
}
