import { isDeepStrictEqual } from 'node:util';

/** One thing that is otherwise afterwards. */
export interface PlannedChange {
	/** Where, such as `suspended` or `items belmont stage`. */
	readonly what: string;
	/** As it is now; null for what is not there. */
	readonly from: unknown;
	readonly to: unknown;
}

/** What says nothing of what people want: it follows from everything else. */
const ASIDE: ReadonlySet<string> = new Set(['conditions', 'progress', 'token', 'secret', 'url_once']);

/** What is otherwise in the second of two answers of the API. Items of lists are told apart by their names and not by their places. */
export function changesBetween(before: unknown, after: unknown, at: readonly string[] = []): PlannedChange[] {
	if (isDeepStrictEqual(before, after)) return [];
	const one = namedParts(before);
	const other = namedParts(after);
	if (one === null || other === null)
		return [{ what: at.join(' '), from: before ?? null, to: after ?? null }];
	return [...new Set([...one.keys(), ...other.keys()])]
		.filter((name) => !ASIDE.has(name))
		.flatMap((name) => changesBetween(one.get(name), other.get(name), [...at, name]));
}

/** The fields of an object, or the items of a list that have names; null for everything else. */
function namedParts(value: unknown): Map<string, unknown> | null {
	if (Array.isArray(value)) {
		const names = value.map(nameOf);
		return names.every((name) => name !== null) ? new Map(names.map((name, at) => [name!, value[at]])) : null;
	}
	return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : null;
}

function nameOf(item: unknown): string | null {
	const { slug, name, id, kid } = (item ?? {}) as Record<string, unknown>;
	const found = slug ?? id ?? kid ?? name;
	return typeof found === 'string' ? found : null;
}
