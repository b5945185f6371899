const word = (maxLength: number) => ({
	type: 'string',
	minLength: 1,
	maxLength,
	pattern: '^[^\\u0000-\\u001f\\u007f]*$',
});
const words = { type: 'array', minItems: 1, maxItems: 200, items: word(300) };
const address = { type: 'string', maxLength: 2048, pattern: '^https?://[^\\s/?#@]+(/[^\\s#]*)?$' };
const flag = { type: 'boolean' };

const condition = (how: string, what: object) =>
	closed(['attribute', how], { attribute: word(300), [how]: what });

const when = {
	type: 'array',
	maxItems: 20,
	items: {
		anyOf: [
			condition('is', words),
			condition('starts', words),
			condition('ends', words),
			condition('present', flag),
		],
	},
};
const rule = {
	anyOf: [
		closed(['when', 'refuse'], { when, refuse: { const: true } }),
		closed(['when', 'let_in'], {
			when,
			let_in: closed(['age_band', 'affiliation'], {
				age_band: {
					anyOf: [
						{ enum: ['child', 'teen', 'adult', 'unknown'] },
						closed(['birth_date'], { birth_date: word(300) }),
					],
				},
				affiliation: { enum: ['patron', 'student', 'staff'] },
			}),
		}),
	],
};

const any = {
	id: { type: 'string', pattern: '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$' },
	name: closed(['en'], { en: word(80), es: word(80) }),
	state: { enum: ['draft', 'test', 'live'] },
	people: { type: 'array', minItems: 1, maxItems: 100, items: rule },
	unknown_age: { enum: ['refuse', 'accept'] },
	ask_again: flag,
};

const saml = closed(['kind', 'id', 'name', 'people', 'idp'], {
	kind: { const: 'saml' },
	...any,
	idp: {
		anyOf: [
			closed(['metadata'], { metadata: { type: 'string', minLength: 1, maxLength: 262_144 } }),
			closed(['url', 'entity_id', 'signed_by'], {
				url: address,
				entity_id: word(1024),
				signed_by: {
					type: 'string',
					maxLength: 40_000,
					pattern: '^\\s*-----BEGIN (CERTIFICATE|PUBLIC KEY)-----',
				},
			}),
		],
	},
	signed: { enum: ['both', 'assertion'] },
	encrypted: { enum: ['allowed', 'required'] },
	subject_attribute: word(300),
});

const oidc = closed(['kind', 'id', 'name', 'people', 'issuer', 'client'], {
	kind: { const: 'oidc' },
	...any,
	issuer: address,
	endpoints: closed(['authorization', 'token', 'jwks'], {
		authorization: address,
		token: address,
		jwks: address,
		userinfo: address,
		end_session: address,
	}),
	client: closed(['id', 'auth'], {
		id: word(300),
		auth: { enum: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] },
		secret: { ...word(1024), writeOnly: true },
	}),
	scopes: { type: 'array', maxItems: 20, items: { type: 'string', pattern: '^[!#-\\[\\]-~]{1,100}$' } },
	userinfo: flag,
});

/** JSON Schema (2020-12) of `UpstreamSettings`: nothing that it does not name, no pattern that a setting could bring. What is `writeOnly` is a secret. */
export const UPSTREAM_SCHEMA = closed(['ways'], {
	ways: {
		type: 'array',
		maxItems: 10,
		items: {
			type: 'object',
			required: ['kind'],
			properties: { kind: { type: 'string' } },
			discriminator: { propertyName: 'kind' },
			oneOf: [saml, oidc],
		},
	},
	only: flag,
	keys: {
		type: 'array',
		minItems: 1,
		maxItems: 3,
		uniqueItems: true,
		items: { type: 'integer', minimum: 1, maximum: 10_000 },
	},
});

function closed(required: readonly string[], properties: Readonly<Record<string, unknown>>) {
	return { type: 'object', additionalProperties: false, required, properties };
}
