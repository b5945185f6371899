import { createHash } from 'node:crypto';
import { type Cloth, clothFor } from './cloth.ts';

/** A leaf with initials that stands where a photo would: decoration, hidden from screen readers. */
export interface Face {
	readonly initials: string;
	readonly leaf: 1 | 2 | 3 | 4;
	readonly cloth: Cloth;
}

/** The leaf of somebody, from what identifies them (`key`) and what they are called. */
export function faceOf(key: string, name: string): Face {
	const words = name
		.normalize('NFKC')
		.split(/[\s.·_-]+/u)
		.map((word) => word.match(/[\p{L}\p{N}]/gu) ?? [])
		.filter((letters) => letters.length > 0);
	const letters = words.length > 1 ? [words[0]![0], words.at(-1)![0]] : (words[0]?.slice(0, 2) ?? ['?']);
	const leaf = ((createHash('sha256').update(key).digest()[1]! % 4) + 1) as Face['leaf'];
	return { initials: letters.join('').toUpperCase(), leaf, cloth: clothFor(key) };
}
