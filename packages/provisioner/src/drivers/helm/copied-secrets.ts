import { PublicError } from '@understory/core/errors.ts';
import type { Log, LogFields } from '@understory/core/log.ts';
import type { Connection } from './cluster.ts';

export interface CopiedSecretsParts {
	readonly connection: Pick<Connection, 'in' | 'secretSeen' | 'copySecret'>;
	/** The names of those that are copied. */
	readonly names: readonly string[];
	/** The namespace they lie in. */
	readonly from: string;
	readonly log: Log;
}

/** Secrets that lie beside the shared homes, and that a home finds in the namespace of its library too. */
export interface CopiedSecrets {
	/** Gives a namespace a copy of each. Repeatable. Throws `PublicError` when one is not there to be copied. */
	give(namespace: string): Promise<void>;
	/**
	 * Writes the copies anew whose original changed since. `namespaces` are all that homes of libraries live in; one that was not made yet is passed by. While
	 * nothing changes this costs one question for each original, about its metadata. Of an original that is gone the copies are left, so that homes run on.
	 * What is gone or cannot be written is said in the log once, until it is otherwise. With the signal nothing more is begun.
	 */
	renew(namespaces: readonly string[], signal?: AbortSignal): Promise<void>;
}

/** Keeps copies of Secrets as their originals are. What was seen is remembered by this process; after a start each copy is looked at once. */
export function createCopiedSecrets({ connection, names, from, log }: CopiedSecretsParts): CopiedSecrets {
	/** The version of the original that a copy was made of, by namespace and name. */
	const made = new Map<string, string>();
	const said = new Set<string>();

	/** Says a thing once, until it is unsaid. */
	function say(what: string, event: string, fields: LogFields): void {
		if (said.has(what)) return;
		said.add(what);
		log.warn(event, fields);
	}

	async function copy(name: string, namespace: string): Promise<void> {
		made.set(`${namespace}/${name}`, await connection.copySecret(name, { from, to: namespace }));
	}

	/** Whether a copy is of this version by what it says itself; null where the platform has no rights yet. */
	async function isOf(version: string, name: string, namespace: string): Promise<boolean | null> {
		if (!(await connection.in(namespace).mayWork())) return null;
		const seen = await connection.secretSeen(name, namespace);
		return seen?.copiedFrom === version;
	}

	async function renewOne(name: string, version: string, namespace: string): Promise<void> {
		const at = `${namespace}/${name}`;
		if (made.get(at) === version) return;
		const isSame = await isOf(version, name, namespace);
		if (isSame === null) return;
		if (isSame) {
			made.set(at, version);
			return;
		}
		await copy(name, namespace);
		log.info('secret_copied', { detail: at });
	}

	return {
		async give(namespace) {
			for (const name of names) await copy(name, namespace);
		},
		async renew(namespaces, signal) {
			if (namespaces.length === 0) return;
			for (const name of names) {
				const original = await connection.secretSeen(name, from);
				if (original === null) {
					const detail = `The Secret ${name} is not in the namespace ${from} any more. Its copies are left as they are; homes that are new cannot be started without it.`;
					say(name, 'secret_gone', { detail });
					continue;
				}
				said.delete(name);
				for (const namespace of namespaces) {
					if (signal?.aborted) return;
					const at = `${namespace}/${name}`;
					try {
						await renewOne(name, original.version, namespace);
						said.delete(at);
					} catch (error) {
						// One namespace that somebody closed keeps nothing from the others; a cluster that does not answer, from all.
						if (error instanceof PublicError && error.code === 'cluster_silent') throw error;
						say(at, 'secret_not_copied', { detail: at, error });
					}
				}
			}
		},
	};
}
