import type { RecordsProfile } from '../records-profile.ts';

/** For a state nobody looked into: nothing is claimed of its law, and counsel fills everything in. */
export const DEFAULT: RecordsProfile = {
	id: 'default',
	state: { en: 'Any other state', es: 'Otro estado' },
	records: null,
	least: {},
	unique: null,
	notice: null,
	patrons: null,
};
