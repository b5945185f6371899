/** A home that is carried: which chart it will be a release of, and how much its folder has. */
export interface CarriedHome {
	readonly name: string;
	readonly kind: 'shared' | 'dedicated';
}

/** What the cluster is like, as far as volumes go. */
export interface Places {
	readonly namespace: string;
	readonly homesNamespace: string;
	/** Of the volumes of shared homes, dedicated homes, bridge and site; as in the values of the charts. */
	readonly sizes: {
		readonly shared: string;
		readonly dedicated: string;
		readonly bridge: string;
		readonly site: string;
	};
	/** Empty: the cluster's usual one. */
	readonly storageClass: string;
	/** An image with `sh`, `sleep` and `tar`, for the pods that files are copied through. */
	readonly image: string;
}

/** The names that the values `storage.existingClaim` of bridge and site are to have. */
export const CLAIM_OF = {
	'sso-bridge': 'carried-sso-bridge',
	accountability: 'carried-accountability',
} as const;

/**
 * A claim for each volume, and a pod on it through which files are copied there. Claims of homes have what Helm knows its own by, so that the release of the home
 * takes them up; they stay when it goes, as all of them do.
 */
export function claimsFor(homes: readonly CarriedHome[], places: Places): string {
	const { namespace, homesNamespace, sizes, storageClass } = places;
	const claims = [
		{ name: CLAIM_OF['sso-bridge'], namespace, size: sizes.bridge, home: null },
		{ name: CLAIM_OF.accountability, namespace, size: sizes.site, home: null },
		...homes.map((home) => ({
			...{ name: home.name, namespace: homesNamespace, size: sizes[home.kind], home },
		})),
	];
	const objects = claims.flatMap(({ name, namespace, size, home }) => [
		{
			apiVersion: 'v1',
			kind: 'PersistentVolumeClaim',
			metadata: {
				...{ name, namespace },
				labels: {
					'app.kubernetes.io/managed-by': home ? 'Helm' : 'carried',
					...(home && {
						'app.kubernetes.io/name': 'understory',
						'app.kubernetes.io/instance': name,
						'app.kubernetes.io/component': 'home',
					}),
				},
				annotations: {
					'helm.sh/resource-policy': 'keep',
					...(home && {
						'meta.helm.sh/release-name': name,
						'meta.helm.sh/release-namespace': namespace,
					}),
				},
			},
			spec: {
				accessModes: ['ReadWriteOnce'],
				...(storageClass && { storageClassName: storageClass }),
				resources: { requests: { storage: size } },
			},
		},
		podOn(name, namespace, places.image),
	]);
	return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2)}\n`;
}

/** Runs as the user of the image, so that what it writes is that user's. */
function podOn(claim: string, namespace: string, image: string): object {
	return {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { name: `carry-${claim}`, namespace, labels: { 'app.kubernetes.io/component': 'carry' } },
		spec: {
			automountServiceAccountToken: false,
			enableServiceLinks: false,
			restartPolicy: 'Never',
			// Its `sleep` hears no signal, and nothing is lost with it.
			terminationGracePeriodSeconds: 1,
			securityContext: {
				...{ runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001 },
				seccompProfile: { type: 'RuntimeDefault' },
			},
			containers: [
				{
					...{ name: 'carry', image, command: ['sleep', '86400'] },
					volumeMounts: [{ name: 'data', mountPath: '/data' }],
					resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
					securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
				},
			],
			volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
		},
	};
}
