import { PublicError } from '@understory/core/errors.ts';
import { asHelmApplies, type Compared, objectsIn, plain } from './drift.ts';
import { SAYS } from './helm-faults.ts';
import { type HomeMetadata, homeMetadata } from './home-metadata.ts';
import { answeringIn } from './in-form.ts';
import type { KubernetesObject } from './library-namespaces.ts';
import { type OwnAccount, ownAccount } from './own-account.ts';
import { type RouteShelf, routeShelf } from './route-shelf.ts';

/** What is seen of the process of a home. */
export type Standing =
	| { readonly state: 'absent' /** It is there, and is told to have no pod. */; readonly scaled?: true }
	| { readonly state: 'running' }
	/** Kubernetes is still at it. */
	| { readonly state: 'coming'; readonly reason: string }
	/** It will not come by itself. `outside`: what is wrong is not about what it is made of. */
	| { readonly state: 'stuck'; readonly reason: string; readonly outside?: true };

/** What is seen of a Secret without reading it. */
export interface SecretSeen {
	/** Another whenever anything about it is another, or it is made anew. */
	readonly version: string;
	/** Of a copy: the version of what it was made of. */
	readonly copiedFrom: string | null;
}

/** A way to the API server. */
export interface Connection {
	/** What is asked in one namespace. */
	in(namespace: string): Cluster;
	/** The names of the homes in one namespace, as they come, change and go. */
	homesIn(namespace: string): HomeMetadata;
	/** What leads people there. */
	readonly routes: RouteShelf;
	/** Who the platform is there. */
	readonly account: OwnAccount;
	/** Makes an object, or changes it to this, by server-side apply. Throws `PublicError`. */
	apply(object: KubernetesObject): Promise<void>;
	/** Whether it would be made just now; false when there is no such namespace. Changes nothing. Throws `PublicError` when it would be refused. */
	wouldTake(object: KubernetesObject): Promise<boolean>;
	/** What the metadata of a Secret say; null when there is none of this name. What is in it is not read. Throws `PublicError`. */
	secretSeen(name: string, namespace: string): Promise<SecretSeen | null>;
	/** Gives a namespace the Secret of this name that another has, and returns the version that was copied. Throws `PublicError` when there is none. */
	copySecret(name: string, between: { readonly from: string; readonly to: string }): Promise<string>;
}

/** What the driver asks of the API server itself, in one namespace; everything else goes through Helm. */
export interface Cluster {
	/** Whether the platform's account has its rights here. */
	mayWork(): Promise<boolean>;
	/** How the Deployment of this name stands, and why it does not run. */
	standing(name: string): Promise<Standing>;
	/** A label of the Deployment of this name; null when it has none of that name, or is not there. */
	labelOf(name: string, label: string): Promise<string | null>;
	/** Makes or changes a Secret; only the platform's field manager writes these. */
	keepSecret(name: string, entries: Readonly<Record<string, string>>): Promise<void>;
	/** What stands of each object of a release, beside what it would be if Helm applied it again. Changes nothing. Throws `PublicError`. */
	compare(release: string, manifest: string): Promise<Compared[]>;
	/** Applies objects of a release again as Helm does. Throws `PublicError`. */
	reapply(objects: readonly Compared[]): Promise<void>;
	/** One that is not there is no fault. */
	dropSecret(name: string): Promise<void>;
}

/** Reasons a container waits for that no waiting mends, and the sentence for each (kubelet's own names). */
const STUCK: Readonly<Record<string, string>> = {
	ErrImageNeverPull: 'The image is not on the node, and may not be fetched.',
	ErrImagePull: 'The image cannot be fetched. Is its name right, and may the node reach its registry?',
	ImagePullBackOff: 'The image cannot be fetched. Is its name right, and may the node reach its registry?',
	InvalidImageName: 'The name of the image is not one.',
	CreateContainerConfigError: 'Something that the pod is to be given is missing, such as a Secret.',
	CrashLoopBackOff: 'The home ends as soon as it is started. Its log says why.',
	RunContainerError: 'The node cannot run the container.',
};

