import type { RecordsProfile } from '../records-profile.ts';

/** Oklahoma: only the statute on minors was read. */
export const OKLAHOMA: RecordsProfile = {
	id: 'ok',
	state: { en: 'Oklahoma', es: 'Oklahoma' },
	records: null,
	least: {},
	unique: null,
	notice: null,
	patrons: {
		value: {
			en: 'What minors gave when they registered may not be disclosed.',
			es: 'No se puede revelar lo que dieron los menores al registrarse.',
		},
		source: '65 O.S. 1-105',
	},
};
