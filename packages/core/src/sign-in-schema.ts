import { KEPT_SECRET } from './sign-in-document.ts';
import { BLOCKS, SIGN_IN_LANGUAGES, STOPPING_BLOCKS } from './sign-in-settings.ts';
import { UPSTREAM_SCHEMA } from './upstream-schema.ts';

/** A piece of JSON Schema (2020-12). */
export type Schema = Readonly<Record<string, unknown>>;

/** Any text without signs that no eye sees. */
const word = (maxLength: number, more: Schema = {}): Schema => ({
	type: 'string',
	minLength: 1,
	maxLength,
	pattern: '^[^\\u0000-\\u001f\\u007f]*$',
	...more,
});
/** Sealed where it is kept, and never given out again (`sign-in-secrets.ts`). */
const secret = (maxLength: number, more: Schema = {}): Schema =>
	word(maxLength, { writeOnly: true, ...more });
/** A secret of this form, or the dots that leave the one that is kept. */
function orKept(form: string): Schema {
	return { minLength: 8, pattern: `^(?:${form}|${KEPT_SECRET})$` };
}
const flag: Schema = { type: 'boolean' };
const words: Schema = { type: 'array', minItems: 1, maxItems: 500, uniqueItems: true, items: word(200) };
const milliseconds: Schema = { type: 'integer', minimum: 100, maximum: 30_000 };
const pem: Schema = { type: 'string', maxLength: 40_000, pattern: '^\\s*-----BEGIN CERTIFICATE-----' };
const text = closed(['en'], { en: word(200), es: word(200) });
const pattern = word(1_000, { description: 'a pattern of RE2, for the whole text' });
const blocks: Schema = {
	type: 'object',
	maxProperties: 100,
	propertyNames: word(40),
	additionalProperties: { enum: BLOCKS },
};

const sip2Field: Schema = { type: 'string', pattern: '^[A-Z][A-Z0-9]$' };
const dateOrder: Schema = { enum: ['YMD', 'MDY', 'DMY'] };

const http: Schema = {
	url: { type: 'string', maxLength: 500, pattern: '^https?://[A-Za-z0-9.:\\[\\]-]+(/[^\\s?#]*[^\\s?#/])?$' },
	plain_http: flag,
	ca: pem,
};

const login = closed(['user', 'password'], { user: word(200), password: secret(200) });

/** What each kind of connection says; `kind` and, over HTTP, the address come with it. */
const CONNECTIONS: readonly Schema[] = [
	closed(['kind', 'host', 'port'], {
		kind: { const: 'sip2' },
		host: { type: 'string', maxLength: 253, pattern: '^[A-Za-z0-9.:-]+$' },
		port: { type: 'integer', minimum: 1, maximum: 65_535 },
		institution: word(200),
		login: closed(['user', 'password'], { user: word(200), password: secret(200), location: word(200) }),
		tls: closed([], {
			ca: pem,
			pinned: pem,
			server_name: word(253),
			certificate: pem,
			key: {
				type: 'string',
				maxLength: 20_000,
				...orKept('\\s*-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*'),
				writeOnly: true,
			},
		}),
		plain_text: flag,
		terminal_password: secret(200),
		dialect: { enum: ['compliant', 'generic', 'folio', 'auto-graphics'] },
		charset: { enum: ['ascii', 'latin1', 'cp850', 'utf-8'] },
		separator: { type: 'string', minLength: 1, maxLength: 1 },
		terminator: { enum: ['CR', 'CRLF', 'LF'] },
		date_zone: { enum: ['spaces', 'zeros', 'utc'] },
		asks_status: { enum: ['after_login', 'before_login', 'never'] },
		ends_session: flag,
		fields: closed([], {
			birth_date: closed(['field', 'order'], { field: sip2Field, order: dateOrder }),
			expiry: {
				type: 'array',
				maxItems: 5,
				items: {
					anyOf: [
						closed(['field'], { field: sip2Field, order: dateOrder }),
						closed(['flag'], { flag: sip2Field }),
						closed(['text'], { text: word(200) }),
					],
				},
			},
			patron_type: sip2Field,
			location: sip2Field,
			stable_id: sip2Field,
		}),
		error_detection: { enum: ['off', 'send', 'require'] },
		aliases: closed(['cards'], { cards: word(1_000) }),
		card_case: { enum: ['exact', 'any'] },
		reads_patron: flag,
	}),
	closed(['kind', 'upload_key'], {
		kind: { const: 'list' },
		upload_key: secret(200, orKept('[^\\u0000-\\u001f\\u007f]{20,}')),
	}),
	overHttp('koha-rest', [], {
		login,
		client: closed(['id', 'secret'], { id: word(200), secret: secret(200) }),
		reads_patron: flag,
	}),
	overHttp('sierra-rest', ['client'], {
		client: closed(['key', 'secret'], { key: word(200), secret: secret(200) }),
		question: { enum: ['auth', 'validate'] },
		reads_patron: flag,
		blocks,
	}),
	overHttp('polaris-papi', ['access_id', 'access_key'], {
		access_id: word(200),
		access_key: secret(200),
		language: { type: 'integer', minimum: 0, maximum: 99_999 },
		application: { type: 'integer', minimum: 0, maximum: 99_999 },
		organization: { type: 'integer', minimum: 0, maximum: 99_999 },
		reads_patron: flag,
	}),
	overHttp('sirsidynix-ws', ['client_id'], {
		client_id: secret(200),
		app_id: word(200),
		library: word(200),
		system: { enum: ['symphony', 'horizon'] },
		reads_patron: flag,
	}),
	overHttp('folio', ['tenant', 'login'], {
		tenant: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,100}$' },
		login,
		secret: { enum: ['pin', 'password'] },
		card_field: { enum: ['barcode', 'externalSystemId', 'username'] },
	}),
	overHttp('alma', ['api_key'], { api_key: secret(200), reads_patron: flag, blocks }),
	overHttp('evergreen-remoteauth', [], {}),
	overHttp('millennium-patronapi', ['legacy'], { legacy: { const: true }, reads_patron: flag, blocks }),
];

