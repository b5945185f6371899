/** PostgreSQL keeps any text but one with a NUL in it. */
export const text = { type: 'string', pattern: '^[^\\u0000]*$', maxLength: 2_000 } as const;
export const textOrNull = { ...text, type: ['string', 'null'] } as const;
export const time = { type: 'integer', description: 'UTC milliseconds since 1970' } as const;
export const timeOrNull = { ...time, type: ['integer', 'null'] } as const;
export const object = <P extends object>(
	properties: P,
	required: readonly (keyof P)[] = Object.keys(properties) as (keyof P)[],
) => ({
	type: 'object',
	additionalProperties: false,
	properties,
	required,
});
export const list = (items: object) => object({ items: { type: 'array', items } });
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