/** Of these, those that lie outside of what a home is made of, at least as often as in it. */
const OUTSIDE: readonly string[] = ['ErrImagePull', 'ImagePullBackOff'];

/** On a copy of a Secret: the version of the original that it is of. */
const COPIED_FROM = 'understory/copied-from';
/** So much of what Kubernetes says is shown. */
const SAID = 300;

interface ContainerState {
	readonly waiting?: { readonly reason?: string; readonly message?: string };
	readonly terminated?: { readonly exitCode?: number; readonly reason?: string; readonly message?: string };
}

/**
 * What Kubernetes says of a container that does not run, for an operator: on one line, of a bounded length, and without what stands in an address as name
 * and password. Empty when it says nothing.
 */
function saidOf({
	state,
	lastState,
}: {
	readonly state?: ContainerState;
	readonly lastState?: ContainerState;
}): string {
	const { exitCode, reason, message } = state?.terminated ?? lastState?.terminated ?? {};
	const ended = exitCode === undefined ? [] : [`${reason ?? 'Ended'}, code ${exitCode}`];
	// That it waits longer each time says nothing; how it ended does.
	const isAgain = state?.waiting?.reason === 'CrashLoopBackOff';
	const parts = isAgain ? [...ended, message] : [state?.waiting?.message];
	const said = parts
		.filter((part) => part)
		.join(': ')
		.replace(/\s+/g, ' ')
		.replace(/\/\/[^\s/@]*@/g, '//')
		.trim();
	return said.length > SAID ? `${said.slice(0, SAID)}…` : said;
}

/** Why a pod is on no node, by what the scheduler says of it: what is missing is named, so that somebody can make it. */
function whyUnplaced(said: string, namespace: string): string {
	const [, claim] = /persistentvolumeclaim "([^"]+)" not found/.exec(said) ?? [];
	if (claim)
		return `The home is to have the claim ${claim}, and the namespace ${namespace} has none of this name. Make it there; the home comes by itself then.`;
	if (said.includes('unbound immediate PersistentVolumeClaims'))
		return 'A volume of this home is not there yet. When it stays so: does the cluster have the storage class that its claims name, and room in it?';
	return 'No node has room for this home.';
}

/** The sentence for what the API server refused. What it said is for the log. */
function refusal(status: number, said: string): PublicError {
	const detail = `status ${status}: ${said}`.slice(0, 2_000);
	// The words of the chart's own admission policy (charts/cluster/templates/_libraries.tpl).
	const [, notOurs] = /The namespace (\S+) is not one of this platform/.exec(said) ?? [];
	if (notOurs) {
		const sentence = `There is a namespace ${notOurs} already, and it is not this platform's. Give it away, or choose another prefix for the namespaces of libraries.`;
		return new PublicError(502, 'namespace_taken', sentence, { detail });
	}
	if (/exceeded quota/.test(said)) return new PublicError(502, 'quota_full', SAYS.noRoom, { detail });
	if (status === 401) return new PublicError(502, 'cluster_refused', SAYS.unknown, { detail });
	if (status === 403) return new PublicError(502, 'cluster_refused', SAYS.noRight, { detail });
	const sentence = 'The cluster refused what the platform asked. Its reason is in the log of the platform.';
	return new PublicError(502, 'cluster_refused', sentence, { detail });
}

/** What a Status of Kubernetes says, which the client hands on as it came or parsed. */
function messageOf(body: unknown): string {
	return typeof body === 'string' ? body : String((body as { message?: unknown } | null)?.message ?? '');
}

/**
 * Connects to the cluster that a kubeconfig names, or, without one, to that of this pod, as its account. Throws `PublicError` for a kubeconfig that
 * cannot be used. The client is loaded here and not before: it is large, and only this driver needs it.
 */
