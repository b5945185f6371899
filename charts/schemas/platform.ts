import { homeSchema } from './home.ts';
import * as shared from './shared.ts';

/** What is decided for each home by who starts it; nobody else says it. */
const NOT_THEIRS = ['name', 'suspended', 'image', 'platform', 'secret', 'authorities', 'quota'];
const homeFields = homeSchema.properties as Record<string, shared.Schema>;
/** What an operator says of all homes of a cluster. */
export const valuesOfHomes = shared.closed(
	Object.fromEntries(Object.entries(homeFields).filter(([name]) => !NOT_THEIRS.includes(name))),
);

const role = { secret: shared.secret, cpu: shared.cpu, memory: shared.memory };

const network: shared.Schema = {
	...shared.closed({
		...shared.network,
		database: shared.closed({
			namespace: shared.optionalName,
			cidr: shared.optionalRange,
			port: shared.port,
		}),
		apiServer: shared.closed({
			ranges: shared.listOf(shared.range),
			ports: shared.listOf(shared.port, { minItems: 1 }),
		}),
		homesElsewhere: shared.listOf(shared.range),
	}),
	if: { properties: { closed: { const: true } } },
	// biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
	then: {
		properties: {
			database: {
				anyOf: [{ properties: { namespace: { minLength: 1 } } }, { properties: { cidr: { minLength: 1 } } }],
			},
			apiServer: { properties: { ranges: { minItems: 1 } } },
		},
	},
};

/** What may be said to the chart of a platform. */
export const platformSchema: shared.Schema = shared.closed(
	{
		...shared.helmsOwnOfClusters,
		domain: shared.domain,
		edge: shared.edge,
		logLevel: shared.logLevel,
		progressDeadlineSeconds: shared.progressDeadlineSeconds,
		labels: shared.labels,
		authorities: shared.authorities,
		image: shared.image,
		provisioner: shared.closed({ ...role, externalServers: shared.allow }, ['secret']),
		ssoBridge: shared.closed({ ...role, catalogues: shared.allow, storage: shared.storage }, ['secret']),
		accountability: shared.closed(
			{
				...role,
				publish: { enum: ['daily', 'now'] },
				minimumPopulation: { type: 'integer', minimum: 0, maximum: 999_999 },
				storage: shared.storage,
			},
			['secret'],
		),
		homes: shared.closed({
			namespace: shared.name,
			makeNamespace: shared.flag,
			values: valuesOfHomes,
			quota: shared.quota,
			libraries: shared.libraries,
			releases: { enum: ['secret', 'sql'] },
		}),
		route: shared.route({
			libraries: shared.listOf(shared.name, { uniqueItems: true }),
			certificates: shared.closed({ issuer: shared.issuer }),
		}),
		network,
		monitoring: shared.closed({
			rules: shared.flag,
			podMonitors: shared.flag,
			labels: shared.labels,
			docs: { type: 'string', maxLength: 253, pattern: '^(https?://[A-Za-z0-9][A-Za-z0-9./:_-]*/)?$' },
		}),
		pod: shared.pod,
	},
	['domain', 'image', 'provisioner', 'ssoBridge', 'accountability'],
);
