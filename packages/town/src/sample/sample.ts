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
