import type { RecordsProfile } from '../records-profile.ts';

/** Maine has a schedule for correspondence. */
export const MAINE: RecordsProfile = {
	id: 'me',
	state: { en: 'Maine', es: 'Maine' },
	records: {
		value: {
			en: 'What people and the library write to each other is general correspondence.',
			es: 'Lo que se escriben las personas y la biblioteca es correspondencia general.',
		},
		source: 'Maine State General Schedule 13, general correspondence: 2 years',
	},
	least: { words: { value: 2, source: 'Maine State General Schedule 13, general correspondence: 2 years' } },
	unique: null,
	notice: null,
	patrons: null,
};
