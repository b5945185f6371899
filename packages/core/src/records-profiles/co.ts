import type { RecordsProfile } from '../records-profile.ts';

/** Colorado’s schedule for towns says itself that there is no answer that always holds. */
export const COLORADO: RecordsProfile = {
	id: 'co',
	state: { en: 'Colorado', es: 'Colorado' },
	records: {
		value: {
			en: 'Whether posts on social media are records has no answer that always holds: counsel has to decide.',
			es: 'Si lo publicado en redes sociales es un documento público no tiene una respuesta que valga siempre: debe decidirlo la asesoría jurídica.',
		},
		source: 'Colorado Municipal Records Retention Schedule, appendix I',
	},
	least: {},
	unique: null,
	notice: null,
	patrons: null,
};
