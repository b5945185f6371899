import { EventEmitter } from 'node:events';
import { rememberVerified } from '@understory/transparency-log/remembered.ts';
import type { Context } from '../context.ts';
import { publishRoutes } from '../routes/publish.ts';
import { publishRegister } from './publish.ts';
import { publishRosters } from './roster.ts';

/** Publishes what changed about libraries: their rosters, then their registers, then where their branches are reached. */
export interface Publisher {
	/** Something about these libraries may have changed; they are published soon. Without any, what is still touched is. */
	touch(...libraries: readonly string[]): void;
	/** Publishes everything touched before the call. What cannot be published stays touched, and the first reason is thrown. */
	flush(): Promise<void>;
	/** Is something touched that is not published? */
	isBehind(): boolean;
	/** A register got a new version: the library's id. Or the routing table did. */
	readonly changes: EventEmitter<Changes>;
	/** Publishes the routing table when something in it is to change: of these libraries, or of all. */
	routes(libraries: readonly string[] | null): Promise<void>;
}

/** What others wait for. */
export interface Changes {
	register: [library: string];
	routes: [];
}

/** While many branches come up, publish this often, in milliseconds; one version a branch would be a hundred versions. */
const PATIENCE = 500;

/**
 * Builds the publisher. Publishing is coalesced: what is touched while branches are being looked at is published when the last of them was, or
 * every half second while they are many. `after` runs at the end of each round, with the libraries that it was about.
 */
export function createPublisher(
	context: Context,
	parts: { readonly isIdle: () => boolean; readonly after: (libraries: readonly string[]) => Promise<void> },
): Publisher {
	const changes = new EventEmitter<Changes>();
	changes.setMaxListeners(0);
	const touched = new Set<string>();
	// A library is published each time one of its branches moved, with the consents of all of them.
	const verify = rememberVerified();
	let current: Promise<void> | null = null;
	let next: Promise<void> | null = null;
	let later: NodeJS.Timeout | null = null;

	async function routes(libraries: readonly string[] | null): Promise<void> {
		if (await publishRoutes(context, libraries)) changes.emit('routes');
	}

	async function round(): Promise<void> {
		const libraries = [...touched];
		touched.clear();
		const failures: unknown[] = [];
		for (const library of libraries) {
			try {
				await publishRosters(context, library, verify);
				const { isNew } = await publishRegister(context, library);
				if (isNew) changes.emit('register', library);
			} catch (error) {
				touched.add(library);
				failures.push(error);
			}
		}
		if (libraries.length > 0) {
			await routes(libraries).catch((error: unknown) => {
				for (const library of libraries) touched.add(library);
				failures.push(error);
			});
		}
		await parts.after(libraries);
		if (failures.length > 0) throw failures[0];
	}

	function flush(): Promise<void> {
		if (current) {
			next ??= current
				.catch(() => undefined)
				.then(() => {
					next = null;
					return flush();
				});
			return next;
		}
		current = round().finally(() => {
			current = null;
		});
		return current;
	}

	function flushAlone(): void {
		if (later) clearTimeout(later);
		later = null;
		flush().catch((error: unknown) => context.log.error('publish_failed', { error }));
	}

	return {
		changes,
		routes,
		flush,
		isBehind: () => touched.size > 0,
		touch(...libraries) {
			for (const library of libraries) touched.add(library);
			if (touched.size === 0) return;
			if (parts.isIdle()) flushAlone();
			else later ??= setTimeout(flushAlone, PATIENCE).unref();
		},
	};
}
