import { createHash } from 'node:crypto';

/** A patron as a catalogue knows them; what is optional is sent only where it is given. */
export interface IlsPatron {
	readonly card: string;
	/** Null when none was ever set; such catalogues then say yes to any. */
	readonly pin: string | null;
	readonly name: string;
	/** YYYYMMDD. */
	readonly born: string;
	/** YYYYMMDD. */
	readonly expires: string;
	readonly state: 'good' | 'expired' | 'blocked' | 'lost' | 'owing';
	readonly kind: 'adult' | 'teen' | 'child';
	/** The catalogue's own id (XI), which outlives a card. */
	readonly internalId?: string;
	/** Another name that finds them; the answer carries the card. */
	readonly alias?: string;
	/** Home library (AQ). */
	readonly home?: string;
	readonly address?: string;
	readonly email?: string;
	readonly phone?: string;
}

/** An invented patron of a demonstration catalogue. */
export interface DemoPatron extends IlsPatron {
	/** 14 digits. */
	readonly card: string;
	readonly pin: string;
	readonly state: 'good' | 'expired' | 'blocked' | 'lost';
	readonly role: 'patron' | 'host';
}

const PEOPLE: readonly (readonly [
	name: string,
	state: DemoPatron['state'],
	kind: DemoPatron['kind'],
	role: DemoPatron['role'],
])[] = [
	['Halvorsen, Teo', 'good', 'adult', 'patron'],
	['Okafor, Marguerite', 'good', 'adult', 'patron'],
	['Lindqvist, Dov', 'good', 'adult', 'patron'],
	['Aguilar, Rudy', 'good', 'adult', 'patron'],
	['Tanaka, Bea', 'good', 'adult', 'patron'],
	['Whitehorse, Sam', 'good', 'adult', 'patron'],
	['Castellano, Ida', 'expired', 'adult', 'patron'],
	['Brandt, Otis', 'blocked', 'adult', 'patron'],
	['Nguyen, Kim', 'good', 'teen', 'patron'],
	['Park, Juno', 'good', 'child', 'patron'],
	['Ferreira, Lou', 'lost', 'adult', 'patron'],
	['Aldaba, June', 'good', 'adult', 'host'],
	['Paik, Wendell', 'good', 'adult', 'host'],
	['Nakagawa, Pilar', 'good', 'adult', 'host'],
	['Osei-Brandt, Calvin', 'good', 'adult', 'host'],
];

const BORN: Record<DemoPatron['kind'], number> = { adult: 41, teen: 15, child: 9 };

/**
 * The cards of a demonstration catalogue. `seed` names the library: the same one always gives the same cards, and two of them share none
 * as far as six digits can tell them apart. `year` is this year.
 */
export function demoDeck(seed: string, year = 2026): DemoPatron[] {
	const prefix = (numberFrom(`deck:${seed}`) % 1_000_000).toString().padStart(6, '0');
	return PEOPLE.map(([name, state, kind, role], at) => {
		const number = (at + 1).toString().padStart(7, '0');
		const card = `2${prefix}${number}`;
		return {
			card,
			pin: String((numberFrom(`pin:${seed}:${number}`) % 9000) + 1000),
			name,
			born: `${year - BORN[kind]}0102`,
			expires: state === 'expired' ? `${year - 1}1001` : `${year + 4}1231`,
			state,
			kind,
			role,
			internalId: `i${card.slice(-7)}`,
		};
	});
}

function numberFrom(text: string): number {
	return createHash('sha256').update(text).digest().readUInt32BE();
}
