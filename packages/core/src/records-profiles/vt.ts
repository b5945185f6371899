import type { RecordsProfile } from '../records-profile.ts';

/** Vermont: only the statute on who uses a library was read. */
export const VERMONT: RecordsProfile = {
	id: 'vt',
	state: { en: 'Vermont', es: 'Vermont' },
	records: null,
	least: {},
	unique: null,
	notice: null,
	patrons: {
		value: {
			en: 'Records of registration and of what was used are confidential; sums without personal information are not.',
			es: 'Los registros de inscripción y de uso son confidenciales; las cifras sin datos personales, no.',
		},
		source: '22 V.S.A. 172',
	},
};
