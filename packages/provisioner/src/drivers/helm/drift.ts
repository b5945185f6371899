import type { Drift } from '../driver.ts';
import type { KubernetesObject } from './library-namespaces.ts';

/** An object of a release: as it was applied, as it stands, and as it would stand if it were applied again. */
export interface Compared {
	readonly applied: KubernetesObject;
	/** Null when it is not there. */
	readonly live: KubernetesObject | null;
	/** Null when that was not asked, because it is not there or is a claim. */
	readonly wanted: KubernetesObject | null;
}

/** The documents of a manifest that hold an object; Helm keeps empty ones as well. */
export function objectsIn(manifest: string): string[] {
	return manifest.split(/^---$/m).filter((one) => /^kind:/m.test(one));
}

/** What an object of a release lacks in the manifest that Helm keeps: its namespace and Helm's own marks. */
export function asHelmApplies(
	object: KubernetesObject,
	{ release, namespace }: { readonly release: string; readonly namespace: string },
): KubernetesObject {
	const { annotations = {} } = object.metadata as { annotations?: object };
	const marks = { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace };
	const metadata = { ...object.metadata, namespace, annotations: { ...annotations, ...marks } };
	return { ...object, metadata };
}

/** What the API server sent, without what the client library made of it: dates are text again. */
export function plain(object: object | null): KubernetesObject | null {
	return object && JSON.parse(JSON.stringify(object));
}

/** Whether an object does not stand as its release wants it. What somebody added that the release says nothing about is theirs. */
export function differs(compared: Compared): boolean {
	return isMissing(compared) || isGoing(compared) || placesIn(compared).length > 0;
}

/** A claim that is not there, or is about to be deleted, is not made again: it would come empty. */
export function isLostVolume(compared: Compared): boolean {
	return compared.applied.kind === 'PersistentVolumeClaim' && (isMissing(compared) || isGoing(compared));
}

const isMissing = ({ live }: Compared) => live === null;
const isGoing = ({ applied, live }: Compared) =>
	applied.kind === 'PersistentVolumeClaim' &&
	(live?.metadata as { deletionTimestamp?: string } | undefined)?.deletionTimestamp !== undefined;

/** Kinds without which nobody reaches a home, or that say who may. */
const BETWEEN = ['Service', 'HTTPRoute', 'Ingress', 'NetworkPolicy'];
/** So many are named; of more, how many. */
const NAMED = 4;

/** What differs, in a sentence; null when nothing does. Values are never named: somebody may have typed a secret. */
export function driftIn(all: readonly Compared[]): Drift | null {
	const changed = all.filter(differs);
	if (changed.length === 0) return null;
	const parts = changed.map((one) => {
		const { kind, metadata } = one.applied;
		const object = changed.some((other) => other !== one && other.applied.kind === kind)
			? `${kind} ${metadata.name}`
			: kind;
		if (isMissing(one)) return `its ${object} is not there`;
		if (isGoing(one)) return `its ${object} is about to be deleted`;
		const places = [...new Set(placesIn(one).map(wordsFor))];
		const more = places.length > NAMED ? [`${places.length - NAMED} more`] : [];
		return `of its ${object}: ${[...places.slice(0, NAMED), ...more].join(', ')}`;
	});
	return {
		sentence: `Somebody changed what this home is made of: ${parts.join('; ')}.`,
		cutsOff: changed.some(({ applied }) => BETWEEN.includes(applied.kind)),
	};
}

/** What the API server writes by itself. */
const NOT_OURS = ['managedFields', 'resourceVersion', 'generation', 'uid', 'creationTimestamp'];

function placesIn({ live, wanted }: Compared): string[][] {
	if (!live || !wanted) return [];
	const said = ({ metadata, status: _, ...rest }: KubernetesObject) => ({
		...rest,
		metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !NOT_OURS.includes(key))),
	});
	return [...between(said(live), said(wanted), [])];
}

function* between(live: unknown, wanted: unknown, at: string[]): Generator<string[]> {
	if (Object.is(live, wanted)) return;
	const [here, there] = [byKey(live), byKey(wanted)];
	if (!here || !there) {
		yield at;
		return;
	}
	for (const key of new Set([...Object.keys(here), ...Object.keys(there)]))
		yield* between(here[key], there[key], [...at, key]);
}

/** The parts of an object, or of a list by the names of what is in it where each has one; null for what has none. */
function byKey(value: unknown): Record<string, unknown> | null {
	if (typeof value !== 'object' || value === null) return null;
	if (!Array.isArray(value)) return value as Record<string, unknown>;
	const names = value.map((one: { name?: unknown } | null, at) =>
		typeof one?.name === 'string' ? one.name : String(at),
	);
	const keys = new Set(names).size === names.length ? names : value.map((_, at) => String(at));
	return Object.fromEntries(keys.map((key, at) => [key, value[at]]));
}

/** Where in an object, as people say it. */
function wordsFor(place: readonly string[]): string {
	const path = place.join('.');
	if (path === 'spec.replicas') return 'the number of pods';
	const variable = /\.env\.([^.]+)/.exec(path)?.[1];
	if (variable !== undefined) return `the variable ${variable}`;
	if (/ontainers\.[^.]+\.image$/.test(path)) return 'the image';
	if (/ontainers\.[^.]+\.resources/.test(path)) return 'memory and processor';
	return path;
}
