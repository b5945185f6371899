import type { RecordsProfile } from '../records-profile.ts';

/** Illinois asks for what stands nowhere else. */
export const ILLINOIS: RecordsProfile = {
	id: 'il',
	state: { en: 'Illinois', es: 'Illinois' },
	records: null,
	least: {},
	unique: {
		value: {
			en: 'What stands nowhere else must be kept; where the same stands elsewhere, that can be kept instead.',
			es: 'Hay que conservar lo que no está en ningún otro lugar; si lo mismo está en otro, basta conservar aquello.',
		},
		source: 'Illinois Secretary of State, Government Records Law and Social Media (2015)',
	},
	notice: null,
	patrons: null,
};
