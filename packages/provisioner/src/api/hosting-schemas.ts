import { LEAST_HOSTING_DAYS, MOST_HOSTING_DAYS } from '@understory/core/hosting.ts';
import { object, ref, text, textOrNull, time, timeOrNull } from './schema-parts.ts';

const hours = object({
	weekday: { type: 'integer', minimum: 0, maximum: 6, description: '0 is Sunday' },
	from: {
		type: 'integer',
		minimum: 0,
		maximum: 1440,
		description: 'minutes after midnight in the library’s zone',
	},
	to: { type: 'integer', minimum: 0, maximum: 1440 },
});

/** Whom to knock on at a branch, and until when that is settled. */
export const door = object(
	{
		host: text,
		place: text,
		hours: { type: 'array', items: ref('Hours') },
		deputy: text,
		phone: textOrNull,
		until: {
			type: ['string', 'null'],
			pattern: '^\\d{4}-\\d{2}-\\d{2}$',
			description: 'the last day for which the rota is settled; missing or null: no end is known',
		},
	},
	['host', 'place', 'hours', 'deputy', 'phone'],
);

const days = (minimum: number, description: string) => ({
	type: 'integer',
	minimum,
	maximum: MOST_HOSTING_DAYS,
	description,
});

/** Of a library: null is what holds when it says nothing. */
export const hostingDays = { anyOf: [ref('HostingDays'), { type: 'null' }] } as const;

/** Of a branch: who hosts it, in time. */
export const hosting = object({
	until: { ...timeOrNull, description: 'until when somebody hosts it; null while no end is known' },
	unhosted: { anyOf: [ref('Unhosted'), { type: 'null' }] },
});

export const hostingSchemas = {
	Hours: hours,
	Door: door,
	HostingDays: object({
		quiet: days(LEAST_HOSTING_DAYS.quiet, 'days without a host before a branch becomes quiet'),
		closing: days(LEAST_HOSTING_DAYS.closing, 'days of quiet before it is announced that it closes'),
		over: days(LEAST_HOSTING_DAYS.over, 'days of closing before a person may close it for good'),
	}),
	Unhosted: object({
		since: { ...time, description: 'since when it is known that nobody hosts it' },
		quiet: { ...time, description: 'not before this nobody new comes in and nothing new leaves' },
		closing: { ...time, description: 'not before this it is announced that it closes' },
		over: { ...time, description: 'not before this it may be closed for good, by a person' },
	}),
} as const;
