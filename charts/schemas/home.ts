import * as shared from './shared.ts';

const litestream: shared.Schema = {
	...shared.closed({
		enabled: shared.flag,
		image: { type: 'string', pattern: '^[a-z0-9][a-z0-9._:/-]*(@sha256:[0-9a-f]{64})?$' },
		digest: shared.digest,
		bucket: { type: 'string', pattern: '^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$' },
		path: { type: 'string', pattern: '^([A-Za-z0-9][A-Za-z0-9/._-]{0,200})?$' },
		endpoint: { type: 'string', pattern: '^(https?://[a-z0-9][a-z0-9.:/-]*)?$' },
		region: shared.optionalName,
		secretName: shared.optionalObjectName,
		cpu: shared.cpu,
		memory: shared.memory,
	}),
	if: { properties: { enabled: { const: true } }, required: ['enabled'] },
	// biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
	then: { properties: { bucket: { minLength: 3 }, secretName: { minLength: 1 } } },
};

/** What cannot work together is refused by the templates, in a sentence. */
const copies: shared.Schema = shared.closed({
	kind: { enum: ['none', 'claim'] },
	claim: shared.storage,
	bucket: {
		...shared.closed({
			name: { type: 'string', pattern: '^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$' },
			path: {
				type: 'string',
				pattern: '^([A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*)?$',
				maxLength: 200,
			},
			endpoint: { type: 'string', pattern: '^(https?://[a-z0-9][a-z0-9.:-]*)?$' },
			region: shared.optionalName,
			networks: shared.listOf(shared.range),
			secretName: shared.optionalObjectName,
		}),
		if: { properties: { name: { minLength: 1 } }, required: ['name'] },
		// biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
		then: { properties: { secretName: { minLength: 1 } } },
	},
});

/** What may be said to the chart of a home. */
export const homeSchema: shared.Schema = shared.closed(
	{
		...shared.helmsOwn,
		name: { type: 'string', pattern: '^([a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?)?$' },
		suspended: shared.flag,
		logLevel: shared.logLevel,
		progressDeadlineSeconds: shared.progressDeadlineSeconds,
		labels: shared.labels,
		authorities: shared.authorities,
		image: shared.image,
		platform: shared.closed(
			{
				url: shared.insideUrl,
				namespace: shared.optionalName,
				servicesUnder: shared.servicesUnder,
				ranges: shared.listOf(shared.range),
				domain: { type: 'string', maxLength: 253, pattern: '^([a-z0-9-]+(\\.[a-z0-9-]+)+)?$' },
				edge: shared.edge,
			},
			['url'],
		),
		secret: shared.secret,
		cpu: shared.cpu,
		memory: shared.memory,
		storage: shared.storage,
		route: shared.route({
			hosts: shared.listOf(shared.host, { uniqueItems: true }),
			certificates: shared.closed({ issuer: shared.issuer, namespace: shared.optionalName }),
		}),
		network: shared.closed({ ...shared.network, allow: shared.allow }),
		quota: shared.quota,
		recovery: shared.closed({ publicKey: { type: 'string', pattern: '^([A-Za-z0-9_-]{43})?$' } }),
		matchLists: shared.closed({ secretName: shared.optionalObjectName }),
		copies,
		litestream,
		pod: shared.pod,
	},
	['image', 'platform', 'secret'],
);
