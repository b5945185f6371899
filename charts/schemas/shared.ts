/** A JSON Schema, or a part of one. */
export type Schema = { readonly [key: string]: unknown };

/** An object that has these fields and no others: a mistyped value is refused, not ignored. */
export function closed(properties: Record<string, Schema>, required: readonly string[] = []): Schema {
	return {
		type: 'object',
		additionalProperties: false,
		...(required.length > 0 && { required }),
		properties,
	};
}

/** A list. */
export function listOf(items: Schema, more: Schema = {}): Schema {
	return { type: 'array', items, ...more };
}

export const flag: Schema = { type: 'boolean' };
/** May be left empty; else as the pattern says. */
const optional = (pattern: string): Schema => ({
	type: 'string',
	pattern: `^(${pattern})?$`,
	maxLength: 253,
});
const exact = (pattern: string): Schema => ({ type: 'string', pattern: `^${pattern}$`, maxLength: 253 });

const LABEL = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = `(${LABEL}\\.)+${LABEL}`;
const RANGE = '([0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}|[0-9a-f:]{2,39}/[0-9]{1,3})';

/** Names of Kubernetes: of objects, of namespaces; a person's string never becomes one unchecked. */
export const name = exact(LABEL);
export const optionalName = optional(LABEL);
/** What names of namespaces begin with. */
export const prefix: Schema = { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,29}$' };
/** Of Secrets, claims and classes, which may have dots. */
export const objectName = exact(`${LABEL}(\\.${LABEL})*`);
export const optionalObjectName = optional(`${LABEL}(\\.${LABEL})*`);
export const domain = exact(DOMAIN);
export const host = exact(`(\\*\\.)?${DOMAIN}`);
export const range = exact(RANGE);
export const optionalRange = optional(RANGE);
/** What follows the name and the namespace of a Service. */
export const servicesUnder = exact(`svc(\\.${LABEL})*`);
export const insideUrl = exact('https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?');
const port: Schema = { type: 'integer', minimum: 1, maximum: 65535 };

export { port };
/** A share of a processor, as "100m" or "2". */
export const cpu = exact('([1-9][0-9]*m|[1-9][0-9]*)');
/** Memory and storage in whole binary units: what the charts calculate with. */
export const size = exact('[1-9][0-9]{0,5}(Mi|Gi|Ti)');
const memorySize = exact('[1-9][0-9]{0,5}(Mi|Gi)');
export const memory = closed({ request: memorySize, limit: memorySize });

const strings: Schema = { type: 'object', additionalProperties: { type: 'string', maxLength: 4096 } };
/** Labels besides the chart's own, which selectors are made of. */
export const labels: Schema = {
	type: 'object',
	propertyNames: {
		pattern: '^([a-z0-9.-]{1,200}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
		not: { pattern: '^(app\\.kubernetes\\.io|helm\\.sh)/' },
	},
	additionalProperties: { type: 'string', pattern: '^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$' },
};

/** Host and port. */
export const edge: Schema = { type: 'string', pattern: '^([a-z0-9][a-z0-9.-]*:[0-9]{1,5})?$' };
/** Certificates in PEM, one after the other. A private key is refused: what is said to a chart is kept where many may read it. */
export const authorities: Schema = {
	type: 'string',
	maxLength: 262_144,
	pattern: '^(\\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*)*$',
};

/** Of an image: that cannot be moved. */
export const digest = optional('sha256:[0-9a-f]{64}');

export const logLevel: Schema = { enum: ['debug', 'info', 'warn', 'error'] };
export const progressDeadlineSeconds: Schema = { type: 'integer', minimum: 30, maximum: 3600 };

export const image: Schema = {
	...closed(
		{
			repository: exact('[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?'),
			tag: optional('[A-Za-z0-9_][A-Za-z0-9._-]{0,127}'),
			digest,
			pullPolicy: { enum: ['IfNotPresent', 'Always', 'Never'] },
			pullSecrets: listOf(objectName),
		},
		['repository'],
	),
	anyOf: [
		{ properties: { tag: { minLength: 1 } }, required: ['tag'] },
		{ properties: { digest: { minLength: 1 } }, required: ['digest'] },
	],
};

export const secret = closed({ name: objectName, version: exact('[A-Za-z0-9._-]{1,63}') }, ['name']);

export const storage = closed({
	size,
	className: optionalObjectName,
	existingClaim: optionalObjectName,
});

const routeKinds = {
	kind: { enum: ['none', 'gateway', 'ingress'] },
	gateway: closed({ name: optionalName, namespace: optionalName, section: optionalName }),
	ingress: closed({ className: optionalObjectName, tlsSecret: optionalObjectName, annotations: strings }),
};
export const issuer = optionalObjectName;
/** How people reach what a chart runs; `fields` are the chart's own. A Gateway has to be named. */
export function route(fields: Record<string, Schema>): Schema {
	return {
		...closed({ ...routeKinds, ...fields }),
		if: { properties: { kind: { const: 'gateway' } }, required: ['kind'] },
		// biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
		then: { properties: { gateway: { properties: { name: { minLength: 1 } } } } },
	};
}

/** Places that may be reached although the network is closed. The reason ends up in the rendered policy, so it is one plain line. */
export const allow = listOf(
	closed({ cidr: range, ports: listOf(port, { minItems: 1 }), why: exact("[A-Za-z0-9 ,.()'-]{3,120}") }, [
		'cidr',
		'ports',
		'why',
	]),
);

const count: Schema = { type: 'integer', minimum: 0, maximum: 10000 };
export const quotaFields = { pods: count, cpu, memory: memorySize, claims: count, storage: size };
export const quota = closed({ enabled: flag, ...quotaFields });

export const network = {
	closed: flag,
	gatewayNamespace: optionalName,
	gatewayPorts: listOf(port, { minItems: 1, uniqueItems: true }),
	monitoringNamespace: optionalName,
	dnsNamespace: name,
	dnsRanges: listOf(range),
	gatewayRanges: listOf(range),
};

export const pod = closed({
	annotations: strings,
	nodeSelector: strings,
	tolerations: listOf(
		closed({
			key: { type: 'string', maxLength: 317 },
			operator: { enum: ['Exists', 'Equal'] },
			value: { type: 'string', maxLength: 63 },
			effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
			tolerationSeconds: { type: 'integer', minimum: 0 },
		}),
	),
	priorityClassName: optionalObjectName,
});

/** What Helm itself puts among a chart's values: those of all its parts, of which there are none. */
export const helmsOwn = { global: closed({}), common: closed({ global: closed({}) }) };
/** The same where `charts/cluster` is a part. */
export const helmsOwnOfClusters = { ...helmsOwn, cluster: closed({ global: closed({}) }) };

/** How each library gets a namespace of its own. */
export const libraries = closed({ enabled: flag, prefix, quota });
