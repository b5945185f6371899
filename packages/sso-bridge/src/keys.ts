import { createHmac, hkdfSync } from 'node:crypto';

/** The keys of one library, each for one purpose, all from one secret that is not in the database. */
export interface LibraryKeys {
	/** A card or an ILS id -> what is stored of it. */
	identity(kind: 'card' | 'ils_id', value: string): string;
	/** Card and PIN together -> what the short memory of wrong tries knows. */
	attempt(text: string): string;
	/** Who somebody is at one branch: lower-case base32, 26 characters, another one at each sector (reference/library-sso.md 5.3). */
	subject(sector: string, account: string): string;
	readonly seal: Buffer;
	readonly csrf: Buffer;
	readonly cookies: string;
}

/** The version that is written beside each keyed hash, so that keys can be changed. */
export const KEY_VERSION = 1;

export function libraryKeys(master: Buffer, library: string): LibraryKeys {
	const derive = (purpose: string) =>
		Buffer.from(hkdfSync('sha256', master, library, `understory/${purpose}/v${KEY_VERSION}`, 32));
	const identity = derive('identity');
	const attempt = derive('attempt');
	const pairwise = derive('pairwise');
	return {
		identity: (kind, value) => createHmac('sha256', identity).update(`${kind}\0${value}`).digest('base64url'),
		attempt: (text) => createHmac('sha256', attempt).update(text).digest('base64url'),
		subject: (sector, account) =>
			base32(createHmac('sha256', pairwise).update(`${sector}\0${account}`).digest()).slice(0, 26),
		seal: derive('seal'),
		csrf: derive('csrf'),
		cookies: derive('cookies').toString('base64url'),
	};
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Buffer): string {
	let text = '';
	let bits = 0;
	let value = 0;
	for (const byte of bytes) {
		value = ((value << 8) | byte) & 0xfff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			text += ALPHABET[(value >> bits) & 31];
		}
	}
	return text;
}
