import { object, ref } from './schema-parts.ts';

/** Whole numbers, as in the register: bodies of the API are digested like signed documents, which have no others. */
const thousandths = (most: number, to: string) => ({
	...{ type: 'integer', minimum: -most, maximum: most },
	description: `thousandths of a degree ${to}`,
});

/** Where a branch stands. */
export const location = object({
	north: thousandths(90_000, 'north of the equator'),
	east: thousandths(180_000, 'east of Greenwich'),
});

export const locationOrNull = { anyOf: [ref('Location'), { type: 'null' }] } as const;
