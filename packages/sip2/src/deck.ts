import { createHash } from 'node:crypto';

/** An invented patron of a demonstration catalogue. */
export interface DemoPatron {
	/** 14 digits. */
	readonly card: string;
	readonly pin: string;
	readonly name: string;
	/** YYYYMMDD. */
	readonly born: string;
	/** YYYYMMDD. */
	readonly expires: string;
	readonly state: 'good' | 'expired' | 'blocked' | 'lost';
	readonly kind: 'adult' | 'teen' | 'child';
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

/** The cards of a demonstration catalogue; the same seed always gives the same, and two seeds share none. `year` is this year. */
export function demoDeck(seed: string, year = 2026): DemoPatron[] {
	const prefix = (createHash('sha256').update(`deck:${seed}`).digest().readUInt32BE() % 1_000_000)
		.toString()
		.padStart(6, '0');
	return PEOPLE.map(([name, state, kind, role], at) => {
		const number = (at + 1).toString().padStart(7, '0');
		const pin = (createHash('sha256').update(`pin:${seed}:${number}`).digest().readUInt32BE() % 9000) + 1000;
		return {
			card: `2${prefix}${number}`,
			pin: String(pin),
			name,
			born: `${year - BORN[kind]}0102`,
			expires: state === 'expired' ? `${year - 1}1001` : `${year + 4}1231`,
			state,
			kind,
			role,
		};
	});
}
