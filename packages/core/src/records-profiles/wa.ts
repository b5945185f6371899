import type { RecordsProfile } from '../records-profile.ts';

/** Washington has all that stands on the web on its schedule, and takes metadata for a record. */
export const WASHINGTON: RecordsProfile = {
	id: 'wa',
	state: { en: 'Washington', es: 'Washington' },
	records: {
		value: {
			en: 'All that stands on the web is on the schedule, and metadata are part of a record.',
			es: 'Todo lo publicado en la web está en el calendario de conservación, y los metadatos son parte del documento.',
		},
		source: 'WAC 434-662-140; O’Neill v. City of Shoreline (2010)',
	},
	least: {},
	unique: null,
	notice: null,
	patrons: null,
};
