/** In which order a date is written when it is eight digits, or eight with signs between. */
export type DateOrder = 'YMD' | 'MDY' | 'DMY';

/**
 * How an end is told: by a date in a field, by a field that is Y once the card has ended (Polaris: PY), or by a message on the screen (AF) in which
 * a pattern of RE2 is found.
 */
export type ExpirySource =
	| { readonly field: string; readonly order?: DateOrder }
	| { readonly flag: string }
	| { readonly text: string };

/** Where a catalogue keeps what it knows of a patron; it differs from maker to maker (reference/library-sso.md 1.3, 1.9). */
export interface FieldMap {
	readonly birthDate: { readonly field: string; readonly order: DateOrder };
	/** The first that is a date gives the day; a flag or a text can only say that it is over. */
	readonly expiry: readonly ExpirySource[];
	readonly type: string;
	/** The home library. */
	readonly location: string;
	/** The catalogue's own id of a patron, which outlives a card. */
	readonly stableId: string;
}

/** Fields that cannot be said to hold something else: what the decision rests on, and what of a person is never read. */
const TAKEN = new Set(['AA', 'AC', 'AD', 'AE', 'AY', 'AZ', 'BD', 'BE', 'BF', 'BL', 'CQ']);

/** May a library say that something lies in this field? */
export function isFreeField(id: string): boolean {
	return /^[A-Z][A-Z0-9]$/.test(id) && !TAKEN.has(id);
}

/** Every field that a map names, with the setting that names it. */
export function fieldsNamed(map: FieldMap): { readonly setting: string; readonly field: string }[] {
	return [
		{ setting: 'fields.birthDate', field: map.birthDate.field },
		{ setting: 'fields.type', field: map.type },
		{ setting: 'fields.location', field: map.location },
		{ setting: 'fields.stableId', field: map.stableId },
		...map.expiry.flatMap((source) => {
			if ('text' in source) return [];
			return [{ setting: 'fields.expiry', field: 'flag' in source ? source.flag : source.field }];
		}),
	];
}
