import type { Schema } from '@understory/core/sign-in-schema.ts';

/** How one place of a JSON Schema is asked for in a form without a script. */
export type ControlKind =
	| 'text'
	/** Several lines: certificates, keys. */
	| 'long'
	| 'number'
	/** Yes, no, or as it usually is. */
	| 'flag'
	| 'choice'
	/** One thing that has to be said on purpose. */
	| 'consent'
	/** A code and what it means on each line. */
	| 'map'
	/** Several things of a few kinds, each a row. */
	| 'rows'
	| 'group';

/** One control of a form; `id` is its place in the document, in dots, and its name in what is sent. */
export interface Control {
	readonly id: string;
	readonly kind: ControlKind;
	readonly required: boolean;
	/** Sealed where it is kept, and never shown. */
	readonly secret: boolean;
	/** For a choice, and for the words of a map. */
	readonly options: readonly string[];
	/** For a group. */
	readonly parts: readonly Control[];
	/** A group that means something although nothing in it is said: it has a box of its own. */
	readonly switched: boolean;
	/** For rows: what each may be. */
	readonly alternatives: readonly Alternative[];
	/** How many rows, or signs of a text, there may be. */
	readonly most: number;
}

/** One kind of a row: a name with its text, and choices that may be made besides. */
export interface Alternative {
	readonly name: string;
	readonly besides: readonly { readonly name: string; readonly options: readonly string[] }[];
}

/** Texts longer than this are asked for in several lines. */
const LONG = 1_000;

/**
 * The controls for a closed object of JSON Schema, in its order; places whose value is fixed by a constant text are left out. A group that has nothing it must hold is `switched`
 * when `switches` names it. Throws for a piece of schema that no control is for: a form with a hole would lose what stands there.
 */
export function controlsOf(schema: Schema, path: string, switches: ReadonlySet<string>): Control[] {
	const { properties = {}, required = [] } = schema as {
		properties?: Record<string, Schema>;
		required?: readonly string[];
	};
	return Object.entries(properties)
		.filter(([, part]) => typeof part.const !== 'string')
		.map(([name, part]) => controlOf(part, `${path}.${name}`, required.includes(name), switches));
}

function controlOf(schema: Schema, id: string, required: boolean, switches: ReadonlySet<string>): Control {
	const bare = {
		id,
		required,
		secret: schema.writeOnly === true,
		options: [],
		parts: [],
		switched: false,
		alternatives: [],
		most: 0,
	};
	const most = Number(schema.maxLength ?? 0);
	if (schema.const === true) return { ...bare, kind: 'consent' };
	if (Array.isArray(schema.enum)) return { ...bare, kind: 'choice', options: schema.enum as string[] };
	switch (schema.type) {
		case 'boolean':
			return { ...bare, kind: 'flag' };
		case 'integer':
			return { ...bare, kind: 'number' };
		case 'string':
			return { ...bare, most, kind: most > LONG ? 'long' : 'text' };
		case 'array':
			return {
				...bare,
				kind: 'rows',
				most: Number(schema.maxItems),
				alternatives: alternativesOf(schema, id),
			};
		case 'object':
			if (schema.properties === undefined) {
				const { enum: words } = schema.additionalProperties as { enum: readonly string[] };
				return { ...bare, kind: 'map', options: words };
			}
			return {
				...bare,
				kind: 'group',
				parts: controlsOf(schema, id, switches),
				switched: switches.has(id),
			};
		default:
			throw new Error(`there is no control for ${id}`);
	}
}

function alternativesOf(schema: Schema, id: string): Alternative[] {
	const { anyOf = [] } = (schema.items ?? {}) as { anyOf?: readonly Schema[] };
	if (anyOf.length === 0) throw new Error(`there is no control for ${id}`);
	return anyOf.map((one) => {
		const { properties, required } = one as {
			properties: Record<string, Schema>;
			required: readonly string[];
		};
		const [name] = required;
		const besides = Object.entries(properties)
			.filter(([other]) => other !== name)
			.map(([other, part]) => ({ name: other, options: part.enum as string[] }));
		return { name: name!, besides };
	});
}
