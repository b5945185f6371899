import type { IlsPatron } from '../deck.ts';
import type { WireForm } from '../wire/form.ts';
import type { DateZone } from '../wire/local-time.ts';

/** What is said of a patron who was found. */
export interface Shown {
	readonly institution: string;
	/** As the answer names it. */
	readonly card: string;
	readonly patron: IlsPatron;
	/** CQ: is the PIN right? Null when the question had none. */
	readonly accepted: 'Y' | 'N' | null;
}

/** A field of an answer, and how it is made; null leaves it out. */
export type Row = readonly [id: string, value: (shown: Shown) => string | null | undefined];

/** How the catalogue of one maker speaks, as far as it differs from another's (reference/library-sso.md 1.9, 3). */
export interface Manner extends WireForm {
	readonly dateZone: DateZone;
	/** Does an answer have error detection when its question had? */
	readonly seals: boolean;
	/** Is the checksum of a question looked at? */
	readonly verifies: boolean;
	/** Without error detection everything behind the last letter or digit of a message is lost, separators and the end of a PIN included. */
	readonly trims: boolean;
	/** Fields are sorted by their names. */
	readonly sorts: boolean;
	/** An empty part (`||`) ends the message. */
	readonly endsAtEmptyPart: boolean;
	/** Of two messages that come in one piece the second is answered when the next piece comes. */
	readonly oneBehind: boolean;
	/** What becomes of a message it does not know, or cannot read. */
	readonly unknownMessage: 'hang_up' | 'resend' | 'nothing';
	/** Is 97 answered with the last answer? */
	readonly repeats: boolean;
	/** Is the connection ended when a patron is asked about before the login? */
	readonly wantsLogin: boolean;
	/** Is 35 known? */
	readonly endsSessions: boolean;
	/** What stands between the on-line flag and the date of a 98, before the login and after it, and BX. */
	readonly status: { readonly before: string; readonly after: string; readonly bx: string };
	/** An empty PIN is as good as the right one. */
	readonly acceptsEmptyPin: boolean;
	/** CQ where the question had no PIN; null for none. */
	readonly withoutPin: 'Y' | 'N' | null;
	/** The answers to 63 and to 23 about somebody who was found. */
	readonly information: readonly Row[];
	readonly statusRows: readonly Row[];
	/** Flags that are set besides when the PIN was wrong. */
	readonly wrongPinFlags: readonly number[];
	/** The answer about a card nobody has. */
	readonly unknownCard: {
		readonly flags: readonly number[];
		readonly language: string;
		/** Six of them in a 64. */
		readonly count: string;
		readonly rows: readonly (readonly [id: string, value: (card: string, institution: string) => string])[];
	};
}

/** The fields that several makers share. */
export const ROWS = {
	institution: ['AO', ({ institution }) => institution],
	card: ['AA', ({ card }) => card],
	name: ['AE', ({ patron }) => patron.name],
	address: ['BD', ({ patron }) => patron.address],
	email: ['BE', ({ patron }) => patron.email],
	phone: ['BF', ({ patron }) => patron.phone],
	home: ['AQ', ({ patron }) => patron.home],
	currency: ['BH', ({ patron }) => (patron.state === 'owing' ? 'USD' : null)],
	owed: ['BV', ({ patron }) => (patron.state === 'owing' ? '25.50' : null)],
	valid: ['BL', () => 'Y'],
	accepted: ['CQ', ({ accepted }) => accepted],
	expires: ['PA', ({ patron }) => patron.expires],
	born: ['PB', ({ patron }) => patron.born],
	type: ['PC', ({ patron }) => (patron.kind === 'adult' ? 'Adult' : 'Juvenile')],
	id: ['XI', ({ patron }) => patron.internalId],
} as const satisfies Record<string, Row>;

/** What is said of a patron on the screen. */
export const STATE_TEXTS: Readonly<Record<IlsPatron['state'], string | null>> = {
	good: null,
	expired: 'Card expired',
	blocked: 'Barred until you see the desk',
	lost: null,
	owing: 'You owe $25.50',
};

/** The SIPServer that many catalogues descend from, as it was recorded (reference/library-sso.md 3.4, peer A). */
export const SIPSERVER: Manner = {
	charset: 'utf-8',
	separator: '|',
	terminator: 'CR',
	dateZone: 'spaces',
	seals: true,
	verifies: true,
	trims: true,
	sorts: false,
	endsAtEmptyPart: false,
	oneBehind: false,
	unknownMessage: 'hang_up',
	repeats: true,
	wantsLogin: true,
	endsSessions: true,
	status: { before: 'NNNNN000000', after: 'NNYNN600003', bx: 'YYYYYYYYYNYNYYYY' },
	acceptsEmptyPin: false,
	withoutPin: null,
	information: [
		ROWS.institution,
		ROWS.card,
		ROWS.name,
		ROWS.currency,
		ROWS.owed,
		ROWS.address,
		ROWS.email,
		ROWS.phone,
		ROWS.home,
		ROWS.valid,
		ROWS.accepted,
		ROWS.expires,
		ROWS.born,
		ROWS.type,
		['PI', () => 'Y'],
		ROWS.id,
		['AF', ({ patron }) => STATE_TEXTS[patron.state]],
	],
	statusRows: [ROWS.institution, ROWS.card, ROWS.name, ROWS.valid, ROWS.accepted],
	wrongPinFlags: [],
	unknownCard: {
		flags: [0, 1, 2, 3],
		language: '001',
		count: '0000',
		rows: [
			['AO', (_, institution) => institution],
			['AA', (card) => card],
			['AE', () => ''],
			['BL', () => 'N'],
		],
	},
};

/** SIP2Mediator, which new Evergreen sites run, as it was recorded (peer B). */
export const MEDIATOR: Manner = {
	...SIPSERVER,
	seals: false,
	verifies: false,
	sorts: true,
	endsAtEmptyPart: true,
	oneBehind: true,
	repeats: false,
	wantsLogin: false,
	status: { before: 'NNNNN300003', after: 'NNNNN300003', bx: 'YNNNYNYYYNNNNNNN' },
	information: SIPSERVER.information.filter(([id]) => id !== 'PI'),
	statusRows: SIPSERVER.information.filter(([id]) => id !== 'PI' && id !== 'PA' && id !== 'PB'),
	unknownCard: { ...SIPSERVER.unknownCard, language: '000' },
};
