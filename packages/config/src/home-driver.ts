import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import type { RoleSettingName } from './role-settings.ts';
import { type PlatformRoutes, readPlatformRoutes } from './route-settings.ts';

/** Homes as processes of this machine. */
export interface LocalDriverConfig {
	readonly kind: 'local';
	/** The port of the first home. */
	readonly homePort: number;
	/** Where the proxy reads which branches live in another home than the first. Absolute; null when no proxy does. */
	readonly edgeHomes: string | null;
}

/** How each library gets a namespace of its own in a cluster; the chart that made the rights there says it. */
export interface LibraryNamespaces {
	/** What their names begin with. */
	readonly prefix: string;
	/** What the label `understory/platform` says, by which the platform knows its own. */
	readonly platform: string;
	/** The ClusterRole that the platform's account is bound to in each of them, and nowhere else. */
	readonly role: string;
	readonly account: { readonly name: string; readonly namespace: string };
	/** What may be used in each of them; null: as much as the cluster has. */
	readonly quota: {
		readonly pods: number;
		readonly cpu: string;
		readonly memory: string;
		readonly claims: number;
		readonly storage: string;
	} | null;
}

/** Homes as releases of a chart on Kubernetes. */
export interface HelmDriverConfig {
	readonly kind: 'helm';
	/** Of shared homes. */
	readonly namespace: string;
	/** How each library gets a namespace of its own in this cluster; null: all homes there run in the one above. */
	readonly libraries: LibraryNamespaces | null;
	/** The PostgreSQL that Helm keeps releases in, with its password: not to be printed. Null: in Secrets of the cluster. */
	readonly releases: string | null;
	/** Values of `charts/home` that every home gets. */
	readonly values: object;
	/** The program. */
	readonly helm: string;
	/** The folder with the charts. Absolute. */
	readonly charts: string;
	/** Null: the account of the pod. */
	readonly kubeconfig: string | null;
	/** How the platform's own roles are reached in its cluster; null where somebody else leads to them. */
	readonly platformRoutes: PlatformRoutes | null;
	/** The folder with a kubeconfig for each further cell. Absolute. */
	readonly cells: string;
}

/** How the provisioner starts homes. */
export type HomeDriverConfig = LocalDriverConfig | HelmDriverConfig;

/** What it reads of the reader of variables. */
interface DriverReader {
	text(name: RoleSettingName): string;
	port(name: RoleSettingName): number;
}

/** Reads how the provisioner starts homes. Each fault is a sentence that names the variable. */
export function readHomeDriver(
	reader: DriverReader,
	helmDatabaseUrl: string | undefined,
	faults: string[],
): HomeDriverConfig {
	const kind = reader.text('UNDERSTORY_DRIVER');
	if (kind !== 'helm') {
		if (kind !== 'local') faults.push(`UNDERSTORY_DRIVER is "${kind}". Say local or helm.`);
		const edgeHomes = reader.text('UNDERSTORY_EDGE_HOMES');
		return {
			kind: 'local',
			homePort: reader.port('UNDERSTORY_HOME_PORT'),
			edgeHomes: edgeHomes ? resolve(edgeHomes) : null,
		};
	}
	const namespace = reader.text('UNDERSTORY_HOMES_NAMESPACE');
	if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) {
		faults.push(
			`UNDERSTORY_HOMES_NAMESPACE is "${namespace}". With the driver helm, name the namespace that homes run in.`,
		);
	}
	return {
		kind,
		namespace,
		libraries: libraryNamespaces(reader.text('UNDERSTORY_LIBRARY_NAMESPACES'), faults),
		platformRoutes: readPlatformRoutes(reader.text('UNDERSTORY_PLATFORM_ROUTES'), faults),
		releases: releasesIn(reader.text('UNDERSTORY_HELM_DRIVER'), helmDatabaseUrl, faults),
		values: homeValues(reader.text('UNDERSTORY_HOME_VALUES'), faults),
		helm: reader.text('UNDERSTORY_HELM'),
		charts: resolve(reader.text('UNDERSTORY_CHARTS')),
		kubeconfig: reader.text('UNDERSTORY_KUBECONFIG') || null,
		cells: resolve(reader.text('UNDERSTORY_SECRETS')),
	};
}

