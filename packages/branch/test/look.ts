import type { Bed } from './bed.ts';

/** A query in words, for looking into a branch's file from a test. */
export function raw(sql: string, ...bindings: unknown[]) {
	return { toSQL: () => ({ toNative: () => ({ sql, bindings }) }) };
}

/** The rows of a query in a branch's file. */
export function rows<Row>(bed: Bed, slug: string, sql: string, ...bindings: unknown[]): Row[] {
	return bed.branch(slug).store.read((reading) => reading.all<Row>(raw(sql, ...bindings)));
}

/** The number of a person. */
export function personId(bed: Bed, handle: string, slug = 'north'): number {
	return rows<{ id: number }>(bed, slug, 'SELECT id FROM person WHERE handle = ?', handle)[0]!.id;
}

/** The id on the wire of a post, from the path of its page. */
export function uriOf(bed: Bed, slug: string, path: string): string {
	const id = path.split('/').at(-1);
	return rows<{ uri: string }>(bed, slug, 'SELECT uri FROM post WHERE id = ?', Number(id))[0]!.uri;
}
