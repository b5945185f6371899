import { createHash } from 'node:crypto';
import type { LibraryNamespaces } from '@understory/config/home-driver.ts';

/** An object of Kubernetes, as far as it has to be known here. */
export interface KubernetesObject {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: { readonly name: string; readonly namespace?: string };
	readonly [part: string]: unknown;
}

/** Kubernetes takes no more for the name of a namespace. */
const LONGEST = 63;
/** The name of each object in it: there is one of a kind. */
const NAME = 'understory-library';

/** The name of a library's namespace. What is too long is cut, and told from others by a digest: a slug never changes, so neither does this. */
export function namespaceOfLibrary({ prefix }: Pick<LibraryNamespaces, 'prefix'>, slug: string): string {
	const whole = `${prefix}${slug}`;
	if (whole.length <= LONGEST) return whole;
	const digest = createHash('sha256').update(slug).digest('hex').slice(0, 8);
	return `${whole.slice(0, LONGEST - digest.length - 1).replace(/-+$/, '')}-${digest}`;
}

/**
 * The namespace of a library and what stands in it before any home does, in the order in which it can be made: it lets in only pods that are
 * restricted, gives the platform its rights there, and closes the network for whatever does not open it itself (reference/kubernetes.md B4).
 */
export function libraryNamespace(
	settings: LibraryNamespaces,
	{ namespace, library }: { readonly namespace: string; readonly library: string },
): readonly KubernetesObject[] {
	const labels = {
		'app.kubernetes.io/part-of': 'understory',
		'app.kubernetes.io/managed-by': 'understory',
		'understory/platform': settings.platform,
		'understory/library': library,
	};
	const metadata = { name: NAME, namespace, labels };
	const restricted = ['enforce', 'audit', 'warn'].map((how) => [
		`pod-security.kubernetes.io/${how}`,
		'restricted',
	]);
	const own = { ...labels, ...Object.fromEntries(restricted) };
	const objects = [
		{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: own } },
		libraryBinding(settings, metadata),
		{
			apiVersion: 'networking.k8s.io/v1',
			kind: 'NetworkPolicy',
			metadata,
			spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
		},
	];
	return settings.quota === null ? objects : [...objects, ...limits(settings.quota, metadata)];
}

/** What gives the platform's account its rights in a namespace of a library. */
export function libraryBinding(
	{ role, account }: Pick<LibraryNamespaces, 'role' | 'account'>,
	metadata: KubernetesObject['metadata'],
): KubernetesObject {
	return {
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'RoleBinding',
		metadata,
		roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
		subjects: [{ kind: 'ServiceAccount', ...account }],
	};
}

/** What may be used, and what a pod that says nothing gets: without it the quota would refuse such a pod. */
function limits(
	{ pods, cpu, memory, claims, storage }: NonNullable<LibraryNamespaces['quota']>,
	metadata: KubernetesObject['metadata'],
): KubernetesObject[] {
	const hard = {
		pods: String(pods),
		'requests.cpu': cpu,
		'requests.memory': memory,
		'limits.memory': memory,
		persistentvolumeclaims: String(claims),
		'requests.storage': storage,
		'services.loadbalancers': '0',
		'services.nodeports': '0',
	};
	const usual = {
		type: 'Container',
		defaultRequest: { cpu: '10m', memory: '64Mi' },
		default: { memory: '128Mi' },
	};
	const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } };
	return [quota, { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [usual] } }];
}

/** What the operator says for all homes, as far as it names Secrets. */
interface NamesSecrets {
	readonly image?: { readonly pullSecrets?: readonly string[] };
	readonly litestream?: { readonly enabled?: boolean; readonly secretName?: string };
	readonly matchLists?: { readonly secretName?: string };
	readonly copies?: { readonly bucket?: { readonly name?: string; readonly secretName?: string } };
	readonly route?: { readonly kind?: string; readonly ingress?: { readonly tlsSecret?: string } };
}

/** The Secrets that a home is given by name and that somebody put beside the shared homes: a library's namespace needs copies of them. */
export function secretsToCopy(values: object): string[] {
	const { image, litestream, matchLists, copies, route } = values as NamesSecrets;
	const names = [
		...(image?.pullSecrets ?? []),
		...(litestream?.enabled ? [litestream.secretName] : []),
		matchLists?.secretName,
		...(copies?.bucket?.name ? [copies.bucket.secretName] : []),
		...(route?.kind === 'ingress' ? [route.ingress?.tlsSecret] : []),
	];
	return [...new Set(names.filter((name): name is string => Boolean(name)))];
}
