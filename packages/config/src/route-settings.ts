import { readFileSync } from 'node:fs';

/** How people reach what runs in a cluster; `route` of the charts says it. */
export interface RouteSettings {
	readonly kind: 'none' | 'gateway' | 'ingress';
	readonly gateway: {
		readonly name: string;
		/** Empty: that of the route. */
		readonly namespace: string;
		/** Empty: all that fit. */
		readonly section: string;
	};
	readonly ingress: {
		readonly className: string;
		/** Empty: none. */
		readonly tlsSecret: string;
		readonly annotations: Readonly<Record<string, string>>;
	};
	/** The ClusterIssuer of cert-manager that makes a certificate for each library; empty: certificates and listeners are made by hand. */
	readonly certificates: { readonly issuer: string };
}

/** How people reach the roles of the platform that each library has a name for. The platform's chart says it. */
export interface PlatformRoutes {
	readonly namespace: string;
	/** The names of their Services. */
	readonly services: { readonly card: string; readonly accountability: string };
	/** Slugs of the libraries whose names the chart itself leads there. */
	readonly byHand: readonly string[];
	readonly route: RouteSettings;
}

/** What is said of routes, with what the charts take where nothing is said. */
export function routeSettings(
	said: {
		readonly [field in keyof RouteSettings]?: Partial<RouteSettings[field]>;
	},
): RouteSettings {
	const kind = said.kind === 'gateway' || said.kind === 'ingress' ? said.kind : 'none';
	return {
		kind,
		gateway: { name: '', namespace: '', section: '', ...said.gateway },
		ingress: { className: '', tlsSecret: '', annotations: {}, ...said.ingress },
		certificates: { issuer: '', ...said.certificates },
	};
}

/** Reads the file that the platform's chart writes; null when none is named. A file that says it otherwise is a fault. */
export function readPlatformRoutes(file: string, faults: string[]): PlatformRoutes | null {
	if (!file) return null;
	let read: Partial<PlatformRoutes> | null = null;
	try {
		read = JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		// Said below.
	}
	const { namespace, services, byHand, route } = read ?? {};
	const words = [namespace, services?.card, services?.accountability];
	const isWhole = words.every((word) => typeof word === 'string' && /^[a-z0-9-]{1,63}$/.test(word));
	if (isWhole && Array.isArray(byHand) && typeof route === 'object')
		return { namespace: namespace!, services: services!, byHand, route: routeSettings(route) };
	faults.push(
		`UNDERSTORY_PLATFORM_ROUTES is "${file}", which does not say how the roles of the platform are reached. The chart of the platform writes it.`,
	);
	return null;
}
