import { createHash } from 'node:crypto';

/** The twelve cloths (design README section 5): one lightness, checked together. A branch stores the name, never a color. */
export const CLOTHS = [
	'fern',
	'spruce',
	'kingfisher',
	'heron',
	'lupine',
	'elder',
	'rhodo',
	'madrone',
	'bracken',
	'honey',
	'moss',
	'slate',
] as const;
export type Cloth = (typeof CLOTHS)[number];

/** Reads a stored cloth; slate, the cloth of servers we do not know, for anything else. */
export function toCloth(name: unknown): Cloth {
	return CLOTHS.find((cloth) => cloth === name) ?? 'slate';
}

/** The cloth somebody has who chose none: always the same for the same text; never slate, which means unknown. */
export function clothFor(text: string): Cloth {
	return CLOTHS[createHash('sha256').update(text).digest()[0]! % 11]!;
}
