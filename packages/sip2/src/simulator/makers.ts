import type { IlsPatron } from '../deck.ts';
import { type Manner, MEDIATOR, ROWS, type Row, SIPSERVER, STATE_TEXTS } from './manner.ts';

const money: readonly Row[] = [
	['BH', () => 'USD'],
	['BV', ({ patron }) => (patron.state === 'owing' ? '25.50' : '0.00')],
	['CC', () => '9.99'],
];

/** Koha: ends its messages in CRLF, tells in words what is wrong, and gives a patron's number only where the library has set that up. */
const KOHA: Manner = {
	...SIPSERVER,
	terminator: 'CRLF',
	unknownMessage: 'resend',
	information: [
		ROWS.institution,
		ROWS.card,
		ROWS.name,
		ROWS.address,
		ROWS.email,
		ROWS.phone,
		ROWS.valid,
		ROWS.accepted,
		...money,
		ROWS.expires,
		ROWS.born,
		['PC', ({ patron }) => ({ adult: 'PT', teen: 'YA', child: 'J' })[patron.kind]],
		['PI', () => 'Y'],
		['ZI', ({ patron }) => patron.internalId],
		[
			'AF',
			({ patron, accepted }) => {
				const text = STATE_TEXTS[patron.state] ?? 'Greetings from Koha. ';
				return accepted === 'N' ? `${text} -- Invalid password` : text;
			},
		],
	],
	withoutPin: null,
	unknownCard: {
		...SIPSERVER.unknownCard,
		rows: [...SIPSERVER.unknownCard.rows, ['CQ', () => 'N'], ['AF', () => 'Invalid cardnumber']],
	},
};

/** Polaris: PA is a kind of patron; the expiry is PX and PY, the birth date BC. A wrong PIN, an expired card and an unknown one set the same four flags. */
const POLARIS: Manner = {
	...SIPSERVER,
	trims: false,
	wrongPinFlags: [0, 1, 2, 3],
	information: [
		ROWS.institution,
		ROWS.card,
		ROWS.name,
		['BZ', () => '0050'],
		['CA', () => '0075'],
		['CB', () => '0075'],
		ROWS.valid,
		ROWS.accepted,
		...money,
		['BD', ({ patron }) => patron.address ?? ''],
		['BE', ({ patron }) => patron.email ?? ''],
		['BF', ({ patron }) => patron.phone ?? ''],
		['BC', ({ patron }) => `${patron.born}    000000`],
		['PA', ({ patron }) => ({ adult: '1', teen: '2', child: '3' })[patron.kind]],
		['PE', ({ patron }) => patron.home ?? 'HALL'],
		['PS', () => ''],
		['U1', () => ''],
		['PX', ({ patron }) => `${patron.expires}    235959`],
		['PY', ({ patron }) => (patron.state === 'expired' ? 'Y' : 'N')],
		['FA', () => '0.00'],
		[
			'AF',
			({ patron, accepted }) =>
				accepted === 'N' ? 'Invalid patron password. Passwords do not match.' : polarisText(patron),
		],
	],
	statusRows: SIPSERVER.statusRows,
	unknownCard: {
		...SIPSERVER.unknownCard,
		rows: [
			...SIPSERVER.unknownCard.rows,
			['CQ', () => 'N'],
			['AF', () => 'Patron does not exist.'],
			['AG', () => 'Patron does not exist.'],
		],
	},
};

/** Sierra: zeros where the zone of a date stands, nearly every flag for a wrong PIN, two messages about it, and blanks about an unknown card. */
const SIERRA: Manner = {
	...SIPSERVER,
	charset: 'latin1',
	dateZone: 'zeros',
	trims: false,
	wrongPinFlags: [0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
	information: [
		ROWS.institution,
		ROWS.card,
		ROWS.name,
		['BZ', () => '0030'],
		ROWS.valid,
		ROWS.accepted,
		['BV', ({ patron }) => (patron.state === 'owing' ? '20.00' : '0')],
		['CC', () => '15.00'],
		ROWS.email,
		[
			'AF',
			({ accepted }) =>
				accepted === 'N'
					? 'Invalid PIN entered.  Please try again or see a staff member for assistance.'
					: null,
		],
		[
			'AF',
			({ accepted, patron }) =>
				accepted === 'N' || patron.state !== 'good' ? 'There are unresolved issues with your account.' : null,
		],
	],
	unknownCard: {
		flags: [0],
		language: '   ',
		count: '    ',
		rows: [
			['AO', (_, institution) => institution],
			['AA', (card) => card],
			['AE', () => 'No Name'],
			['BL', () => 'N'],
			['AF', () => 'Your library card number cannot be located.'],
		],
	},
};

/** FOLIO: code page 850, a birth date with its month first, the name of the patron group beside its id. */
const FOLIO: Manner = {
	...SIPSERVER,
	charset: 'cp850',
	trims: false,
	unknownMessage: 'resend',
	information: [
		ROWS.institution,
		ROWS.card,
		ROWS.name,
		ROWS.valid,
		ROWS.accepted,
		['PB', ({ patron }) => `${patron.born.slice(4)}${patron.born.slice(0, 4)}`],
		ROWS.expires,
		[
			'PC',
			({ patron }) =>
				`3684a786-6671-4268-8ed0-9db82ebca6${{ adult: '01', teen: '02', child: '03' }[patron.kind]}`,
		],
		['FU', ({ patron }) => patron.kind],
		['AF', ({ patron }) => STATE_TEXTS[patron.state]],
	],
};

/** Auto-Graphics VERSO: zeros in dates, and no answer to 35. */
const VERSO: Manner = {
	...SIPSERVER,
	dateZone: 'zeros',
	endsSessions: false,
	unknownMessage: 'nothing',
};

/** The catalogues that can be simulated. */
export const MANNERS = {
	sipserver: SIPSERVER,
	mediator: MEDIATOR,
	koha: KOHA,
	polaris: POLARIS,
	sierra: SIERRA,
	folio: FOLIO,
	verso: VERSO,
} as const satisfies Record<string, Manner>;

export type MannerName = keyof typeof MANNERS;

function polarisText(patron: IlsPatron): string {
	return patron.state === 'good' ? 'Patron status is ok.' : 'Patron has blocks.';
}
