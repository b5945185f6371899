import type { RecordsProfile } from '../records-profile.ts';

/** Wyoming takes what goes both ways for correspondence. */
export const WYOMING: RecordsProfile = {
	id: 'wy',
	state: { en: 'Wyoming', es: 'Wyoming' },
	records: {
		value: {
			en: 'What people and an office write to each other is correspondence: of elected officials it is kept for ever. Comments that nobody answers need not be kept.',
			es: 'Lo que se escriben las personas y una oficina es correspondencia: la de cargos electos se conserva para siempre. Los comentarios sin respuesta no hace falta conservarlos.',
		},
		source: 'Wyoming State Archives, retention for social media: ADM-GMT-05, 3 years',
	},
	least: {
		words: {
			value: 3,
			source: 'Wyoming State Archives, retention for social media: ADM-GMT-05, 3 years',
		},
	},
	unique: null,
	notice: null,
	patrons: null,
};