export async function connectCluster(settings: { readonly kubeconfig: string | null }): Promise<Connection> {
	const client = await import('@kubernetes/client-node');
	const { ApiException, AppsV1Api, AuthorizationV1Api, CoreV1Api } = client;
	const { KubeConfig, KubernetesObjectApi, loadYaml, PatchStrategy } = client;
	const config = new KubeConfig();
	try {
		// The client knows no `tokenFile` of a kubeconfig: told by one, it would ask as nobody.
		if (settings.kubeconfig) config.loadFromFile(settings.kubeconfig);
		else config.loadFromCluster();
		if (!config.getCurrentCluster()) throw new Error('it names no cluster');
	} catch (cause) {
		throw new PublicError(502, 'kubeconfig', SAYS.kubeconfig, { cause });
	}
	const authorization = config.makeApiClient(AuthorizationV1Api);
	const apps = config.makeApiClient(AppsV1Api);
	const core = config.makeApiClient(CoreV1Api);
	const metadata = answeringIn(client, config, 'PartialObjectMetadata').makeApiClient(CoreV1Api);
	const objects = KubernetesObjectApi.makeApiClient(config);

	/** What the API server has, or null when it says that it has none. Throws `PublicError`. */
	async function ask<T>(question: () => Promise<T>): Promise<T | null> {
		try {
			return await question();
		} catch (error) {
			if (!(error instanceof ApiException)) {
				throw new PublicError(502, 'cluster_silent', SAYS.silent, { cause: error });
			}
			if (error.code === 404) return null;
			throw refusal(error.code, messageOf(error.body));
		}
	}

	/** `expired`: when the time was over that its pods have to become ready; null before. */
	async function whyNot(name: string, namespace: string, expired: Date | null): Promise<Standing> {
		const labelSelector = `app.kubernetes.io/instance=${name}`;
		const pods = await ask(() => core.listNamespacedPod({ namespace, labelSelector }));
		// What is on its way out, such as the pod of an earlier setting, tells nothing about what is to come.
		const staying = (pods?.items ?? []).filter(({ metadata }) => !metadata?.deletionTimestamp);
		const containers = staying.flatMap(({ status }) => status?.containerStatuses ?? []);
		for (const container of containers) {
			const { state, restartCount } = container;
			const reason = state?.waiting?.reason ?? '';
			const sentence = STUCK[reason];
			// One that just ended once may have met a start of the whole platform.
			if (sentence && (reason !== 'CrashLoopBackOff' || restartCount > 2)) {
				const said = saidOf(container);
				return {
					state: 'stuck',
					reason: said ? `${sentence} Kubernetes says: ${said}` : sentence,
					...(OUTSIDE.includes(reason) && { outside: true }),
				};
			}
		}
		const unplaced = staying
			.flatMap(({ status }) => status?.conditions ?? [])
			.find(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable');
		if (unplaced)
			return { state: 'stuck', reason: whyUnplaced(unplaced.message ?? '', namespace), outside: true };
		// That its time was over may have been said of pods that are gone: going back to what was before does not unsay it.
		const isOver = staying.some(
			({ metadata }) =>
				expired !== null && metadata?.creationTimestamp && metadata.creationTimestamp <= expired,
		);
		if (isOver)
			return {
				state: 'stuck',
				reason: 'The home did not become ready in the time it has. Its log says why.',
			};
		return { state: 'coming', reason: 'The home is being started.' };
	}

	/** Writes an object as the platform's field manager, which wins over whoever else wrote its fields. */
	const write = (object: object, dryRun?: 'All') => {
		const { ServerSideApply } = PatchStrategy;
		return ask(() => objects.patch(object as never, undefined, dryRun, 'understory', true, ServerSideApply));
	};

	/** As Helm writes what is in a release (version 4), under its name, so that the API server knows what is the release's. */
	const applyAsHelm = (object: object, dryRun?: 'All') => {
		const { ServerSideApply } = PatchStrategy;
		return ask(() => objects.patch(object as never, undefined, dryRun, 'helm', true, ServerSideApply));
	};

	const inside = (namespace: string): Cluster => ({
		async mayWork() {
			// The account may patch this nowhere but where it was given its rights.
			const resourceAttributes = { namespace, verb: 'patch', resource: 'secrets' };
			const body = {
				apiVersion: 'authorization.k8s.io/v1',
				kind: 'SelfSubjectAccessReview',
				spec: { resourceAttributes },
			};
			const review = await ask(() => authorization.createSelfSubjectAccessReview({ body }));
			return review?.status?.allowed === true;
		},
		async standing(name) {
			const deployment = await ask(() => apps.readNamespacedDeployment({ name, namespace }));
			if (!deployment) return { state: 'absent' };
			if (deployment.spec?.replicas === 0) return { state: 'absent', scaled: true };
			const { status, metadata, spec } = deployment;
			const isCurrent = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
			const wanted = spec?.replicas ?? 1;
			const isWhole = status?.updatedReplicas === wanted && status.availableReplicas === wanted;
			if (isCurrent && isWhole) return { state: 'running' };
			if (!isCurrent) return { state: 'coming', reason: 'The home is being started.' };
			const failure = status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
			if (failure?.status === 'True') {
				const reason = /exceeded quota/.test(failure.message ?? '')
					? SAYS.noRoom
					: 'The cluster does not let this pod be made. Its reason is with the Deployment.';
				return { state: 'stuck', reason, outside: true };
			}
			const late = status?.conditions?.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
			return whyNot(name, namespace, late?.lastUpdateTime ?? null);
		},
		async labelOf(name, label) {
			const deployment = await ask(() => apps.readNamespacedDeployment({ name, namespace }));
			return deployment?.metadata?.labels?.[label] ?? null;
		},
		async keepSecret(name, entries) {
			const secret = {
				apiVersion: 'v1',
				kind: 'Secret',
				metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'understory' } },
				stringData: { ...entries },
			};
			await write(secret);
		},
		async compare(release, manifest) {
			const written = objectsIn(manifest).map((one) => loadYaml(one) as KubernetesObject);
			return Promise.all(
				written.map(async (one): Promise<Compared> => {
					const applied = asHelmApplies(one, { release, namespace });
					const { apiVersion, kind, metadata } = applied;
					const live = await ask(() => objects.read({ apiVersion, kind, metadata } as never));
					// A claim may have been made larger, and is refused whatever is smaller; that it is there is all there is to say.
					const asIs = live === null || kind === 'PersistentVolumeClaim';
					const wanted = asIs ? null : await applyAsHelm(applied, 'All');
					return { applied, live: plain(live), wanted: plain(wanted) };
				}),
			);
		},
		async reapply(compared) {
			for (const { applied } of compared) await applyAsHelm(applied);
		},
		async dropSecret(name) {
			await ask(() => core.deleteNamespacedSecret({ name, namespace }));
		},
	});

	return {
		in: inside,
		homesIn: homeMetadata(client, config),
		routes: routeShelf(client, config, ask),
		account: ownAccount(client, config, ask),
		async apply(object) {
			await write(object);
		},
		wouldTake: async (object) => (await write(object, 'All')) !== null,
		async secretSeen(name, namespace) {
			const secret = await ask(() => metadata.readNamespacedSecret({ name, namespace }));
			if (!secret) return null;
			const copiedFrom = secret.metadata?.annotations?.[COPIED_FROM] ?? null;
			return { version: versionIn(secret), copiedFrom };
		},
		async copySecret(name, { from, to }) {
			const secret = await ask(() => core.readNamespacedSecret({ name, namespace: from }));
			if (!secret) {
				const sentence = `Homes are told to use the Secret ${name}, and the namespace ${from} has none of this name. Make it there.`;
				throw new PublicError(502, 'secret_missing', sentence);
			}
			const labels = { 'app.kubernetes.io/managed-by': 'understory' };
			const { type, data = {} } = secret;
			const version = versionIn(secret);
			const annotations = { [COPIED_FROM]: version };
			await write({
				apiVersion: 'v1',
				kind: 'Secret',
				type,
				data,
				metadata: { name, namespace: to, labels, annotations },
			});
			return version;
		},
	};
}

/** Of one that was made anew under the same name another, although the server may count on from where it was. */
function versionIn({ metadata }: { metadata?: { uid?: string; resourceVersion?: string } }): string {
	return `${metadata?.uid}/${metadata?.resourceVersion}`;
}
