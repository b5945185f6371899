import { createHash } from 'node:crypto';
import { type Location, locationAt } from '@understory/core/location.ts';
import type { Address } from '@understory/core/register.ts';
import { sentenceOf, type Why } from '../imports/reasons.ts';
import { branchName, inWords } from './names.ts';
import type { SurveyRow } from './rows.ts';

/** One physical branch of the survey. `(system, sequence)` is its stable key; LIBID is not unique. */
export interface Outlet {
	readonly line: number;
	/** FSCSKEY, `OR0063`. */
	readonly system: string;
	/** FSCS_SEQ, three digits with leading zeros. */
	readonly sequence: string;
	readonly region: string;
	/** As on its door, without the words every branch has. */
	readonly name: string;
	readonly fullName: string;
	readonly address: Address;
	/** Null when the survey has none, or that of a whole ZIP code. */
	readonly location: Location | null;
	/** `503-988-5382`, or null when the survey has none. */
	readonly phone: string | null;
	readonly central: boolean;
	/** What a later edition is compared with: changes exactly when something we take over changes. */
	readonly digest: string;
}

/** A library system of the survey's systems file. */
export interface System {
	readonly line: number;
	readonly system: string;
	readonly region: string;
	readonly name: string;
	readonly address: Address;
	readonly phone: string | null;
	readonly digest: string;
}

/** Why a row makes no branch although nothing is wrong with it. */
export type Skip = 'bookmobile' | 'books_by_mail' | 'closed' | 'temporarily_closed';

/** What one row says. A skipped row with a key still counts as seen: its branch is proposed for closing, not forgotten. */
export type Read<T> =
	| { readonly kind: 'row'; readonly row: T }
	| { readonly kind: 'skipped'; readonly line: number; readonly key: string; readonly reason: Skip }
	| {
			readonly kind: 'refused';
			readonly line: number;
			readonly key: string | null;
			readonly why: Why;
			readonly reason: string;
	  };

/** The survey's codes for "nothing here": M missing, -1 no answer, -3 closed, -4 does not apply, -9 withheld. */
const NOTHING = new Set(['', 'M', '-1', '-3', '-4', '-9']);

/** Reads one row of an outlet file (user guide FY2019; reference/data.md section 1). Never throws. */
export function readOutlet({ line, columns }: SurveyRow): Read<Outlet> {
	const key = keyOf(columns);
	if (!key) return refused(line, null, { code: 'survey_keys' });
	const type = columns.C_OUT_TY ?? '';
	if (type === 'BS') return { kind: 'skipped', line, key, reason: 'bookmobile' };
	if (type === 'BM' || type === 'MO') return { kind: 'skipped', line, key, reason: 'books_by_mail' };
	if (type !== 'CE' && type !== 'BR') {
		return refused(line, key, { code: 'survey_outlet', values: { value: printable(type) } });
	}
	if (columns.STATSTRU === '03') return { kind: 'skipped', line, key, reason: 'closed' };
	if (columns.STATSTRU === '23') return { kind: 'skipped', line, key, reason: 'temporarily_closed' };
	const name = columns.LIBNAME ?? '';
	if (NOTHING.has(name)) return refused(line, key, { code: 'survey_name' });
	const address = addressOf(columns);
	const location = locationOf(columns);
	const phone = phoneOf(columns.PHONE);
	return {
		kind: 'row',
		row: {
			line,
			system: columns.FSCSKEY!,
			sequence: columns.FSCS_SEQ!,
			region: columns.STABR!,
			name: branchName(name),
			fullName: inWords(name),
			address,
			location,
			phone,
			central: type === 'CE',
			digest: digestOf([name, address, phone, type, ...(location ? [location] : [])]),
		},
	};
}

/** Reads one row of a systems file. Never throws. */
export function readSystem({ line, columns }: SurveyRow): Read<System> {
	const system = columns.FSCSKEY ?? '';
	if (!SYSTEM.test(system)) return refused(line, null, { code: 'survey_key' });
	if (columns.STATSTRU === '03') return { kind: 'skipped', line, key: system, reason: 'closed' };
	const name = columns.LIBNAME ?? '';
	if (NOTHING.has(name)) return refused(line, system, { code: 'survey_name' });
	const address = addressOf(columns);
	const phone = phoneOf(columns.PHONE);
	const digest = digestOf([name, address, phone]);
	return {
		kind: 'row',
		row: { line, system, region: columns.STABR!, name: inWords(name), address, phone, digest },
	};
}

const SYSTEM = /^[A-Z]{2}\d{4}$/;

function refused(line: number, key: string | null, why: Why): Read<never> {
	return { kind: 'refused', line, key, why, reason: sentenceOf(why) };
}

function keyOf(columns: SurveyRow['columns']): string | null {
	const { FSCSKEY: system = '', FSCS_SEQ: sequence = '' } = columns;
	return SYSTEM.test(system) && /^\d{3}$/.test(sequence) ? `${system}-${sequence}` : null;
}

function addressOf(columns: SurveyRow['columns']): Address {
	const text = (column: string) => (NOTHING.has(columns[column] ?? '') ? '' : columns[column]!);
	const long = text('ZIP4');
	return {
		street: inWords(text('ADDRESS')),
		city: inWords(text('CITY')),
		region: text('STABR'),
		postcode: long ? `${text('ZIP')}-${long}` : text('ZIP'),
	};
}

/** Codes of GEOMATCH for the middle of a ZIP code, which is not the building. */
const MIDDLE_OF_ZIP = new Set(['5', '9']);

function locationOf({ LATITUDE = '', LONGITUD = '', GEOMATCH = '' }: SurveyRow['columns']): Location | null {
	if (MIDDLE_OF_ZIP.has(GEOMATCH)) return null;
	const [north, east] = [LATITUDE, LONGITUD].map((degrees) => (NOTHING.has(degrees) ? 0 : Number(degrees)));
	// Older editions have 0 for what nobody knew.
	return north && east ? locationAt(north, east) : null;
}

function phoneOf(digits: string | undefined): string | null {
	if (!digits || !/^\d{10}$/.test(digits)) return null;
	return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`;
}

function digestOf(parts: unknown[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function printable(text: string): string {
	return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 20);
}
