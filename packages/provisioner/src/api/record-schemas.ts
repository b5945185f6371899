import { MOST_NOTICE_DAYS, MOST_YEARS, RETENTION_CLASSES } from '@understory/core/records-profile.ts';
import { list, object, ref, text } from './schema-parts.ts';

const years = { type: 'integer', minimum: 1, maximum: MOST_YEARS } as const;
const days = { type: 'integer', minimum: 0, maximum: MOST_NOTICE_DAYS } as const;
const orNull = (of: object, description: string) => ({ anyOf: [of, { type: 'null' }], description });
const sentence = object({
	value: { type: 'object', additionalProperties: text, description: 'by language' },
	source: text,
});
const ofEach = (of: object) => Object.fromEntries(RETENTION_CLASSES.map((kind) => [kind, of]));

/** What the API says and takes of a library's records. */
export const recordSchemas: Readonly<Record<string, object>> = {
	RecordsProfile: object({
		id: text,
		state: { type: 'object', additionalProperties: text, description: 'by language' },
		records: orNull(sentence, 'which records the law speaks of; null: ask counsel'),
		least: {
			type: 'object',
			additionalProperties: false,
			properties: ofEach(object({ value: years, source: text })),
			description: 'the fewest years of a class, where a schedule says so',
		},
		unique: orNull(sentence, 'must what stands nowhere else be kept? null: ask counsel'),
		notice: orNull(
			object({ value: days, source: text }),
			'days between telling the person and giving a record out; null: ask counsel',
		),
		patrons: orNull(
			sentence,
			'the statute by which it is confidential who uses a library; null: ask counsel',
		),
	}),
	RecordsProfiles: list(ref('RecordsProfile')),
	AdoptedRecords: object(
		{
			profile: { ...text, description: 'id of the profile it begins with' },
			adopted_by: text,
			adopted_on: { ...text, description: 'YYYY-MM-DD' },
			years: {
				...object(ofEach(object({ least: years, most: years }))),
				description: 'between which a branch may choose',
			},
			notice_days: orNull(
				days,
				'days between telling the person and giving out a record of theirs; 0: none; null or missing: counsel has not said',
			),
		},
		['profile', 'adopted_by', 'adopted_on', 'years'],
	),
};
