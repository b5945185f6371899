import { list, object, ref, text, textOrNull } from './schema-parts.ts';

const day = { ...textOrNull, description: 'YYYY-MM-DD' } as const;
const contactFields = {
	role: text,
	name: textOrNull,
	body: { ...textOrNull, description: 'such as City Council' },
	division: { ...textOrNull, description: 'Open Civic Data division id' },
	phone: textOrNull,
	email: textOrNull,
	languages: { type: 'array', items: text, maxItems: 20 },
	term_end: day,
	branch: { ...textOrNull, description: 'the branch it is of; null for the library' },
} as const;
const toldContact = {
	source_id: text,
	...{
		role: text,
		name: text,
		body: textOrNull,
		division: textOrNull,
		phone: textOrNull,
		email: textOrNull,
		term_end: day,
	},
} as const;

/** What the API says and takes of contacts. */
export const contactSchemas: Readonly<Record<string, object>> = {
	NewContact: object(contactFields, ['role']),
	ContactChange: object({ ...contactFields, checked: { const: true }, broken: { type: 'boolean' } }, []),
	Contact: object({
		id: text,
		...contactFields,
		source: text,
		checked_on: day,
		checked_by: textOrNull,
		broken_on: day,
		sample: { type: 'boolean' },
		state: {
			enum: ['checked', 'unchecked', 'old', 'term_over', 'broken'],
			description: 'old: checked more than 90 days ago',
		},
	}),
	Contacts: list(ref('Contact')),
	ContactFile: object({ file: { description: 'a Popolo document, or an array of Legistar OfficeRecords' } }),
	ReviewedContactFile: object({ file: {}, digest: text }),
	Body: object(
		{
			name: { ...text, description: 'as contacts name it' },
			members: { type: 'integer', minimum: 1 },
			quorum: { type: 'integer', minimum: 1, description: 'missing is a majority' },
		},
		['name', 'members'],
	),
	Bodies: list(ref('Body')),
	ToldContact: object(toldContact),
	ContactPlan: object({
		kind: { enum: ['popolo', 'legistar'] },
		added: { type: 'array', items: ref('ToldContact') },
		changed: { type: 'array', items: object({ was: ref('Contact'), will: ref('ToldContact') }) },
		ended: { type: 'array', items: ref('Contact') },
		unchanged: { type: 'integer' },
		faults: { type: 'array', items: object({ field: text, text }) },
		digest: text,
	}),
};
