import type * as Client from '@kubernetes/client-node';
import { give, type Right, type Rule } from './needed-rights.ts';

/** Who the platform is to a cluster, and what it may do there. Everything here only asks, and throws `PublicError`. */
export interface OwnAccount {
	/** As the cluster calls it: `system:serviceaccount:NAMESPACE:NAME` for an account. */
	name(): Promise<string>;
	/** Those of some rights that it does not have; in a namespace, or with null in the whole cluster. */
	lacks(rights: readonly Right[], namespace: string | null): Promise<Right[]>;
	/** What the ClusterRole of this name gives; null when there is none. */
	rulesOf(clusterRole: string): Promise<readonly Rule[] | null>;
}

/** Asks the cluster that `config` leads to; `ask` turns its refusals into sentences. */
export function ownAccount(
	{ AuthenticationV1Api, AuthorizationV1Api, RbacAuthorizationV1Api }: typeof Client,
	config: Client.KubeConfig,
	ask: <T>(question: () => Promise<T>) => Promise<T | null>,
): OwnAccount {
	const authentication = config.makeApiClient(AuthenticationV1Api);
	const authorization = config.makeApiClient(AuthorizationV1Api);
	const roles = config.makeApiClient(RbacAuthorizationV1Api);
	const reviews = 'authorization.k8s.io/v1';

	async function may({ name, ...right }: Right, namespace: string | null): Promise<boolean> {
		const resourceAttributes = { ...right, ...(name && { name }), ...(namespace && { namespace }) };
		const body = { apiVersion: reviews, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
		const review = await ask(() => authorization.createSelfSubjectAccessReview({ body }));
		return review?.status?.allowed === true;
	}

	return {
		async name() {
			const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
			const review = await ask(() => authentication.createSelfSubjectReview({ body }));
			return review?.status?.userInfo?.username ?? '';
		},
		async lacks(rights, namespace) {
			let left = [...rights];
			if (namespace !== null) {
				const body = { apiVersion: reviews, kind: 'SelfSubjectRulesReview', spec: { namespace } };
				const review = await ask(() => authorization.createSelfSubjectRulesReview({ body }));
				const rules = (review?.status?.resourceRules ?? []).map(asRule);
				left = left.filter((right) => !give(rules, right));
			}
			// Where it is not roles alone that decide, the list is not whole: what is not in it is asked one by one.
			const answers = await Promise.all(left.map((right) => may(right, namespace)));
			return left.filter((_, at) => !answers[at]);
		},
		async rulesOf(clusterRole) {
			const role = await ask(() => roles.readClusterRole({ name: clusterRole }));
			return role && (role.rules ?? []).map(asRule);
		},
	};
}

function asRule({ apiGroups, resources, resourceNames, verbs }: Client.V1PolicyRule): Rule {
	return {
		apiGroups: apiGroups ?? [],
		resources: resources ?? [],
		verbs,
		...(resourceNames && { resourceNames }),
	};
}
