import { SERVER_FAULTS } from '../external/server-fault.ts';
import { list, object, ref, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

const long = { type: 'string', maxLength: 20_000 } as const;
const longOrNull = { ...long, type: ['string', 'null'] } as const;
const texts = { type: 'array', items: text } as const;
const place = { host: text, origin: text } as const;
const said = {
	sha256: { ...text, description: 'of the canonical JSON of the document' },
	document: ref('ExternalDocument'),
};

/** What the API says and takes of servers that are no branches. */
export const externalServerSchemas: Readonly<Record<string, object>> = {
	ExternalServerAddress: object({ address: { ...text, description: 'such as social.library.example' } }),
	NewExternalServer: object({
		...{ address: text, sha256: text },
		name: { ...text, description: 'what the library calls it' },
	}),
	ExternalDocument: object({
		...{ type: { const: 'understory/external-server/v1' }, host: text, software: textOrNull },
		...{ title: text, description: long, languages: texts },
		rules: { type: 'array', items: object({ id: text, text, hint: textOrNull }) },
		about: longOrNull,
		contact: object({ email: textOrNull, account: textOrNull }),
		security: { oneOf: [object({ contacts: texts, policy: textOrNull }), { type: 'null' }] },
	}),
	ExternalServerPreview: object({ ...place, ...said }),
	ExternalServer: object({
		...{ id: text, ...place, name: text, added_at: time, added_by: text, read_at: time },
		state: {
			enum: ['read', 'failing', 'unread'],
			description: 'failing: not read at the last try; unread: for three days, which the public site says',
		},
		failing_since: timeOrNull,
		fault: { enum: [...Object.keys(SERVER_FAULTS), null] },
		...{ version: { type: 'integer', minimum: 1 }, changed_at: time, ...said },
	}),
	ExternalServers: list(ref('ExternalServer')),
};
