import { HOME_KINDS } from '../store/rows.ts';
import { list, object, ref, text, textOrNull } from './schema-parts.ts';

const limit = { type: ['integer', 'null'], description: 'null: no limit' } as const;
const settings = {
	takes: {
		enum: ['any', ...HOME_KINDS, 'none'],
		description: 'kinds of homes; none: it is being emptied, and nobody comes',
	},
	libraries: {
		type: 'array',
		items: text,
		maxItems: 1_000,
		description: 'slugs of libraries that live here and nowhere else; none: every library that no cell names',
	},
	most_homes: limit,
	most_branches: limit,
	starts_per_minute: { ...limit, description: 'homes started in a minute; null: as many as come' },
	starts_at_once: { ...limit, description: 'homes on their way at once; null: as many as come' },
} as const;
const count = { type: 'integer' } as const;

/** What the API says of cells. */
export const cellSchemas: Readonly<Record<string, object>> = {
	Cell: object({
		name: text,
		kubeconfig: {
			...textOrNull,
			description: 'the name of its file; null: where the settings of the platform lead',
		},
		...settings,
		homes: count,
		branches: count,
	}),
	Cells: list(ref('Cell')),
	NewCell: object({ name: { ...text, description: 'also the name of its kubeconfig' }, ...settings }, [
		'name',
	]),
	CellChange: object(settings, []),
};
