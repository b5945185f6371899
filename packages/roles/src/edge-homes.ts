import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Log } from '@understory/core/log.ts';
import type { Route } from '@understory/core/routes.ts';

/** Is always there: Caddy refuses its whole configuration when a file that it imports is empty. */
const HEAD = '# Branches that live in another home than the first.\n';

/**
 * What the proxy of one machine has to know of the routing table: a line for each branch that lives in another home than the first,
 * `main.port.example 127.0.0.1:8091`.
 */
export function edgeHomes(routes: readonly Route[], firstPort: number): string {
	const lines = routes.flatMap(({ host, address }) => {
		const { port, host: listens } = new URL(address);
		return Number(port) === firstPort ? [] : [`${host} ${listens}\n`];
	});
	return HEAD + lines.toSorted().join('');
}

/**
 * Keeps the file as it has to be; call it whenever branches may have moved. One that says so already is not touched, so that whoever watches it has
 * nothing to do. A file that cannot be written is logged: branches of the first home are reached all the same.
 */
export function keepEdgeHomes(options: {
	readonly file: string;
	readonly firstPort: number;
	readonly routes: () => Promise<readonly Route[]>;
	readonly log: Log;
}): () => void {
	const { file, log } = options;
	let queue = Promise.resolve();
	async function look(): Promise<void> {
		const wanted = edgeHomes(await options.routes(), options.firstPort);
		if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return;
		// Under a name that the proxy does not read: it imports whatever begins as the file does.
		const draft = join(dirname(file), `.${basename(file)}.new`);
		writeFileSync(draft, wanted, { flush: true });
		// The proxy is another user.
		chmodSync(draft, 0o644);
		renameSync(draft, file);
	}
	return () => {
		queue = queue.then(look).catch((error: unknown) => log.warn('edge_homes_not_written', { error }));
	};
}
