import type { RecordsProfile } from '../records-profile.ts';

/** North Carolina: only the statute on who uses a library was read. */
export const NORTH_CAROLINA: RecordsProfile = {
	id: 'nc',
	state: { en: 'North Carolina', es: 'Carolina del Norte' },
	records: null,
	least: {},
	unique: null,
	notice: null,
	patrons: {
		value: {
			en: 'A record that tells that somebody used the library may not be disclosed.',
			es: 'No se puede revelar un registro que diga que alguien usó la biblioteca.',
		},
		source: 'N.C. Gen. Stat. 125-19',
	},
};