const condition = (how: string, what: Schema) =>
	closed(['of', how], { of: { enum: ['card', 'location', 'patron_type'] }, [how]: what, not: flag });

/** JSON Schema (2020-12) of `SignInSettings`: nothing that it does not name. What is `writeOnly` is a secret. */
export const SIGN_IN_SCHEMA: Schema = closed(['version', 'state', 'connector'], {
	version: { type: 'integer', minimum: 1 },
	state: { enum: ['draft', 'test', 'live'] },
	connector: {
		type: 'object',
		required: ['kind'],
		properties: { kind: { type: 'string' } },
		discriminator: { propertyName: 'kind' },
		oneOf: CONNECTIONS,
	},
	card: closed([], {
		label: text,
		hint: text,
		pattern,
		lengths: {
			type: 'array',
			minItems: 1,
			maxItems: 10,
			uniqueItems: true,
			items: { type: 'integer', minimum: 1, maximum: 64 },
		},
		keyboard: { enum: ['numeric', 'text', 'email'] },
		scanner: { enum: ['ends', 'codabar'] },
	}),
	pin: closed([], {
		label: text,
		hint: text,
		alphabet: { enum: ['digits', 'letters_and_digits', 'any'] },
		min_length: { type: 'integer', minimum: 1, maximum: 64 },
		max_length: { type: 'integer', minimum: 1, maximum: 64 },
		keyboard: { enum: ['numeric', 'text'] },
	}),
	rules: closed([], {
		belongs: {
			type: 'array',
			maxItems: 20,
			items: {
				anyOf: [condition('is', words), condition('starts', words), condition('matches', pattern)],
			},
		},
		minimum_age: { type: 'integer', minimum: 0, maximum: 21 },
		unknown_age: { enum: ['accept', 'refuse'] },
		stop_on: { type: 'array', uniqueItems: true, items: { enum: STOPPING_BLOCKS } },
		grace_days: { type: 'integer', minimum: 0, maximum: 365 },
		// A sign-in is remembered for ninety days.
		believed_days: { type: 'integer', minimum: 7, maximum: 90 },
	}),
	canaries: {
		type: 'array',
		maxItems: 5,
		items: closed(['card', 'pin'], { card: secret(64), pin: secret(64) }),
	},
	probe_new_cards: flag,
	locks_after: { type: 'integer', minimum: 2, maximum: 100 },
	at_once: { type: 'integer', minimum: 1, maximum: 100 },
	timeouts: closed([], { connect: milliseconds, answer: milliseconds, whole: milliseconds }),
	elsewhere: UPSTREAM_SCHEMA,
	languages: {
		type: 'array',
		minItems: 1,
		uniqueItems: true,
		items: { enum: SIGN_IN_LANGUAGES },
	},
});

function overHttp(kind: string, required: readonly string[], properties: Schema): Schema {
	return closed(['kind', 'url', ...required], { kind: { const: kind }, ...http, ...properties });
}

function closed(required: readonly string[], properties: Schema): Schema {
	return { type: 'object', additionalProperties: false, required, properties };
}
