import type { KvKey, KvStore, KvStoreListEntry } from '@fedify/fedify';
import type { BranchPorts } from '../ports.ts';

/** How long something is kept for which Fedify names no time, in milliseconds. */
const DEFAULT_LIFE = 60 * 60_000;

/**
 * Fedify's store over the branch's own small cache. Everything in it may be lost at any time; nothing in it is secret, since no
 * queue of Fedify's is used (its messages carry private keys; reference/codebases.md 9, fact 5).
 */
export function createKv(cache: BranchPorts['cache']): KvStore {
	const name = (key: KvKey) => `fedify:${JSON.stringify(key)}`;
	return {
		async get<T>(key: KvKey) {
			const text = await cache.get(name(key));
			return text === undefined ? undefined : (JSON.parse(text) as T);
		},
		async set(key, value, options) {
			const life = options?.ttl?.total('milliseconds') ?? DEFAULT_LIFE;
			await cache.set(name(key), JSON.stringify(value), life);
		},
		delete: (key) => cache.delete(name(key)),
		// Fedify lists only what it shares between processes, and a branch lives in one.
		async *list(): AsyncGenerator<KvStoreListEntry> {},
	};
}
