import type { EmergencyKind } from '../../store/quarantine.ts';

/** Something that has to be done after sealing, and within how many hours. */
export interface Step {
	readonly name: 'police' | 'lead' | 'person' | 'copies' | 'asker' | 'ncmec';
	readonly hours: number;
}

/** A class of emergency: the rule it falls under, and the runbook with its clocks. */
export interface Emergency {
	readonly kind: EmergencyKind;
	/** Id of a rule of the starter set; a library that did not adopt it cannot seal under this class. */
	readonly rule: string;
	readonly steps: readonly Step[];
}

/**
 * What cannot wait for the morning. Hours: an immediate threat is the police's at once; whose private details stand there is warned within the day; intimate images
 * and their copies are gone within 48 hours of being asked (Take It Down Act, 2025), and whoever asked is told; a report to NCMEC is made as soon as it reasonably can be (18
 * U.S.C. 2258A), which is here the same day, and what was sealed is preserved for a year after it, which no schedule here goes below.
 */
export const EMERGENCIES: readonly Emergency[] = [
	{
		...{ kind: 'threat_to_life', rule: 'no-threats' },
		steps: [
			{ name: 'police', hours: 1 },
			{ name: 'lead', hours: 24 },
		],
	},
	{
		...{ kind: 'private_details', rule: 'no-private-information' },
		steps: [
			{ name: 'person', hours: 24 },
			{ name: 'copies', hours: 48 },
		],
	},
	{
		...{ kind: 'intimate_images', rule: 'no-unlawful-content' },
		steps: [
			{ name: 'copies', hours: 48 },
			{ name: 'asker', hours: 48 },
		],
	},
	{
		...{ kind: 'child_abuse', rule: 'no-unlawful-content' },
		steps: [
			{ name: 'ncmec', hours: 24 },
			{ name: 'police', hours: 24 },
			{ name: 'lead', hours: 24 },
		],
	},
];

/** The class of that name; undefined for any other word. */
export function emergencyOf(kind: string): Emergency | undefined {
	return EMERGENCIES.find((one) => one.kind === kind);
}
