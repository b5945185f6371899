import { createReadStream } from 'node:fs';
import type { Door } from '@understory/core/door.ts';

/** The survey's own files, cut to thirteen systems (SOURCE.md), in the order they are imported. */
export function sampleFiles(): AsyncIterable<Uint8Array>[] {
	return ['systems-fy2018.csv', 'outlets-fy2019.csv'].map((name) => createReadStream(new URL(name, import.meta.url)));
}

/** An invented host with a door; the sample opens three branches of each library, in the order of their labels. */
export interface SampleHost {
	readonly name: string;
	readonly door: Door;
	readonly appealPartner: string;
}

const WEEK = (from: number, to: number, days: readonly (0 | 1 | 2 | 3 | 4 | 5 | 6)[]) =>
	days.map((weekday) => ({ weekday, from: from * 60, to: to * 60 }));

export const SAMPLE_HOSTS: readonly SampleHost[] = [
	{
		name: 'June Aldaba',
		door: {
			host: 'June Aldaba',
			place: 'The desk by the front door',
			hours: WEEK(10, 18, [2, 3, 4, 5, 6]),
			deputy: 'Calvin Osei-Brandt',
			phone: null,
		},
		appealPartner: 'The moderation team of the library',
	},
	{
		name: 'Wendell Paik',
		door: {
			host: 'Wendell Paik',
			place: 'The round table upstairs',
			hours: WEEK(12, 20, [1, 2, 3, 4]),
			deputy: 'Anh Thu Moreau',
			phone: null,
		},
		appealPartner: 'The moderation team of the library',
	},
	{
		name: 'Pilar Nakagawa',
		door: {
			host: 'Pilar Nakagawa',
			place: 'The returns desk',
			hours: WEEK(9, 17, [1, 3, 5, 6]),
			deputy: 'Gus Petrakis-Lund',
			phone: null,
		},
		appealPartner: 'The moderation team of the library',
	},
];

/** A council that nobody elected: there is none in the survey, and no real person's name is put under a sample. */
export const SAMPLE_COUNCIL = [
	{
		role: 'Council member',
		name: 'Opal Reyes-Whitfield',
		district: 'council_district:1',
		phone: '5035550121',
		email: 'opal.sample@council.example',
		languages: ['en', 'es'],
		term_end: '2028-12-31',
	},
	{
		role: 'Council member',
		name: 'Gus Lindqvist',
		district: 'council_district:2',
		phone: '5035550122',
		email: 'gus.sample@council.example',
		languages: ['en'],
		term_end: '2028-12-31',
	},
] as const;
