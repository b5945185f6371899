/**
 * The names of the twelve cloths (design package, `cloth.ts`), in the order new branches get them; slate comes last, because it means
 * "a server we do not know".
 */
export const CLOTHS: readonly string[] = [
	'madrone',
	'heron',
	'spruce',
	'elder',
	'honey',
	'lupine',
	'fern',
	'rhodo',
	'kingfisher',
	'bracken',
	'moss',
	'slate',
];
