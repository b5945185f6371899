import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Log } from '@understory/core/log.ts';

/** A branch's public origin and the name of its home. */
export interface Placed {
	readonly origin: string;
	readonly place: string;
}

/**
 * What the proxy of one machine has to know: a line for each branch that lives in another home than the first, `main.port.example 127.0.0.1:8091`.
 * A home that never started is left out: nobody answers there.
 */
export function edgeHomes(
	placed: readonly Placed[],
	firstPort: number,
	portOf: (home: string) => number | null,
): string {
	const lines = placed.flatMap(({ origin, place }) => {
		const port = portOf(place);
		return port === null || port === firstPort ? [] : [`${new URL(origin).hostname} 127.0.0.1:${port}\n`];
	});
	return lines.toSorted().join('');
}

/**
 * Keeps the file as it has to be; call it whenever branches may have moved. One that says so already is not touched, so that whoever watches it has
 * nothing to do. A file that cannot be written is logged: branches of the first home are reached all the same.
 */
export function keepEdgeHomes(options: {
	readonly file: string;
	readonly firstPort: number;
	readonly portOf: (home: string) => number | null;
	readonly placed: () => Promise<readonly Placed[]>;
	readonly log: Log;
}): () => void {
	const { file, log } = options;
	let queue = Promise.resolve();
	async function look(): Promise<void> {
		const wanted = edgeHomes(await options.placed(), options.firstPort, options.portOf);
		if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return;
		writeFileSync(`${file}.new`, wanted, { flush: true });
		// The proxy is another user.
		chmodSync(`${file}.new`, 0o644);
		renameSync(`${file}.new`, file);
	}
	return () => {
		queue = queue.then(look).catch((error: unknown) => log.warn('edge_homes_not_written', { error }));
	};
}
