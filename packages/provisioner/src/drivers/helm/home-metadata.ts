import type * as Client from '@kubernetes/client-node';
import { answeringIn } from './in-form.ts';

/** A Deployment of a home that changed, as far as is heard of it. */
export interface HomeNews {
	readonly kind: 'added' | 'changed' | 'gone';
	/** Of the home, which its Deployment is named after. */
	readonly home: string;
	/** Of the Deployment; another one is another state of it. */
	readonly version: string;
}

/** The names of homes in one namespace, and nothing else of them. */
export interface HomeMetadata {
	/** Each home with the version of its Deployment, and the version as of which that holds. Rejects when the API server does not answer it. */
	list(): Promise<{ readonly asOf: string; readonly homes: ReadonlyMap<string, string> }>;
	/**
	 * Tells what changes after a version, and of each further version as of which all is told. Resolves when the API server ends it, rejects when it is lost;
	 * with `TooOld` when the API server does not know any more what came after that version. Ends with the signal.
	 */
	watch(
		after: string,
		told: (asOf: string, news: HomeNews | null) => void,
		signal: AbortSignal,
	): Promise<void>;
}

/** What came after that version is not known any more: all has to be listed anew. */
export class TooOld extends Error {}

/** Labels of the Deployments that charts/home makes. */
const HOMES = 'app.kubernetes.io/name=understory,app.kubernetes.io/component=home';
/** So many are listed by one request. */
const PAGE = 500;
/** The API server ends a watch after this time, in seconds; the next one may meet another of its processes. */
const LIFE = 300;
/** A watch that says nothing for so long is lost, in milliseconds: the API server says about once a minute that nothing happened. */
const SILENCE = 150_000;

const KINDS: Readonly<Record<string, HomeNews['kind']>> = {
	ADDED: 'added',
	MODIFIED: 'changed',
	DELETED: 'gone',
};

/** What an event of a watch holds, as far as it is read. */
interface Told {
	readonly code?: number;
	readonly metadata?: { readonly name?: string; readonly resourceVersion?: string };
}

/** Homes in namespaces of the cluster that `config` leads to, by their metadata alone. */
export function homeMetadata(
	client: typeof Client,
	config: Client.KubeConfig,
): (namespace: string) => HomeMetadata {
	const { AppsV1Api, Watch } = client;
	const apps = answeringIn(client, config, 'PartialObjectMetadataList').makeApiClient(AppsV1Api);
	const watching = new Watch(answeringIn(client, config, 'PartialObjectMetadata'));
	// The client's own is half a minute and no setting. Were it not heeded, a quiet watch would be taken up again that often, and nothing else.
	Reflect.set(watching, 'requestTimeoutMs', SILENCE);

	return (namespace) => ({
		async list() {
			const homes = new Map<string, string>();
			let asOf = '';
			let next: string | undefined;
			do {
				const page = await apps.listNamespacedDeployment({
					...{ namespace, labelSelector: HOMES, limit: PAGE },
					...(next && { _continue: next }),
				});
				for (const { metadata } of page.items) homes.set(metadata!.name!, metadata!.resourceVersion!);
				asOf = page.metadata!.resourceVersion!;
				next = page.metadata!._continue;
			} while (next);
			return { asOf, homes };
		},
		watch(after, told, signal) {
			const { promise, resolve, reject } = Promise.withResolvers<void>();
			const end = (error?: unknown) => (error ? reject(error) : resolve());
			if (signal.aborted) return Promise.resolve();
			const stop = () => end();
			signal.addEventListener('abort', stop);
			const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
			const how = {
				...{ labelSelector: HOMES, resourceVersion: after },
				...{ allowWatchBookmarks: true, timeoutSeconds: LIFE },
			};
			const heard = (type: string, { code, metadata }: Told) => {
				if (signal.aborted) return;
				if (type === 'ERROR') return end(code === 410 ? new TooOld() : new Error(`the watch broke: ${code}`));
				const { name: home, resourceVersion: version } = metadata ?? {};
				const kind = KINDS[type];
				if (version) told(version, home && kind ? { kind, home, version } : null);
			};
			const ended = (error: { statusCode?: number } | null) =>
				end(error?.statusCode === 410 ? new TooOld() : error);
			const connected = watching.watch(path, how, heard, ended);
			connected.catch(end);
			return promise.finally(() => {
				signal.removeEventListener('abort', stop);
				// It goes on reading what nobody waits for any more, unless it is told.
				connected.then((one) => one.abort()).catch(() => undefined);
			});
		},
	});
}
