const CERT_MANAGER = 'deploy/crds/cert-manager.io_';
const GATEWAY = 'config/crd/standard/gateway.networking.k8s.io_';
const MONITORING = 'example/prometheus-operator-crd/monitoring.coreos.com_';
const POSTGRESQL = 'config/crd/bases/postgresql.cnpg.io_';

/**
 * What other projects say that their objects are, out of their own modules, for the examples and charts that have such objects: by the folder with the module
 * file that pins the version, what each file is called here and where it is in the module.
 */
export const DEFINITIONS: Readonly<
	Record<string, { readonly module: string; readonly files: Readonly<Record<string, string>> }>
> = {
	gateway: {
		module: 'sigs.k8s.io/gateway-api',
		files: {
			'httproutes.yaml': `${GATEWAY}httproutes.yaml`,
			'gateways.yaml': `${GATEWAY}gateways.yaml`,
			'listenersets.yaml': `${GATEWAY}listenersets.yaml`,
		},
	},
	// Prometheus' operator; Apache-2.0, as all of these are.
	monitoring: {
		module: 'github.com/prometheus-operator/prometheus-operator',
		files: {
			'podmonitors.yaml': `${MONITORING}podmonitors.yaml`,
			'prometheusrules.yaml': `${MONITORING}prometheusrules.yaml`,
		},
	},
	'cert-manager': {
		module: 'github.com/cert-manager/cert-manager',
		files: {
			'certificates.yaml': `${CERT_MANAGER}certificates.yaml`,
			'clusterissuers.yaml': `${CERT_MANAGER}clusterissuers.yaml`,
		},
	},
	postgresql: {
		module: 'github.com/cloudnative-pg/cloudnative-pg',
		files: {
			'clusters.yaml': `${POSTGRESQL}clusters.yaml`,
			'databases.yaml': `${POSTGRESQL}databases.yaml`,
			'scheduledbackups.yaml': `${POSTGRESQL}scheduledbackups.yaml`,
		},
	},
	// The oldest that the example is for.
	'postgresql-oldest': {
		module: 'github.com/cloudnative-pg/cloudnative-pg',
		files: {
			'oldest-clusters.yaml': `${POSTGRESQL}clusters.yaml`,
			'oldest-databases.yaml': `${POSTGRESQL}databases.yaml`,
			'oldest-scheduledbackups.yaml': `${POSTGRESQL}scheduledbackups.yaml`,
		},
	},
	barman: {
		module: 'github.com/cloudnative-pg/plugin-barman-cloud',
		files: { 'objectstores.yaml': 'config/crd/bases/barmancloud.cnpg.io_objectstores.yaml' },
	},
};