/**
 * How a further cell is reached, what its homes are given, and how libraries get namespaces there: none, unless its own file says it. Read when it is first
 * needed. Throws `PublicError` when there is no kubeconfig, and when the file beside it cannot be used.
 */
export function readCell(config: HelmDriverConfig, name: string): HelmDriverConfig {
	const kubeconfig = join(config.cells, `cell-${name}.kubeconfig`);
	if (!existsSync(kubeconfig)) {
		const sentence = `There is no file cell-${name}.kubeconfig among the secrets of the provisioner. Put it there, and try again.`;
		throw new PublicError(409, 'no_kubeconfig', sentence);
	}
	const file = join(config.cells, `cell-${name}.json`);
	// The first cluster's are not this one's: their role and account have to be there.
	if (!existsSync(file)) return { ...config, kubeconfig, libraries: null };
	const own = parsed(file);
	if (typeof own !== 'object' || own === null || Array.isArray(own)) {
		const sentence = `The file cell-${name}.json among the secrets of the provisioner holds no JSON object.`;
		throw new PublicError(409, 'no_values', sentence);
	}
	const { libraries: said = null, ...values } = own as { libraries?: unknown };
	const libraries = asLibraryNamespaces(said);
	if (said !== null && libraries === null) {
		const sentence = `The file cell-${name}.json among the secrets of the provisioner does not say under "libraries" what namespaces of libraries need. The chart of a cell writes it; take it from there again.`;
		throw new PublicError(409, 'no_values', sentence);
	}
	return { ...config, kubeconfig, libraries, values: merged(config.values, values) };
}

/** What is said of homes of a cell over what is said of all homes, as Helm lays values over each other: a list stands in the place of a list. */
function merged(all: object, own: object): object {
	const isMap = (value: unknown): value is object =>
		typeof value === 'object' && value !== null && !Array.isArray(value);
	const both = new Map<string, unknown>(Object.entries(all));
	for (const [name, value] of Object.entries(own)) {
		const before = both.get(name);
		both.set(name, isMap(before) && isMap(value) ? merged(before, value) : value);
	}
	return Object.fromEntries(both);
}

function homeValues(file: string, faults: string[]): object {
	const read = parsed(file);
	if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read;
	faults.push(
		`UNDERSTORY_HOME_VALUES is "${file}", which holds no JSON object. Name a file with values of charts/home.`,
	);
	return {};
}

function libraryNamespaces(file: string, faults: string[]): LibraryNamespaces | null {
	if (!file) return null;
	const read = asLibraryNamespaces(parsed(file));
	if (read !== null) return read;
	faults.push(
		`UNDERSTORY_LIBRARY_NAMESPACES is "${file}", which does not say what namespaces of libraries need. The chart of the platform writes it.`,
	);
	return null;
}

/** Null for what does not say all that is needed. */
function asLibraryNamespaces(said: unknown): LibraryNamespaces | null {
	const read = said as Partial<LibraryNamespaces> | null;
	const words = [read?.prefix, read?.platform, read?.role, read?.account?.name, read?.account?.namespace];
	const isWhole = words.every((word) => typeof word === 'string' && /^[a-z0-9][a-z0-9.-]*$/.test(word));
	return isWhole && typeof read?.quota === 'object' ? (read as LibraryNamespaces) : null;
}

function releasesIn(driver: string, url: string | undefined, faults: string[]): string | null {
	if (driver === 'secret') return null;
	if (driver !== 'sql') faults.push(`UNDERSTORY_HELM_DRIVER is "${driver}". Say secret or sql.`);
	else if (!url || !/^postgres(?:ql)?:\/\/\S+$/.test(url) || !URL.canParse(url))
		faults.push(
			'With UNDERSTORY_HELM_DRIVER=sql, the secret file helm-database-url holds the address of a PostgreSQL: postgres://user:password@host:5432/name.',
		);
	return url ?? null;
}

/** What stands in a JSON file; null when it cannot be read. */
function parsed(file: string): unknown {
	try {
		return JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return null;
	}
}
