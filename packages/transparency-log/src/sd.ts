import { createHash, randomBytes } from 'node:crypto';

/** A salted value that can be published apart from what commits to it (RFC 9901 section 4.2.1). */
export interface Disclosed {
	readonly name: string;
	readonly value: string;
	/** The disclosure itself: base64url of the JSON of [salt, name, value]. */
	readonly disclosure: string;
}

/** Salts are 128 bits (RFC 9901 section 9.3). */
const SALT_BYTES = 16;

/**
 * Hides texts behind salted digests. Each field gives two digests: of its disclosure and of a decoy (RFC 9901 4.2.5), or of
 * two decoys when its text is null. So the number of digests says nothing about which texts there are. `_sd` is sorted.
 */
export function conceal(fields: Readonly<Record<string, string | null>>): {
	readonly disclosures: string[];
	readonly _sd: string[];
} {
	const disclosures = Object.entries(fields).flatMap(([name, value]) =>
		value === null ? [] : [makeDisclosure(name, value, randomBytes(SALT_BYTES).toString('base64url'))],
	);
	const digests = disclosures.map(disclosureDigest);
	while (digests.length < 2 * Object.keys(fields).length) digests.push(decoy());
	return { disclosures, _sd: digests.sort() };
}

/** base64url of the JSON of [salt, name, value] (RFC 9901 section 4.2.1). */
export function makeDisclosure(name: string, value: string, salt: string): string {
	return Buffer.from(JSON.stringify([salt, name, value]), 'utf8').toString('base64url');
}

/** base64url of SHA-256 of the ASCII bytes of the disclosure (RFC 9901 section 4.2.3). */
export function disclosureDigest(disclosure: string): string {
	return createHash('sha256').update(disclosure, 'ascii').digest('base64url');
}

/** Reads a disclosure of a text; null when it is not one. */
export function parseDisclosure(disclosure: string): Disclosed | null {
	if (!/^[A-Za-z0-9_-]+$/.test(disclosure)) return null;
	const parts = json(Buffer.from(disclosure, 'base64url').toString('utf8'));
	if (!Array.isArray(parts) || parts.length !== 3) return null;
	const [salt, name, value] = parts as unknown[];
	if (typeof salt !== 'string' || typeof name !== 'string' || typeof value !== 'string') return null;
	return { name, value, disclosure };
}

/**
 * The texts of these disclosures, or null when one of them is not committed to by `_sd`, is not a disclosure, or names
 * a field twice (RFC 9901 section 7.1).
 */
export function reveal(sd: readonly string[], disclosures: readonly string[]): Disclosed[] | null {
	const found: Disclosed[] = [];
	for (const disclosure of disclosures) {
		const disclosed = parseDisclosure(disclosure);
		if (!disclosed || !sd.includes(disclosureDigest(disclosure))) return null;
		if (found.some((other) => other.name === disclosed.name)) return null;
		found.push(disclosed);
	}
	return found;
}

/**
 * The texts of these disclosures under a leaf: those it commits to itself, or, where it stands for a whole entry and the first disclosure opens it (`entry`), those that this entry commits
 * to. Null when one of them is committed to by neither, or when the leaf is none. Never throws for bad input.
 */
export function openLeaf(leaf: string, disclosures: readonly string[]): Disclosed[] | null {
	const sd = digestsIn(leaf);
	if (!sd) return null;
	const [first, ...rest] = disclosures;
	const whole = first === undefined ? null : parseDisclosure(first);
	if (whole?.name !== 'entry' || !sd.includes(disclosureDigest(whole.disclosure)))
		return reveal(sd, disclosures);
	return reveal(digestsIn(whole.value) ?? [], rest);
}

function digestsIn(text: string): string[] | null {
	const entry = json(text) as { readonly _sd?: unknown } | null;
	const sd = entry?._sd;
	return Array.isArray(sd) && sd.every((one) => typeof one === 'string') ? sd : null;
}

function decoy(): string {
	return createHash('sha256').update(randomBytes(SALT_BYTES)).digest('base64url');
}

function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}
