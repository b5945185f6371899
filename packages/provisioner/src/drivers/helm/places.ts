import type { LibraryNamespaces } from '@understory/config/home-driver.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { HomeBook } from '../driver.ts';
import type { HomeLeases } from '../home-leases.ts';
import type { Cluster, Connection } from './cluster.ts';
import type { CopiedSecrets } from './copied-secrets.ts';
import { SAYS } from './helm-faults.ts';
import type { Helm } from './helm-program.ts';
import { libraryNamespace } from './library-namespaces.ts';
import { tryCluster } from './tried-cluster.ts';

/** The namespace that a home lives in, with what acts there. */
export interface Place {
	readonly helm: Helm;
	readonly cluster: Cluster;
	/** Makes what has to stand there before a home does. Repeatable. */
	prepare(): Promise<void>;
	/** Whether homes could be started in this cluster just now. Changes nothing. Throws `PublicError` with what is wrong. */
	tryOut(): Promise<void>;
	/**
	 * What `look` sees; `otherwise` when it may not look because the namespace was not made yet, or lost the rights that `prepare` gives: then nobody
	 * of ours is there.
	 */
	ifMade<T>(look: () => Promise<T>, otherwise: T): Promise<T>;
}

export interface PlacesParts extends Pick<HomeBook, 'namespaceOf'> {
	readonly leases: Pick<HomeLeases, 'mayChange'>;
	readonly connection: Connection;
	helmIn(namespace: string): Helm;
	/** The namespace of shared homes, and of those that are older than namespaces of libraries. */
	readonly shared: string;
	/** Null where libraries get none. */
	readonly libraries: LibraryNamespaces | null;
	/** Secrets that lie in the shared namespace and are copied to those of libraries. */
	readonly copied: Pick<CopiedSecrets, 'give'>;
	/** Told of each namespace that somebody asks about, again and again. */
	livesIn(namespace: string): void;
	/** Waits between two looks at whether new rights hold. */
	pause(): Promise<void>;
}

/** How many looks at whether the API server knows of new rights; it takes moments. */
const LOOKS_AT_RIGHTS = 50;

/** Where each home lives. */
export function createPlaces(parts: PlacesParts): (home: string) => Promise<Place> {
	const { connection, shared, libraries } = parts;

	async function prepare({
		namespace,
		library,
	}: NonNullable<Awaited<ReturnType<HomeBook['namespaceOf']>>>): Promise<void> {
		if (libraries === null) {
			const sentence = `This home lives in the namespace ${namespace}, and the platform is no longer told of namespaces of libraries. Say it again in its settings.`;
			throw new PublicError(502, 'no_library_namespaces', sentence);
		}
		const [itself, binding, ...rest] = libraryNamespace(libraries, { namespace, library });
		await connection.apply(itself!);
		await connection.apply(binding!);
		const cluster = connection.in(namespace);
		for (let look = 0; !(await cluster.mayWork()); look++) {
			if (look === LOOKS_AT_RIGHTS) throw new PublicError(502, 'no_right', SAYS.noRight);
			await parts.pause();
		}
		for (const object of rest) await connection.apply(object);
		await parts.copied.give(namespace);
	}

	return async (home) => {
		const own = await parts.namespaceOf(home);
		const namespace = own?.namespace ?? shared;
		parts.livesIn(namespace);
		const mayChange = () => parts.leases.mayChange(home);
		const cluster = onlyWith(mayChange, connection.in(namespace), ['keepSecret', 'reapply', 'dropSecret']);
		return {
			helm: onlyWith(mayChange, parts.helmIn(namespace), ['apply', 'rollBack', 'uninstall']),
			cluster,
			async prepare() {
				if (own) await mayChange().then(() => prepare(own));
			},
			tryOut: () => tryCluster(connection, { shared, libraries }),
			async ifMade(look, otherwise) {
				try {
					return await look();
				} catch (error) {
					const isRefused =
						error instanceof PublicError && ['cluster_refused', 'no_right'].includes(error.code);
					if (own && isRefused && !(await cluster.mayWork())) return otherwise;
					throw error;
				}
			},
		};
	};
}

/** Something of which some acts are each done only after `ask` did not refuse them. */
function onlyWith<T extends object>(ask: () => Promise<void>, of: T, acts: readonly (keyof T)[]): T {
	const guarded = acts.map((act) => {
		const does = of[act] as (...words: unknown[]) => Promise<unknown>;
		return [act, (...words: unknown[]) => ask().then(() => does(...words))] as const;
	});
	return { ...of, ...(Object.fromEntries(guarded) as Partial<T>) };
}
