import type { PlatformRoutes, RouteSettings } from '@understory/config/route-settings.ts';
import {
	type ClusterRoute,
	domainOf,
	type Names,
	routesToHomes,
	routesToRoles,
} from '../../routes/cluster-routes.ts';
import type { KubernetesObject } from './library-namespaces.ts';

/** An object that leads people, which the platform writes beside the releases of homes. */
export interface RouteObject extends KubernetesObject {
	readonly metadata: {
		readonly name: string;
		readonly namespace: string;
		readonly labels: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly spec: object;
}

/** The label of each of them, by which they are told from everybody else's (charts/platform/templates/_routes.tpl). */
export const ROUTE_LABEL = 'understory/routes';

/** Where the roles of a platform and its homes are, and how people come there. */
export interface RoutePlaces {
	/** Of this cluster, as files call it; null for the first. */
	readonly cell: string | null;
	/** The namespace of shared homes. */
	readonly namespace: string;
	readonly homes: RouteSettings;
	/** Null where the roles do not run in this cluster, or somebody else leads to them. */
	readonly platform: PlatformRoutes | null;
}

const GATEWAY = 'gateway.networking.k8s.io';
/** All that homes and roles of ours listen at. */
const PORT = 8080;

/** Everything that should lead people in a cluster, in the order in which it is written (docs/adr/0145). Pure. */
export function routeObjects({ cell, namespace, homes, platform }: RoutePlaces, names: Names): RouteObject[] {
	const here = names.homes.filter((name) => name.cell === cell);
	const roles = platform ? names.roles.filter(({ library }) => !platform.byHand.includes(library)) : [];
	const isListening = homes.kind === 'gateway' && homes.certificates.issuer !== '';
	const at = { namespace, settings: homes, listeners: isListening ? namespace : null };
	const objects: RouteObject[] = [];
	if (homes.kind !== 'none') {
		const ofRoles = isListening && platform?.route.kind === 'gateway' ? roles : [];
		const byDomain = Map.groupBy([...here, ...ofRoles], ({ host }) => domainOf(host));
		for (const [domain, theirs] of [...byDomain].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
			if (homes.certificates.issuer) objects.push(certificate(domain, namespace, homes));
			// A dedicated home has its own route, which comes from where it lives.
			const own = theirs.flatMap((name) => ('namespace' in name && name.namespace) || []);
			const from = [namespace, ...(platform ? [platform.namespace] : []), ...own];
			if (isListening) objects.push(listeners(domain, at, [...new Set(from)].toSorted()));
		}
		const routes = routesToHomes(names.homes, ...limitOf(homes)).get(cell) ?? [];
		objects.push(...routes.map((route) => routeObject(route, at, 'home' in route.to ? route.to.home : '')));
	}
	if (platform && platform.route.kind !== 'none') {
		const { route: settings, services } = platform;
		const there = { namespace: platform.namespace, settings, listeners: at.listeners };
		if (settings.kind === 'ingress' && settings.certificates.issuer)
			for (const domain of new Set(roles.map(({ host }) => domainOf(host))))
				objects.push(certificate(domain, platform.namespace, settings));
		for (const route of routesToRoles(roles, ...limitOf(settings)))
			objects.push(routeObject(route, there, 'role' in route.to ? services[route.to.role] : ''));
	}
	return objects;
}

/** An Ingress takes as many names as there are. */
function limitOf({ kind }: RouteSettings): [limit?: null] {
	return kind === 'ingress' ? [null] : [];
}

interface At {
	readonly namespace: string;
	readonly settings: RouteSettings;
	/** The namespace with a ListenerSet for each library; null where the listeners are the Gateway's own. */
	readonly listeners: string | null;
}

function metadata(name: string, namespace: string): RouteObject['metadata'] {
	const labels = {
		'app.kubernetes.io/part-of': 'understory',
		'app.kubernetes.io/managed-by': 'understory',
		[ROUTE_LABEL]: 'provisioner',
	};
	return { name, namespace, labels };
}

/** For every name of a library. cert-manager keeps what it makes in a Secret of the same name. */
function certificate(domain: string, namespace: string, { certificates }: RouteSettings): RouteObject {
	return {
		apiVersion: 'cert-manager.io/v1',
		kind: 'Certificate',
		metadata: metadata(domain, namespace),
		spec: {
			secretName: domain,
			issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: certificates.issuer },
			dnsNames: [`*.${domain}`],
		},
	};
}

/** The listener of a library, at which nobody else's namespace may put a route. What the API server would add is written, so that what stands is what is written. */
function listeners(
	domain: string,
	{ namespace, settings: { gateway } }: At,
	from: readonly string[],
): RouteObject {
	const selector = {
		matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: from }],
	};
	return {
		apiVersion: `${GATEWAY}/v1`,
		kind: 'ListenerSet',
		metadata: metadata(domain, namespace),
		spec: {
			parentRef: {
				...{ group: GATEWAY, kind: 'Gateway', name: gateway.name },
				namespace: gateway.namespace || namespace,
			},
			listeners: [
				{
					...{ name: 'https', hostname: `*.${domain}`, port: 443, protocol: 'HTTPS' },
					tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: domain }] },
					allowedRoutes: { namespaces: { from: 'Selector', selector } },
				},
			],
		},
	};
}

function routeObject(route: ClusterRoute, at: At, service: string): RouteObject {
	return at.settings.kind === 'gateway' ? httpRoute(route, at, service) : ingress(route, at, service);
}

function httpRoute(
	{ name, hosts }: ClusterRoute,
	{ namespace, settings, listeners }: At,
	service: string,
): RouteObject {
	const { gateway } = settings;
	const parents =
		listeners === null
			? [
					{
						...{ group: GATEWAY, kind: 'Gateway', name: gateway.name },
						...(gateway.namespace && { namespace: gateway.namespace }),
						...(gateway.section && { sectionName: gateway.section }),
					},
				]
			: [...new Set(hosts.map(domainOf))].map((domain) => ({
					...{ group: GATEWAY, kind: 'ListenerSet', name: domain, namespace: listeners },
				}));
	return {
		apiVersion: `${GATEWAY}/v1`,
		kind: 'HTTPRoute',
		metadata: metadata(name, namespace),
		spec: {
			parentRefs: parents,
			hostnames: hosts,
			rules: [
				{
					matches: [{ path: { type: 'PathPrefix', value: '/' } }],
					backendRefs: [{ group: '', kind: 'Service', name: service, port: PORT, weight: 1 }],
				},
			],
		},
	};
}

function ingress(
	{ name, hosts }: ClusterRoute,
	{ namespace, settings: { ingress: said, certificates } }: At,
	service: string,
): RouteObject {
	// One certificate for each library, under its domain, or the one that is there for all.
	const secretName = certificates.issuer ? domainOf(hosts[0]!) : said.tlsSecret;
	const backend = { service: { name: service, port: { number: PORT } } };
	return {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'Ingress',
		metadata: { ...metadata(name, namespace), annotations: said.annotations },
		spec: {
			...(said.className && { ingressClassName: said.className }),
			...(secretName && { tls: [{ hosts, secretName }] }),
			rules: hosts.map((host) => ({
				host,
				http: { paths: [{ path: '/', pathType: 'Prefix', backend }] },
			})),
		},
	};
}
