/** What of a rendered object Kubernetes does not let be changed, and what must not be changed because people's posts hang on it. */
export interface FixedParts {
	/** By `Kind namespace/name`; the path of each part and what stands there. */
	readonly [object: string]: { readonly [path: string]: unknown };
}

interface Rendered {
	readonly kind: string;
	readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What of a claim may grow and not shrink. */
const SIZE = 'spec.resources.requests.storage';
/** Before the name of a volume. */
const CLAIM = 'the claim of the volume ';

/**
 * Paths by kind (Kubernetes 1.36: the validation of updates of each API). Kinds that are not here can be changed in every part, or be made anew
 * without loss.
 */
const FIXED: { readonly [kind: string]: readonly string[] } = {
	Deployment: ['spec.selector'],
	StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
	Job: ['spec.selector', 'spec.template'],
	PersistentVolumeClaim: [
		'spec.accessModes',
		'spec.storageClassName',
		'spec.volumeMode',
		'spec.volumeName',
		SIZE,
	],
	Service: ['spec.clusterIP', 'spec.ipFamilies'],
	RoleBinding: ['roleRef'],
	ClusterRoleBinding: ['roleRef'],
	Namespace: [],
};
/** Objects that hold what nobody can make again: one that has another name is an empty one. */
const KEPT = ['PersistentVolumeClaim', 'Namespace'];

/** The fixed parts of what a chart renders. */
export function fixedParts(objects: readonly unknown[]): FixedParts {
	const found = (objects as readonly Rendered[]).filter(({ kind }) => kind in FIXED);
	return Object.fromEntries(
		found.map((object) => [
			nameOf(object),
			{
				...Object.fromEntries(FIXED[object.kind]!.map((path) => [path, at(object, path) ?? null])),
				...claimsOf(object),
			},
		]),
	);
}

/** A sentence for each part that a release with `before` could not be upgraded past; none when it can be. */
export function cannotBeUpgraded(chart: string, before: FixedParts, after: FixedParts): string[] {
	return Object.entries(before).flatMap(([object, parts]) => {
		const now = after[object];
		if (!now) {
			return KEPT.some((kind) => object.startsWith(`${kind} `))
				? [
						`The chart ${chart} had ${object}, which holds what people wrote. A release that is upgraded would begin with an empty one.`,
					]
				: [];
		}
		return Object.entries(parts)
			.filter(([path, value]) => JSON.stringify(now[path] ?? null) !== JSON.stringify(value))
			.filter(([path, value]) => path !== SIZE || !(bytes(now[path]) >= bytes(value)))
			.map(([path, value]) => sentence(chart, object, { path, before: value, now: now[path] ?? null }));
	});
}

function sentence(
	chart: string,
	object: string,
	{ path, before, now }: { readonly path: string; readonly before: unknown; readonly now: unknown },
): string {
	const change = `from ${JSON.stringify(before)} to ${JSON.stringify(now)}`;
	if (path === SIZE)
		return `The chart ${chart} makes ${object} smaller, ${change}. A volume can grow and never shrink: the upgrade of every release would fail.`;
	if (path.startsWith(CLAIM))
		return `The chart ${chart} changes ${path} of ${object} ${change}. What people wrote is on the one before: a release that is upgraded would begin with another.`;
	return `The chart ${chart} changes ${path} of ${object} ${change}. Kubernetes does not let that be changed: the upgrade of every release would fail.`;
}

/** The claim that each volume of a Deployment lies on: people's posts are on it, and another is an empty one. */
function claimsOf(object: Rendered): Record<string, string> {
	const volumes = (at(object, 'spec.template.spec.volumes') ?? []) as readonly {
		readonly name: string;
		readonly persistentVolumeClaim?: { readonly claimName: string };
	}[];
	return Object.fromEntries(
		volumes.flatMap(({ name, persistentVolumeClaim }) =>
			persistentVolumeClaim ? [[`${CLAIM}${name}`, persistentVolumeClaim.claimName]] : [],
		),
	);
}

/** The bytes of a size as the charts take it; not a number for anything else. */
function bytes(size: unknown): number {
	const [, count, unit] = /^(\d+)(Mi|Gi|Ti)$/.exec(String(size)) ?? [];
	return Number(count) * 2 ** { Mi: 20, Gi: 30, Ti: 40 }[unit as 'Mi' | 'Gi' | 'Ti'];
}

function nameOf({ kind, metadata: { namespace = '', name } }: Rendered): string {
	return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

function at(object: unknown, path: string): unknown {
	return path
		.split('.')
		.reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], object);
}
