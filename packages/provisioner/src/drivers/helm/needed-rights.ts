/** A rule of a role, as Kubernetes has them. */
export interface Rule {
	readonly apiGroups: readonly string[];
	readonly resources: readonly string[];
	/** Of these objects alone; none: of all. */
	readonly resourceNames?: readonly string[];
	readonly verbs: readonly string[];
}

/** One thing that an account may do. */
export interface Right {
	readonly verb: string;
	readonly group: string;
	readonly resource: string;
	/** To this object alone. */
	readonly name?: string;
}

const WRITE = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const LEAD = ['list', 'create', 'patch', 'delete'];
const RBAC = 'rbac.authorization.k8s.io';

/** What the platform needs in every namespace that homes live in; `charts/cluster` gives exactly these. */
const IN_HOMES: readonly Rule[] = [
	{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'create', 'update', 'patch', 'delete'] },
	{ apiGroups: [''], resources: ['serviceaccounts', 'services', 'configmaps'], verbs: WRITE },
	{ apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['get', 'create', 'patch'] },
	{ apiGroups: [''], resources: ['pods'], verbs: ['list'] },
	{ apiGroups: ['apps'], resources: ['deployments'], verbs: WRITE },
	{ apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: WRITE },
	{ apiGroups: ['networking.k8s.io'], resources: ['networkpolicies', 'ingresses'], verbs: WRITE },
	{ apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'], verbs: WRITE },
];

/** What it needs in that of the shared homes. */
export const BESIDE_SHARED: readonly Rule[] = [
	...IN_HOMES,
	{ apiGroups: ['gateway.networking.k8s.io'], resources: ['listenersets'], verbs: LEAD },
	{ apiGroups: ['cert-manager.io'], resources: ['certificates'], verbs: LEAD },
];

/** What it needs in a namespace of a library. */
export const IN_LIBRARIES: readonly Rule[] = [
	...IN_HOMES,
	{ apiGroups: [''], resources: ['resourcequotas', 'limitranges'], verbs: ['create', 'patch'] },
];

/** What it needs in the whole cluster to make namespaces of libraries and bind itself there to the role of this name. */
export function inWholeCluster(role: string): readonly Rule[] {
	return [
		{ apiGroups: [''], resources: ['namespaces'], verbs: ['create', 'patch'] },
		{ apiGroups: [RBAC], resources: ['rolebindings'], verbs: ['create', 'patch'] },
		{ apiGroups: [RBAC], resources: ['clusterroles'], resourceNames: [role], verbs: ['bind', 'get'] },
	];
}

/** Each right of some rules by itself. */
export function rightsIn(rules: readonly Rule[]): Right[] {
	return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
		apiGroups.flatMap((group) =>
			resources.flatMap((resource) =>
				verbs.flatMap((verb) => {
					const right = { verb, group, resource };
					return resourceNames ? resourceNames.map((name) => ({ ...right, name })) : [right];
				}),
			),
		),
	);
}

/** Whether some rules give a right. */
export function give(rules: readonly Rule[], { verb, group, resource, name }: Right): boolean {
	const has = (list: readonly string[], one: string) => list.includes(one) || list.includes('*');
	return rules.some(
		(rule) =>
			has(rule.verbs, verb) &&
			has(rule.apiGroups, group) &&
			has(rule.resources, resource) &&
			(!rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name))),
	);
}

/** So many kinds of objects are named. */
const NAMED = 5;

/** Rights for people, by what they are about: `create, patch of deployments.apps; list of pods`. */
export function listed(rights: readonly Right[]): string {
	const verbs = new Map<string, string[]>();
	for (const { verb, group, resource, name } of rights) {
		const about = `${group ? `${resource}.${group}` : resource}${name ? ` ${name}` : ''}`;
		verbs.set(about, [...(verbs.get(about) ?? []), verb]);
	}
	const each = [...verbs].map(([about, words]) => `${words.join(', ')} of ${about}`);
	const more = each.length > NAMED ? `; and of ${each.length - NAMED} more kinds of objects` : '';
	return `${each.slice(0, NAMED).join('; ')}${more}`;
}
