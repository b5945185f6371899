import { createHash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const HASH_SIZE = 32;

/** The hash of an empty tree: SHA-256 of nothing (RFC 6962 section 2.1). */
export const EMPTY_ROOT: Buffer = createHash('sha256').digest();

/**
 * The hash over the `2^level` entries from `index * 2^level` on, all of which are in the tree. Level 0 is the entries' own.
 * Where it comes from (memory, tiles) is the caller's business.
 */
export type NodeReader = (level: number, index: number) => Promise<Buffer> | Buffer;

/** The hash of an entry: SHA-256(0x00 ‖ entry) (RFC 6962 section 2.1). */
export function leafHash(entry: Uint8Array): Buffer {
	return createHash('sha256').update(Uint8Array.of(0)).update(entry).digest();
}

/** The hash of two halves: SHA-256(0x01 ‖ left ‖ right) (RFC 6962 section 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
	return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/** The hash over a whole number of hashes that is a power of two, as in a full tile. */
export function foldHashes(hashes: readonly Buffer[]): Buffer {
	if (hashes.length === 1) return hashes[0]!;
	const half = hashes.length / 2;
	return nodeHash(foldHashes(hashes.slice(0, half)), foldHashes(hashes.slice(half)));
}

/** Reads any hash of a tree whose leaves' hashes are at hand. */
export function leavesReader(leaves: readonly Buffer[]): NodeReader {
	return (level, index) => foldHashes(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
}

/** The root of the tree of the first `size` entries. */
export async function rootOf(size: number, read: NodeReader): Promise<Buffer> {
	return size === 0 ? EMPTY_ROOT : rangeHash(0, size, read);
}

/**
 * The proof that entry `index` is in the tree of `size` entries: the sibling of the leaf first (RFC 6962 section 2.1.1).
 * Throws RangeError when it is not.
 */
export async function proveInclusion(index: number, size: number, read: NodeReader): Promise<Buffer[]> {
	if (!isCount(index) || !isCount(size) || index >= size) {
		throw new RangeError(`There is no entry ${index} in a tree of ${size}.`);
	}
	const proof: Buffer[] = [];
	let [low, high] = [0, size];
	while (high - low > 1) {
		const middle = low + split(high - low);
		if (index < middle) {
			proof.push(await rangeHash(middle, high, read));
			high = middle;
		} else {
			proof.push(await rangeHash(low, middle, read));
			low = middle;
		}
	}
	return proof.reverse();
}

/**
 * The proof that the tree of `size1` entries is the beginning of the tree of `size2` (RFC 6962 section 2.1.2).
 * Throws RangeError unless 1 <= size1 <= size2; from nothing to something there is nothing to prove.
 */
export async function proveConsistency(size1: number, size2: number, read: NodeReader): Promise<Buffer[]> {
	if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) {
		throw new RangeError(`There is no proof from ${size1} to ${size2} entries.`);
	}
	const proof: Buffer[] = [];
	let [low, high] = [0, size2];
	// Down to the subtree that ends where the first tree ended.
	while (high !== size1) {
		const middle = low + split(high - low);
		if (size1 <= middle) {
			proof.push(await rangeHash(middle, high, read));
			high = middle;
		} else {
			proof.push(await rangeHash(low, middle, read));
			low = middle;
		}
	}
	if (low > 0) proof.push(await rangeHash(low, high, read));
	return proof.reverse();
}

/** Is `leaf` the hash of entry `index` of the tree of `size` entries with this root? (RFC 9162 section 2.1.3.2) */
export function verifyInclusion(claim: {
	readonly index: number;
	readonly size: number;
	readonly leaf: Uint8Array;
	readonly proof: readonly Uint8Array[];
	readonly root: Uint8Array;
}): boolean {
	if (!isCount(claim.index) || !isCount(claim.size) || claim.index >= claim.size) return false;
	if (![claim.leaf, claim.root, ...claim.proof].every(isHash)) return false;
	let [fn, sn] = [claim.index, claim.size - 1];
	let hash: Buffer = Buffer.from(claim.leaf);
	for (const sibling of claim.proof) {
		if (sn === 0) return false;
		if (fn % 2 === 1 || fn === sn) {
			hash = nodeHash(sibling, hash);
			while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
		} else {
			hash = nodeHash(hash, sibling);
		}
		[fn, sn] = [half(fn), half(sn)];
	}
	return sn === 0 && hash.equals(claim.root);
}

/**
 * Is the tree of `size1` entries with `root1` the beginning of that of `size2` with `root2`? (RFC 9162 section 2.1.4.2)
 * `size1` 0 is refused: an empty tree says nothing about what came after, whoever starts from it handles it apart.
 */
export function verifyConsistency(claim: {
	readonly size1: number;
	readonly size2: number;
	readonly root1: Uint8Array;
	readonly root2: Uint8Array;
	readonly proof: readonly Uint8Array[];
}): boolean {
	const { size1, size2 } = claim;
	if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) return false;
	if (size1 === size2) return claim.proof.length === 0 && Buffer.from(claim.root1).equals(claim.root2);
	if (![claim.root1, claim.root2, ...claim.proof].every(isHash)) return false;
	if (claim.proof.length === 0) return false;
	// A first tree that is complete is itself the first hash, and is not sent.
	const [first, ...rest] = isPowerOfTwo(size1) ? [claim.root1, ...claim.proof] : claim.proof;
	let [fn, sn] = [size1 - 1, size2 - 1];
	while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
	let fr: Buffer = Buffer.from(first!);
	let sr = fr;
	for (const hash of rest) {
		if (sn === 0) return false;
		if (fn % 2 === 1 || fn === sn) {
			fr = nodeHash(hash, fr);
			sr = nodeHash(hash, sr);
			while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
		} else {
			sr = nodeHash(sr, hash);
		}
		[fn, sn] = [half(fn), half(sn)];
	}
	return sn === 0 && fr.equals(claim.root1) && sr.equals(claim.root2);
}

/** The hash over entries `low` to `high` (not included), a range as the proofs of RFC 6962 cut them. */
async function rangeHash(low: number, high: number, read: NodeReader): Promise<Buffer> {
	const count = high - low;
	if (isPowerOfTwo(count)) return read(Math.log2(count), low / count);
	const middle = low + split(count);
	return nodeHash(await rangeHash(low, middle, read), await rangeHash(middle, high, read));
}

/** The largest power of two smaller than `count` (RFC 6962's k); `count` is 2 or more. */
function split(count: number): number {
	const power = 2 ** Math.floor(Math.log2(count));
	return power === count ? power / 2 : power;
}

// Not the bit operators: those stop at 32 bits.
function half(value: number): number {
	return Math.floor(value / 2);
}

function isPowerOfTwo(count: number): boolean {
	return Number.isInteger(Math.log2(count)) && 2 ** Math.log2(count) === count;
}

function isCount(value: number): boolean {
	return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Uint8Array): boolean {
	return value.length === HASH_SIZE;
}
