import type { FieldMap } from './fields.ts';
import type { WireForm } from './wire/form.ts';
import type { DateZone } from './wire/local-time.ts';

/** When the catalogue is asked whether it is on line (99). Well-known servers end the connection when it comes before their login. */
export type AsksStatus = 'after_login' | 'before_login' | 'never';

/** What a catalogue expects and where it keeps what. Every entry is also a setting of its own, which then wins. */
export interface Dialect extends WireForm {
	readonly dateZone: DateZone;
	readonly asksStatus: AsksStatus;
	/** Is the session ended (35) before the connection is? */
	readonly endsSession: boolean;
	readonly fields: FieldMap;
}

export type DialectName = 'compliant' | 'generic' | 'folio' | 'auto-graphics';

/** Where most catalogues keep what they know: those that descend from SIPServer, and Polaris for the expiry (reference/library-sso.md 1.3). */
const USUAL: FieldMap = {
	birthDate: { field: 'PB', order: 'YMD' },
	expiry: [{ field: 'PA' }, { field: 'PX' }],
	type: 'PC',
	location: 'AQ',
	stableId: 'XI',
};

const COMPLIANT: Dialect = {
	charset: 'utf-8',
	separator: '|',
	terminator: 'CR',
	dateZone: 'spaces',
	asksStatus: 'after_login',
	endsSession: true,
	fields: USUAL,
};

/** The dialects that have names (reference/library-sso.md 2.1). `compliant` is spoken when none is named. */
export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
	compliant: COMPLIANT,
	generic: { ...COMPLIANT, dateZone: 'zeros', asksStatus: 'never' },
	// Its dates need blanks; a birth date is written month first, and the name of a patron group stands beside its id.
	folio: {
		...COMPLIANT,
		charset: 'cp850',
		asksStatus: 'never',
		fields: { ...USUAL, birthDate: { field: 'PB', order: 'MDY' }, type: 'FU' },
	},
	'auto-graphics': { ...COMPLIANT, dateZone: 'zeros', asksStatus: 'never', endsSession: false },
};
