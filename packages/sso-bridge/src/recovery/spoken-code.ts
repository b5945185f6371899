/** Letters and digits that nobody takes for one another (Crockford's base 32): no I, L, O, U. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 5;

/** Makes a code of so many signs from random bytes, five bits of each. */
export function newCode(random: (bytes: number) => Buffer, length: number): string {
	return [...random(length)].map((byte) => SIGNS[byte & 31]).join('');
}

/** As it is shown and read out: groups of five. */
export function inGroups(code: string): string {
	return code.match(new RegExp(`.{1,${GROUP}}`, 'g'))!.join('-');
}

/**
 * What somebody typed, as a code of so many signs, or null when it cannot be one. Small letters, blanks and dashes do not matter, and what is easily
 * mistaken is read as what it looks like.
 */
export function readCode(typed: string, length: number): string | null {
	const code = typed
		.normalize('NFKC')
		.toUpperCase()
		.replace(/[\s\p{Pd}]/gu, '')
		.replace(/O/g, '0')
		.replace(/[IL]/g, '1');
	return code.length === length && [...code].every((sign) => SIGNS.includes(sign)) ? code : null;
}
