import { createHash } from 'node:crypto';

/** What a `Collection-Synchronization` header says (FEP-8fcf): who sends it counts these followers on the server that gets it. */
export interface Synchronization {
	/** Address of the collection of followers. */
	readonly collection: string;
	/** Where the part of it that lives on the receiving server can be read. */
	readonly url: string;
	/** Of that part, 64 lower-case hexadecimal digits. */
	readonly digest: string;
}

/** The sum of a set of addresses, in any order: the SHA-256 of each, all of them XORed (FEP-8fcf). */
export function digestOf(addresses: readonly string[]): string {
	const sum = Buffer.alloc(32);
	for (const address of new Set(addresses)) {
		const one = createHash('sha256').update(address).digest();
		for (let n = 0; n < sum.length; n++) sum[n]! ^= one[n]!;
	}
	return sum.toString('hex');
}

/** The value of the header. */
export function synchronizationHeader({ collection, url, digest }: Synchronization): string {
	return `collectionId="${collection}", url="${url}", digest="${digest}"`;
}

const PART = /^\s*(collectionId|url|digest)="([^"\\]{1,2048})"\s*$/;

/** Reads a header; null when it does not say all three, each once. */
export function readSynchronization(header: unknown): Synchronization | null {
	if (typeof header !== 'string' || header.length > 8192) return null;
	const said = new Map<string, string>();
	for (const part of header.split(',')) {
		const [, name, value] = PART.exec(part) ?? [];
		if (name === undefined || value === undefined || said.has(name)) return null;
		said.set(name, value);
	}
	const [collection, url, digest] = [said.get('collectionId'), said.get('url'), said.get('digest')];
	if (collection === undefined || url === undefined || digest === undefined) return null;
	return /^[0-9a-f]{64}$/i.test(digest) ? { collection, url, digest: digest.toLowerCase() } : null;
}
