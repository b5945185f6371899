import { createHash } from 'node:crypto';

/** Crockford's base 32: no letter that is taken for another, or for a digit. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 15 signs of 5 bits: nobody guesses one. */
const LONG = 15;

/** The code on a receipt, made of a random UUIDv4: `7K2QX-9TB4M-0VHRD`. Nothing else leads to what it stands for, so nothing has to be known of whoever holds it. */
export function receiptCode(uuid: string): string {
	// The last twelve digits and the first eight are all random; version and variant are not.
	const digits = uuid.replaceAll('-', '');
	let rest = BigInt(`0x${digits.slice(20)}${digits.slice(0, 8)}`);
	let code = '';
	while (code.length < LONG) {
		code += SIGNS[Number(rest & 31n)];
		rest >>= 5n;
	}
	return code.match(/.{5}/g)!.join('-');
}

/** What is kept of a code, however it was typed; null for what is none. */
export function receiptDigest(typed: string): string | null {
	const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
	if (code.length !== LONG || [...code].some((sign) => !SIGNS.includes(sign))) return null;
	return createHash('sha256').update(`report receipt\n${code}`).digest('hex');
}
