/** Most digests of one table: their number has to fit in the 20 bits that are left beside 44 of the digest. */
export const MOST_DIGESTS = 1_000_000;
const NUMBER = 20n;

/** Digests of one length in one buffer, sorted by their first 44 bits, each with a number. A million of SHA-256 take 34 MB. */
export interface DigestTable {
	readonly count: number;
	/** The number that was said with this digest first; undefined when it is not there. */
	find(digest: Buffer): number | undefined;
}

/** Gathers digests of one length in bytes. */
export interface TableMaking {
	add(digest: Buffer, number: number): void;
	done(): DigestTable;
}

/** Begins a table. The numbers go up to 65,535. */
export function tableOf(width: number): TableMaking {
	let bytes = Buffer.alloc(width * 1024);
	let numbers = new Uint16Array(1024);
	let count = 0;
	return {
		add(digest, number) {
			if (count === numbers.length) {
				bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)]);
				const wider = new Uint16Array(count * 2);
				wider.set(numbers);
				numbers = wider;
			}
			digest.copy(bytes, count * width, 0, width);
			numbers[count] = number;
			count += 1;
		},
		done: () => sorted(bytes, numbers, { width, count }),
	};
}

function sorted(
	from: Buffer,
	said: Uint16Array,
	{ width, count }: { width: number; count: number },
): DigestTable {
	const order = new BigUint64Array(count);
	for (let at = 0; at < count; at += 1) order[at] = (beginning(from, at * width) << NUMBER) | BigInt(at);
	order.sort();
	const bytes = Buffer.alloc(count * width);
	const numbers = new Uint16Array(count);
	for (let to = 0; to < count; to += 1) {
		const at = Number(order[to]! & ((1n << NUMBER) - 1n));
		from.copy(bytes, to * width, at * width, (at + 1) * width);
		numbers[to] = said[at]!;
	}
	return {
		count,
		find(digest) {
			const wanted = beginning(digest, 0);
			let low = 0;
			let high = count;
			while (low < high) {
				const middle = (low + high) >>> 1;
				if (beginning(bytes, middle * width) < wanted) low = middle + 1;
				else high = middle;
			}
			for (let at = low; at < count && beginning(bytes, at * width) === wanted; at += 1) {
				if (bytes.compare(digest, 0, width, at * width, (at + 1) * width) === 0) return numbers[at];
			}
			return undefined;
		},
	};
}

function beginning(bytes: Buffer, at: number): bigint {
	return bytes.readBigUInt64BE(at) >> NUMBER;
}
